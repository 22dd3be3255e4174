"""What the console shows of the school's accounts at payment channels. No secret is ever shown."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel; `state` is a code of the family `merchant` (`contested`: another school has the
    same account), `account` tells it apart there, `off` says that students are not offered it."""

    channel: str
    state: str
    account: str = ""
    splits: bool = False
    gateway: str = ""
    changed_at: datetime | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class ChannelsScreen:
    """All channels that Kefen knows. POST `operator_channel_try` asks one a harmless thing."""

    channels: tuple[ChannelRow, ...]


@dataclass(frozen=True, slots=True)
class ChannelField:
    """One thing to enter; `kept` says that a secret is there and stays if nothing is entered."""

    name: str
    kind: str
    required: bool
    kept: bool = False
    value: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A rate in basis points (None: none is expected), since when (None: always), when noted, and
    whether it is in force today."""

    bps: int | None
    effective_on: date | None
    agreed_at: datetime
    now: bool = False


@dataclass(frozen=True, slots=True)
class FeeCard:
    """What was agreed about fees. POST `operator_channel_fee` with `rate`, `effective_on`."""

    rows: tuple[FeeRow, ...]
    today: date
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class ChannelScreen:
    """POST the fields, `gateway`, `active`, `splits`. `notify_url` is to be entered there. `fee`
    is there where the channel writes bills."""

    row: ChannelRow
    fields: tuple[ChannelField, ...]
    notify_url: str
    may_split: bool
    form: Form = field(default_factory=Form)
    fee: FeeCard | None = None
