"""Dividing payments at the channel itself: commissions that leave from the order they come from."""
