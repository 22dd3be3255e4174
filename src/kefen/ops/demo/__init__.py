"""`kefen demo`: an institution with believable data, made through the same actions as live."""
