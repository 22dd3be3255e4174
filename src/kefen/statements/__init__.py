"""Statements: every movement of a party, with running balances, for both sides to check."""
