"""Boards of a day, week or month; closing them, and their prizes."""
