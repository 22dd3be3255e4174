"""Which adapter stands behind a channel's name; filled by config.wiring alone."""

from kefen.core.errors import NotFound
from kefen.ports.messengers import Medium, Messenger
from kefen.ports.payments import PaymentChannel, PayoutChannel
from kefen.ports.wechat import WeChat

_payments: dict[str, PaymentChannel] = {}
_payouts: dict[str, PayoutChannel] = {}
_messengers: dict[Medium, Messenger] = {}
_wechat: list[WeChat] = []


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


def register_messenger(medium: Medium, messenger: Messenger) -> None:
    """Reach people through it by this medium."""
    _messengers[medium] = messenger


def messenger(medium: Medium) -> Messenger | None:
    """Who delivers by this medium, or None where nobody was set up to."""
    return _messengers.get(medium)


def register_wechat(wechat: WeChat) -> None:
    """Ask this one who somebody is at WeChat."""
    _wechat[:] = [wechat]


def wechat() -> WeChat:
    """WeChat. Raises NotFound where none was named."""
    if not _wechat:
        raise NotFound(what="WeChat")
    return _wechat[0]
