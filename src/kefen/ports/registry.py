"""Which adapter stands behind a channel's name; filled by config.wiring alone."""

from typing import TypeVar

from kefen.core.errors import NotFound
from kefen.ports.bills import BillSource
from kefen.ports.merchants import Channel
from kefen.ports.messengers import Medium, Messenger
from kefen.ports.payments import Notifier, PaymentChannel
from kefen.ports.payouts import AuthorisedPayouts, PayoutChannel
from kefen.ports.splits import SplitChannel
from kefen.ports.wechat import WeChat

_payments: dict[str, PaymentChannel] = {}
_payouts: dict[str, PayoutChannel] = {}
_authorised: dict[str, AuthorisedPayouts] = {}
_splits: dict[str, SplitChannel] = {}
_bills: dict[str, BillSource] = {}
_channels: dict[str, Channel] = {}
_messengers: dict[Medium, Messenger] = {}
_wechat: list[WeChat] = []


def register_payments(channel: PaymentChannel) -> None:
    """Offer a channel for collecting."""
    _payments[channel.name] = channel


def register_payouts(channel: PayoutChannel) -> None:
    """Offer a channel for paying out."""
    _payouts[channel.name] = channel


def register_authorised(channel: AuthorisedPayouts) -> None:
    """Offer a payout channel whose receivers can agree once for all."""
    _authorised[channel.name] = channel


def register_splits(channel: SplitChannel) -> None:
    """Offer a channel for dividing payments."""
    _splits[channel.name] = channel


def register_bills(source: BillSource) -> None:
    """Offer a channel's bills."""
    _bills[source.name] = source


def register_channel(channel: Channel) -> None:
    """Let institutions enter their account at this channel."""
    _channels[channel.name] = channel


def payments(name: str) -> PaymentChannel:
    """The payment channel with this name. Raises NotFound."""
    return _named(_payments, name, "payment channel")


def payouts(name: str) -> PayoutChannel:
    """The payout channel with this name. Raises NotFound."""
    return _named(_payouts, name, "payout channel")


def authorised(name: str) -> AuthorisedPayouts | None:
    """The channel's way to ask receivers once, where it has one."""
    return _authorised.get(name)


def splits(name: str) -> SplitChannel | None:
    """The channel's way to divide payments, where it has one."""
    return _splits.get(name)


def bills(name: str) -> BillSource | None:
    """The channel's bills, where it writes some."""
    return _bills.get(name)


def bill_sources() -> tuple[str, ...]:
    """The channels that write bills."""
    return tuple(sorted(_bills))


def channel(name: str) -> Channel:
    """The channel with accounts of this name. Raises NotFound."""
    return _named(_channels, name, "channel")


def channels() -> tuple[str, ...]:
    """The channels at which institutions can have accounts."""
    return tuple(_channels)


def collecting() -> tuple[str, ...]:
    """The channels that collect."""
    return tuple(_payments)


def paying_out() -> tuple[str, ...]:
    """The channels that pay out."""
    return tuple(_payouts)


def notifier(name: str) -> Notifier:
    """The channel with this name, whichever port it serves. Raises NotFound."""
    return _payments[name] if name in _payments else payouts(name)


_Port = TypeVar("_Port")


def _named(known: dict[str, _Port], name: str, what: str) -> _Port:
    if name not in known:
        raise NotFound(what=f"{what} {name}")
    return known[name]


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
