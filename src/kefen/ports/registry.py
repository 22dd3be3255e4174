"""Which adapter stands behind a channel's name; filled by config.wiring alone."""

from kefen.core.errors import NotFound
from kefen.ports.payments import PaymentChannel, PayoutChannel

_payments: dict[str, PaymentChannel] = {}
_payouts: dict[str, PayoutChannel] = {}


def register_payments(channel: PaymentChannel) -> None:
    """Offer a channel for collecting."""
    _payments[channel.name] = channel


def register_payouts(channel: PayoutChannel) -> None:
    """Offer a channel for paying out."""
    _payouts[channel.name] = channel


def payments(name: str) -> PaymentChannel:
    """The payment channel with this name. Raises NotFound."""
    if name not in _payments:
        raise NotFound(what=f"payment channel {name}")
    return _payments[name]


def payouts(name: str) -> PayoutChannel:
    """The payout channel with this name. Raises NotFound."""
    if name not in _payouts:
        raise NotFound(what=f"payout channel {name}")
    return _payouts[name]
