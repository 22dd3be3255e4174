"""What others must agree to before an account at a channel is changed.

The platform knows no programmes, orders or payouts. Whoever promises rebates knows whether they fit
a channel's splits, and whoever asked a channel for something knows whether it is done; so they
register here (config.wiring does), and `connect` asks them.
"""

from collections.abc import Callable
from typing import Final

from kefen.core.errors import MerchantInUse

_guards: Final[list[Callable[[str], None]]] = []
# By the names that MerchantInUse counts.
_open: Final[dict[str, Callable[[str], int]]] = {}


def register(guard: Callable[[str], None]) -> None:
    """Ask `guard` with the channel's name before splits are switched on; it raises to refuse."""
    if guard not in _guards:
        _guards.append(guard)


def register_open(name: str, count: Callable[[str], int]) -> None:
    """Ask `count` how much is open at a channel before another account takes its place."""
    _open[name] = count


def check(channel: str) -> None:
    """Raises what a guard raises."""
    for guard in _guards:
        guard(channel)


def check_done(channel: str) -> None:
    """Raises MerchantInUse while anything is open at the channel: asked for at another account, its
    number would be unknown, and what is unknown is sent again."""
    counts = {name: count(channel) for name, count in _open.items()}
    if any(counts.values()):
        nothing = dict.fromkeys(("cashiers", "refunds", "withdrawals", "splits"), 0)
        raise MerchantInUse(channel=channel, **nothing | counts)
