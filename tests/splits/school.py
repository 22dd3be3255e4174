"""A school that divides its payments at a channel, on top of the one of tests/orders."""

from datetime import timedelta

from kefen.core.id_numbers import normalised
from kefen.core.splits import Way
from kefen.core.terms import Percent
from kefen.orders.models import CashierVisit
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.declare import declare_identity
from kefen.platform.merchants.actions import connect
from kefen.ports import registry
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.splits import actions, queries
from kefen.splits.contracts import SplitOfOrder
from kefen.splits.models import OrderSplit
from tests.orders.school import (
    DAY,
    HOUR,
    START,
    come_by,
    open_school,
    pay,
    place,
    rule,
    student,
    terms,
)
from tests.splits.channel import FakeChannel

PAID_AT = START + 2 * HOUR
DUE = PAID_AT + 7 * DAY
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def register(monkeypatch, channel: FakeChannel) -> FakeChannel:
    """The fake stands behind all ports of its name."""
    for ports in ("_splits", "_payouts", "_channels"):
        known = dict(getattr(registry, ports))
        monkeypatch.setattr(registry, ports, known | {channel.name: channel})
    return channel


def open_dividing_school(*, level2: bool = False) -> None:
    """20 % (and 5 % for the inviter) after 7 days, of at most 30 %; both are on the split."""
    rules = (rule(level2=Percent(500)),) if level2 else (rule(),)
    open_school(
        terms(rules=rules, max_rate_bps=3000, level2=level2),
        level2=level2,
        inviter="chen" if level2 else None,
    )
    with clock.at(START):
        connect("wechat_pay", values={}, actor=SYSTEM, splits=True)
        for place_, code in enumerate(("yu", "chen")):
            ready(code, place_)


def ready(code: str, serial: int) -> None:
    """He said who he is, where he is paid, and that he wants it straight."""
    account = student(f"{code}-himself")
    promoter = promoters.by_code(code)
    Promoter.objects.filter(code=code).update(account_id=account)
    declare_identity(account, real_name="于小鱼", id_number=id_number(serial))
    PayoutAccount.objects.create(
        promoter_id=promoter.id,
        kind="wechat_pay",
        account=f"openid-{code}",
        name="",
        changed_at=clock.now(),
    )
    actions.choose_way(code, Way.SPLIT, actor=SYSTEM)


def id_number(serial: int) -> str:
    """A valid number of a grown-up."""
    head = f"110105199001{serial + 10:02d}00{serial}"
    head = head.ljust(17, "0")
    total = sum(int(digit) * weight for digit, weight in zip(head, _WEIGHTS, strict=True))
    return normalised(head + "10X98765432"[total % 11])


def sell_divisible(number: str = "A", paid: int = 10_000, *, at=PAID_AT, **other) -> None:
    """An order that came by yu, paid at the channel and kept divisible."""
    come_by("yu", at=at - HOUR - HOUR, name=f"v-{number}", who=f"s-{number}")
    placed = place(number, paid, at=at - HOUR, who=f"s-{number}", **other)
    CashierVisit.objects.create(
        order_id=placed.id,
        channel="wechat_pay",
        split=True,
        channel_number=f"4200{number}",
        opened_at=at,
    )
    pay(number, at=at, channel="wechat_pay")


def look(at=DUE) -> None:
    """What the clock does at an instant, with the jobs that it wakes."""
    from kefen.commissions import actions as commissions

    with clock.at(at):
        while commissions.mature(at):
            pass
        actions.gather(since=timedelta(days=40))
        for number in list(
            OrderSplit.objects.filter(next_at__lte=at).values_list("number", flat=True)
        ):
            actions.advance(number)


def split_of(number: str = "A") -> SplitOfOrder:
    row = OrderSplit.objects.get(order__number=number)
    found = queries.of_order(row.order_id)
    assert found is not None
    return found


def states(number: str = "A") -> dict[str, str]:
    """What became of everybody's share: the withdrawal's state, or the reason for the wallet."""
    return {
        one.promoter: one.reason if one.state is None else one.state.value
        for one in split_of(number).shares
    }
