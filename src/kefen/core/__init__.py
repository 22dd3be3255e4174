"""The rules of Kefen as pure functions on plain values.

Standard library only, no clock, no database, no Django: `core` gets values and the current
instant, and returns a plan or raises one of `core.errors`. The law is `domain.md`.
"""
