"""How much a line earns and from when it may be withdrawn (`domain.md §3.2` to `§3.5`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefen.core.errors import InvariantBroken
from kefen.core.money import WHOLE_BPS
from kefen.core.terms import Base, Fixed, Percent, Rule, Step, Tiered, TierMetric


@dataclass(frozen=True, slots=True)
class Priced:
    """What a rule gives for a line, in minor units.

    `base` is the amount that the rule's base names, `n` the figure that chose the step (None if
    the rule is not tiered), `level1` and `level2` what is paid, `wanted_*` what it would have
    been without the caps. A level of 0 is not booked.
    """

    base: int
    n: int | None
    level1: int
    level2: int
    wanted_level1: int
    wanted_level2: int

    @property
    def level1_capped(self) -> bool:
        """Whether the cap cut level 1."""
        return self.level1 < self.wanted_level1

    @property
    def level2_capped(self) -> bool:
        """Whether the cap cut level 2."""
        return self.level2 < self.wanted_level2


@dataclass(frozen=True, slots=True)
class TierEntry:
    """One line of an earlier order with a level 1 commission above 0 by the same rule key.

    `paid` is what was paid for the line, `refunded` what of it was refunded so far.
    """

    order: str
    paid: int
    refunded: int


def tier_figure(metric: TierMetric, entries: Iterable[TierEntry]) -> int:
    """Return the `n` that chooses a step for the next order (`domain.md §3.2`).

    `entries` are the promoter's lines booked earlier in the period of the rule now applied, as
    they stand at this booking. For orders: 1 + the number of orders with something left; for
    sales: the sum of what is left. Lines refunded in full count for neither.
    """
    left = [entry for entry in entries if entry.paid > entry.refunded]
    return figure_after(
        metric,
        orders=len({entry.order for entry in left}),
        sales=sum(entry.paid - entry.refunded for entry in left),
    )


def figure_after(metric: TierMetric, *, orders: int, sales: int) -> int:
    """Return the figure of the next order after `orders` with something left, `sales` together."""
    return sales if metric is TierMetric.SALES else 1 + orders


def step_at(tiered: Tiered, figure: int) -> Step:
    """Return the step with the largest threshold that is not above `figure`.

    Raises InvariantBroken if there is none: a published ladder starts low enough.
    """
    for step in reversed(tiered.steps):
        if step.threshold <= figure:
            return step
    raise InvariantBroken(invariant="a published ladder has a step for every figure")


def price_line(
    *,
    rule: Rule,
    list_price: int,
    quantity: int,
    paid: int,
    figure: int | None,
    cap_bps: int,
    pays_level2: bool,
) -> Priced:
    """Price one order line by `rule` (`domain.md §3.2` to `§3.4`).

    `list_price` is per unit, `paid` for the whole line, both in minor units; `figure` is what
    `tier_figure` returned, None if the rule is not tiered; `cap_bps` is the smaller of the
    platform's and the programme's limit; `pays_level2` says that both allow it and that an
    inviter who may earn it exists. The two levels together never pass the cap nor what was
    paid. Raises InvariantBroken for a tiered rule without a figure.
    """
    base = paid if rule.base is Base.PAID else list_price * quantity
    first = rule.level1
    chosen_by: int | None = None
    if isinstance(first, Tiered):
        if figure is None:
            raise InvariantBroken(invariant="a tiered rule is priced with its figure")
        chosen_by = figure
        reward = step_at(first, figure).reward
    else:
        reward = first
    if paid <= 0:
        return Priced(base, chosen_by, 0, 0, 0, 0)
    # "Never more than what was paid" is part of the commission; only the cap counts as a cut.
    wanted1 = min(reward_for(reward, base, quantity), paid)
    wanted2 = 0
    if pays_level2 and rule.level2 is not None:
        wanted2 = min(reward_for(rule.level2, base, quantity), paid)
    cap = paid * min(cap_bps, WHOLE_BPS) // WHOLE_BPS
    level1 = min(wanted1, cap)
    return Priced(base, chosen_by, level1, min(wanted2, cap - level1), wanted1, wanted2)


def reward_for(reward: Percent | Fixed, base: int, quantity: int) -> int:
    """Return the reward before any cap: the floored percent of `base`, or amount * quantity."""
    if isinstance(reward, Percent):
        return base * reward.bps // WHOLE_BPS
    return reward.amount * quantity


def available_at(paid_at: datetime, hold_days: int) -> datetime:
    """Return the instant at which a commission matures: `paid_at` + `hold_days` * 86400 s."""
    return paid_at + timedelta(days=hold_days)
