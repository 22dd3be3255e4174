"""Strangers at hand: servers that speak as payment channels do, for demos, tests, integrators."""
