"""Race suite: threads that start together, each with a connection of its own."""
