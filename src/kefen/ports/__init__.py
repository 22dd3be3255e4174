"""What the outside world must be able to do for us: protocols and the values they exchange."""
