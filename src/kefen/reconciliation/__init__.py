"""Our books held against what the channels say."""
