"""The institutions' own accounts at payment channels: numbers and keys, by which adapters speak."""
