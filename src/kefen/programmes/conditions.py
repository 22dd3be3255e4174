"""What else must hold before new rules are published.

Programmes know no licences. Whoever knows registers here (config.wiring does), and publishing asks;
what is in force already is never asked again.
"""

from collections.abc import Callable
from typing import Final

_conditions: Final[list[Callable[[], None]]] = []


def register(condition: Callable[[], None]) -> None:
    """Ask `condition` before a version is published; it raises to refuse."""
    if condition not in _conditions:
        _conditions.append(condition)


def check() -> None:
    """Raises what a condition raises."""
    for condition in _conditions:
        condition()
