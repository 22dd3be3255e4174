"""Signing in: by phone and code, by WeChat, and for teams by e-mail and code.

Nobody is asked to before a tap that says why. `session` is what the ways have in common; each way
is a file of its own.
"""
