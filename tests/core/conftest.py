"""No Django, no database, no clock: properties first."""

from hypothesis import settings

settings.register_profile("core", derandomize=False, deadline=None, max_examples=100)
settings.load_profile("core")
