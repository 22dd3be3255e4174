"""A channel is down for an hour while money is under way; the clock and the queue go on."""
