"""The story to be attacked."""

from tests.factories.database import application, attacker, told

__all__ = ["application", "attacker", "told"]
