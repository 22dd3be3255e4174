"""Purchases: placing, paying, cancelling, refunding."""
