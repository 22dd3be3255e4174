"""Courses, what they cost, and when they are taught live."""
