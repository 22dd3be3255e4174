"""What else must agree before payments at a channel are divided.

The platform knows no programmes, and whoever promises rebates knows whether they fit; so it
registers a guard here (config.wiring does), and `connect` asks it.
"""

from collections.abc import Callable
from typing import Final

_guards: Final[list[Callable[[str], None]]] = []


def register(guard: Callable[[str], None]) -> None:
    """Ask `guard` with the channel's name before splits are switched on; it raises to refuse."""
    if guard not in _guards:
        _guards.append(guard)


def check(channel: str) -> None:
    """Raises what a guard raises."""
    for guard in _guards:
        guard(channel)
