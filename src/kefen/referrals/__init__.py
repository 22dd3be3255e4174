"""Who sent whom: links, touches, ties, bindings, and the attribution snapshot of each line."""
