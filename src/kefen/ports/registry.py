"""Which adapter stands behind a channel's name; filled by config.wiring alone.

An adapter whose library takes a second to load is named `later` and loaded when it is first asked
for, or ahead by processes that serve people (`load_all`).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from kefen.core.errors import NotFound
from kefen.ports.bills import BillSource
from kefen.ports.merchants import Channel
from kefen.ports.messengers import Medium, Messenger
from kefen.ports.payments import Notifier, PaymentChannel
from kefen.ports.payouts import AuthorisedPayouts, PayoutChannel
from kefen.ports.splits import SplitChannel
from kefen.ports.wechat import WeChat


class Port(StrEnum):
    """What a channel can serve."""

    ACCOUNTS = "accounts"
    PAYMENTS = "payments"
    PAYOUTS = "payouts"
    AUTHORISED = "authorised"
    SPLITS = "splits"
    BILLS = "bills"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An adapter that is not loaded yet."""

    ports: frozenset[Port]
    load: Callable[[], None]


_waiting: dict[str, _Waiting] = {}
_loading = threading.RLock()
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


def register_later(name: str, ports: frozenset[Port], load: Callable[[], None]) -> None:
    """Offer a channel whose adapter registers itself by `load`, when it is first asked for."""
    _waiting[name] = _Waiting(ports, load)


def load_all() -> None:
    """Load everything now."""
    for name in tuple(_waiting):
        _load(name)


def _load(name: str) -> None:
    with _loading:
        found = _waiting.get(name)
        if found is not None:
            found.load()
            _waiting.pop(name, None)


def payments(name: str) -> PaymentChannel:
    """The payment channel with this name. Raises NotFound."""
    return _named(_payments, name, "payment channel")


def payouts(name: str) -> PayoutChannel:
    """The payout channel with this name. Raises NotFound."""
    return _named(_payouts, name, "payout channel")


def authorised(name: str) -> AuthorisedPayouts | None:
    """The channel's way to ask receivers once, where it has one."""
    return _known(_authorised, name)


def splits(name: str) -> SplitChannel | None:
    """The channel's way to divide payments, where it has one."""
    return _known(_splits, name)


def bills(name: str) -> BillSource | None:
    """The channel's bills, where it writes some."""
    return _known(_bills, name)


def channel(name: str) -> Channel:
    """The channel with accounts of this name. Raises NotFound."""
    return _named(_channels, name, "channel")


def channels() -> tuple[str, ...]:
    """The channels at which institutions can have accounts."""
    return _names(_channels, Port.ACCOUNTS)


def collecting() -> tuple[str, ...]:
    """The channels that collect."""
    return _names(_payments, Port.PAYMENTS)


def paying_out() -> tuple[str, ...]:
    """The channels that pay out."""
    return _names(_payouts, Port.PAYOUTS)


def bill_sources() -> tuple[str, ...]:
    """The channels that write bills."""
    return _names(_bills, Port.BILLS)


def notifier(name: str) -> Notifier:
    """The channel with this name, whichever port it serves. Raises NotFound."""
    found = _known(_payments, name)
    return payouts(name) if found is None else found


_Port = TypeVar("_Port")


def _known(known: dict[str, _Port], name: str) -> _Port | None:
    if name not in known:
        _load(name)
    return known.get(name)


def _named(known: dict[str, _Port], name: str, what: str) -> _Port:
    found = _known(known, name)
    if found is None:
        raise NotFound(what=f"{what} {name}")
    return found


def _names(known: dict[str, _Port], port: Port) -> tuple[str, ...]:
    later = (name for name, one in tuple(_waiting.items()) if port in one.ports)
    return tuple(dict.fromkeys((*known, *later)))


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
