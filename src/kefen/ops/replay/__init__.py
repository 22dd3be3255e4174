"""`kefen replay`: a history of events through the same actions as live traffic."""
