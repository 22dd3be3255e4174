"""An institution's own account at a channel: what an adapter needs to speak for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a channel's account consists of. A secret is encrypted where it is kept and
    shown nowhere; `long` ones are texts of several lines (keys, certificates). `identity`: it says
    which account this is, so that a number of ours is known there and nowhere else. `exclusive`:
    only one institution of an installation may have it. `told`: the channel says it (`identify`),
    nobody enters it."""

    name: str
    secret: bool = False
    required: bool = True
    long: bool = False
    identity: bool = False
    exclusive: bool = False
    told: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merchant:
    """The account. `gateway` is where the channel is reached; `stand_in` says that it is an
    emulator and not the channel, which only a demo or a test may use."""

    institution: str
    gateway: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    stand_in: bool = False


class Merchants(Protocol):
    """Where an adapter finds the accounts of its channel."""

    def __call__(self, institution: str) -> Merchant:
        """The account of the institution with this slug. Raises NotFound."""
        ...


class Channel(Protocol):
    """What every channel with accounts says of itself. `gateway` is where it is reached, `gateways`
    are all its published addresses; `trial_gateways`, its own places for trying, move no money."""

    name: str
    gateway: str
    gateways: tuple[str, ...]
    trial_gateways: tuple[str, ...]
    fields: tuple[Field, ...]

    def check(self, merchant: Merchant) -> None:
        """Whether keys and numbers can be read, without asking the channel. Raises InvalidInput
        naming the field."""
        ...

    def identify(self, merchant: Merchant) -> Mapping[str, str]:
        """What the channel itself says of which account this is: its `told` fields. Raises
        ChannelUnavailable, ChannelRejected."""
        ...
