"""Phones and mailboxes of the demo: whatever is sent to anybody can be read on one page."""
