"""What looks odd about clicks and orders, and what people decided about it."""
