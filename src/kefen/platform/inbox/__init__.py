"""Notifications of the outside world: kept raw before they are answered, then worked on."""
