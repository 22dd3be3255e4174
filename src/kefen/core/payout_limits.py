"""What a payout channel takes: how much at once and in a day, and when a real name goes along.

Channels differ and change, so an institution may set its own figures; what stands here is what
the channels' pages said. Amounts in minor units, after tax; None is no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kefen.core.errors import PayoutAboveMaximum, PayoutBelowMinimum, RealNameNeeded


@dataclass(frozen=True, slots=True)
class ChannelLimits:
    """The limits of one channel. A name is never sent below `name_from`, and from `name_needed`
    on nothing is paid without one."""

    least: int | None = None
    most: int | None = None
    person_day: int | None = None
    school_day: int | None = None
    name_from: int = 0
    name_needed: int | None = None


NO_LIMITS: Final = ChannelLimits()
DEFAULTS: Final[Mapping[str, ChannelLimits]] = MappingProxyType(
    {
        "wechat_pay": ChannelLimits(
            least=10,
            most=2_000_000,
            person_day=2_000_000,
            school_day=10_000_000,
            name_from=30,
            name_needed=200_000,
        ),
        "alipay": ChannelLimits(least=10, most=5_000_000, school_day=100_000_000),
    }
)


def limits_of(channel: str) -> ChannelLimits:
    """What a channel says of itself."""
    return DEFAULTS.get(channel, NO_LIMITS)


def check_payout(limits: ChannelLimits, amount: int, name: str) -> None:
    """Refuse what the channel would never pay, before anything is sent.

    Raises PayoutBelowMinimum, PayoutAboveMaximum, RealNameNeeded.
    """
    if limits.least is not None and amount < limits.least:
        raise PayoutBelowMinimum(amount=amount, minimum=limits.least)
    for highest in (limits.most, limits.person_day, limits.school_day):
        # More than a whole day's limit would wait for ever.
        if highest is not None and amount > highest:
            raise PayoutAboveMaximum(amount=amount, maximum=highest)
    if limits.name_needed is not None and amount >= limits.name_needed and not name:
        raise RealNameNeeded(amount=amount, minimum=limits.name_needed)


def name_sent(limits: ChannelLimits, amount: int, name: str) -> str:
    """The name that goes along with a payout."""
    return name if amount >= limits.name_from else ""


def fits_today(limits: ChannelLimits, amount: int, *, person: int, school: int) -> bool:
    """Does a payout still fit into the day, after what left in it to this person and in all?"""
    for limit, so_far in ((limits.person_day, person), (limits.school_day, school)):
        if limit is not None and so_far + amount > limit:
            return False
    return True


def counts_days(limits: ChannelLimits) -> bool:
    """Is there a limit of the day at all?"""
    return limits.person_day is not None or limits.school_day is not None
