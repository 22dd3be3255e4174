"""The whole way at WeChat Pay's emulator: a divisible order is paid, divided after the hold, and
its rest released; the emulator's books say the same as ours."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from kefen.adapters.payments.wechat_pay.numbers import write_number
from kefen.commissions import actions as commissions
from kefen.core.splits import Way
from kefen.core.states import SplitState
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.queries import by_number, refund_by_number, refund_is_open
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.declare import declare_identity
from kefen.platform.merchants.actions import connect
from kefen.ports import registry
from kefen.ports.payments import Method
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.splits import actions
from kefen.splits.models import OrderSplit
from tests.adapters.wechat_side import WeChatSide
from tests.orders.school import DAY, HOUR, balance, come_by, money, open_school, place, student
from tests.orders.school import terms as school_terms
from tests.splits.school import split_of, states

MINUTE = timedelta(minutes=1)


@pytest.fixture
def side(institution, tmp_path: Path, monkeypatch) -> Iterator[WeChatSide]:
    found = WeChatSide(tmp_path)
    for ports in ("_splits", "_payouts", "_payments", "_channels"):
        known = dict(getattr(registry, ports))
        monkeypatch.setattr(registry, ports, known | {"wechat_pay": found.channel})
    with override_settings(STAND_INS=True):
        _open(found)
        yield found
    found.close()


def _open(side: WeChatSide) -> None:
    open_school(school_terms(max_rate_bps=3000))
    merchant = side.merchant()
    values = {**merchant.settings, **merchant.secrets}
    connect("wechat_pay", values=values, gateway=side.gateway, actor=SYSTEM, splits=True)
    account = student("yu-himself")
    Promoter.objects.filter(code="yu").update(account_id=account)
    declare_identity(account, real_name=side.person.name, id_number="11010519491231002X")
    PayoutAccount.objects.create(
        promoter_id=promoters.by_code("yu").id,
        kind="wechat_pay",
        account=side.person.account,
        name="",
        changed_at=clock.now(),
    )
    actions.choose_way("yu", Way.SPLIT, actor=SYSTEM)


def buy(side: WeChatSide, number: str) -> None:
    """Scanned and paid at the emulator's phone; we hear of it by asking."""
    now = clock.now()
    come_by("yu", at=now - HOUR, name=f"v-{number}", who=f"s-{number}")
    place(number, 10_000, at=now, who=f"s-{number}")
    open_cashier(number, PayBy("wechat_pay", Method.CODE), return_url="https://kefen.example")
    side.student_pays(number)
    assert commissions.ask_about_payment(number, "wechat_pay")


def days_later(side: WeChatSide, time: timedelta, start) -> None:
    """Both clocks, and what ours makes due."""
    at = start + time
    with clock.at(at):
        while commissions.mature(at):
            pass
        actions.gather(since=40 * DAY)
        due = OrderSplit.objects.filter(next_at__lte=at).values_list("number", flat=True)
        for number in list(due):
            actions.advance(number)


def frozen(side: WeChatSide, number: str) -> dict[str, object]:
    """What the emulator has under one of our numbers."""
    key = write_number(number)
    with side.emulator.books.transaction() as books:
        every = books.find("split")
    return next(one for one in every if one["out_order_no"] == key)


def test_the_rebate_leaves_from_the_payment(side: WeChatSide) -> None:
    buy(side, "A-1")
    start = clock.now()
    days_later(side, 2 * MINUTE, start)
    assert split_of("A-1").state is SplitState.WAITING

    side.pass_time(8 * DAY)
    for minutes in range(4):
        days_later(side, 8 * DAY + 10 * minutes * MINUTE, start)

    assert states("A-1") == {"yu": "succeeded"}
    assert (split_of("A-1").state, split_of("A-1").released) == (SplitState.DONE, 8000)
    assert money() == (0, 0, 0, 0)
    assert balance("channel:wechat_pay") == -8000
    assert balance("channel:payout") == 0
    (one,) = OrderSplit.objects.all()
    there = frozen(side, one.number)
    paid = [(share["account"], share["amount"]) for share in there["receivers"]]  # type: ignore[attr-defined]
    assert (side.person.account, 2000) in paid


def test_an_answer_that_got_lost_pays_once(side: WeChatSide) -> None:
    buy(side, "A-2")
    start = clock.now()
    days_later(side, 2 * MINUTE, start)
    side.pass_time(8 * DAY)
    side.fault("fail_after", "splits")
    for minutes in range(6):
        days_later(side, 8 * DAY + 10 * minutes * MINUTE, start)
    side.speak_again("")
    for minutes in range(6, 40):
        days_later(side, 8 * DAY + 10 * minutes * MINUTE, start)
    assert states("A-2") == {"yu": "succeeded"}
    assert split_of("A-2").state is SplitState.DONE
    (one,) = OrderSplit.objects.all()
    there = frozen(side, one.number)
    persons = [x for x in there["receivers"] if x["account"] == side.person.account]  # type: ignore[attr-defined]
    assert len(persons) == 1


def test_an_abnormal_refund_stays_under_way_until_it_is_settled_by_hand(side: WeChatSide) -> None:
    buy(side, "A-3")
    start = clock.now()
    order = by_number("A-3").id
    days_later(side, 2 * MINUTE, start)
    side.fault("refund_abnormal", "refunds", number="r-1")
    commissions.request_refund("A-3", 5000, "closed card", SYSTEM, number="r-1")
    for _ in range(3):
        commissions.send_refund("r-1")
        side.deliver()
    known = refund_by_number("r-1")
    assert known is not None
    assert known.state == "requested"
    assert refund_is_open(order)
    assert Record.objects.filter(verb="refund.stuck").count() == 1
    assert not Record.objects.filter(verb="refund.failed").exists()

    side.pass_time(8 * DAY)
    days_later(side, 8 * DAY, start)
    assert (split_of("A-3").state, split_of("A-3").reason) == (SplitState.WAITING, "refund_open")
    assert states("A-3") == {}

    _settled_by_hand(side)
    commissions.send_refund("r-1")
    known = refund_by_number("r-1")
    assert known is not None
    assert known.state == "booked"
    assert not refund_is_open(order)


def _settled_by_hand(side: WeChatSide) -> None:
    """The merchant's console, where the money goes to another account."""
    with side.emulator.books.transaction() as books:
        (found,) = books.find("refund")
        key = f"{found['merchant']}:{found['out_refund_no']}"
        books.put(
            "refund", key, {**found, "state": "SUCCESS", "succeeded": clock.now().timestamp()}
        )
