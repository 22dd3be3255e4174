"""Settings, addresses and wiring: the only room that sees every other."""
