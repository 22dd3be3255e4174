"""Chaos: many orders through an emulator that misbehaves; the books must agree to the fen."""
