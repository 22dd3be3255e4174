"""Looking for what is odd: each finding is one row, holds happen once, clicks hold nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.risk import Limits
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.platform.audit.models import Record
from kefen.platform.identity import actions as identity
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from kefen.referrals.models import Touch
from kefen.risk import actions, queries
from kefen.risk.contracts import Scanned
from kefen.risk.models import Hold, Signal
from tests.orders.school import (
    DAY,
    START,
    come_by,
    mature,
    money,
    open_school,
    refund,
    sell,
    student,
    visitor,
)
from tests.risk.school import account_of_yu, click, link_of, self_purchase

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def test_many_clicks_from_one_network_are_one_signal_with_figures_and_no_address() -> None:
    click(46, network="203.0.113.0/24")
    assert actions.scan() == Scanned(findings=1, held=0)
    row = Signal.objects.get()
    assert (row.kind, row.score, row.state) == ("network_burst", 100, "open")
    assert row.evidence == {"clicks": 46, "minutes": 10, "usual": 5}
    assert (row.link_id, row.promoter_id, row.order_id) == (
        link_of().id,
        link_of().promoter_id,
        None,
    )
    assert b"203.0.113" not in bytes(Touch.objects.first().network)


def test_one_network_has_another_digest_on_the_next_day() -> None:
    click(1, network="203.0.113.0/24")
    click(1, network="203.0.113.0/24", at=START + MINUTE)
    click(1, network="203.0.113.0/24", at=START + DAY)
    click(1)
    digests = [row.network and bytes(row.network) for row in Touch.objects.order_by("id")]
    assert digests[0] == digests[1] != digests[2]
    assert digests[3] is None


def test_scanning_again_changes_nothing_and_more_clicks_only_raise_it() -> None:
    click(12, network="203.0.113.0/24")
    actions.scan()
    before = Signal.objects.values().get()
    assert actions.scan() == Scanned()
    assert Signal.objects.values().get() == before
    click(8, network="203.0.113.0/24", at=START + MINUTE)
    actions.scan()
    row = Signal.objects.get()
    assert (row.id, row.score, row.evidence["clicks"]) == (before["id"], 80, 20)


def test_what_is_usual_is_nothing_and_windows_are_apart() -> None:
    for window in range(6):
        click(9, network="203.0.113.0/24", at=START + window * 10 * MINUTE)
    assert actions.scan() == Scanned()
    assert not Signal.objects.exists()


def test_machines_are_counted_by_themselves() -> None:
    click(8, automated=True)
    click(20)
    actions.scan()
    assert [(row.kind, row.score) for row in Signal.objects.all()] == [("automated_clicks", 53)]


def test_a_purchase_on_his_own_devices_is_held_once_by_the_system_and_nothing_more() -> None:
    self_purchase()
    assert actions.scan() == Scanned(findings=1, held=1)
    (row,) = commission_rows.in_order_of_booking()
    assert (row.state, row.state_reason, row.reversed) == ("held", "risk:same_device", 0)
    assert mature() == 0
    assert money() == (2000, 0, 0, 0)
    actions.scan()
    assert actions.hold_all() == 0
    (note,) = audit.of_subject(f"commission:{row.id}")
    assert (note.verb, note.actor_kind, note.actor_user) == ("commission.held", "system", None)
    assert Hold.objects.count() == 1


def test_one_shared_device_is_shown_and_holds_nothing() -> None:
    self_purchase(devices=1)
    assert actions.scan() == Scanned(findings=1, held=0)
    assert (Signal.objects.get().score, money()[0]) == (60, 2000)
    assert mature() == 1


def test_the_institution_says_what_holds() -> None:
    actions.set_limits(Limits(hold_at=60))
    self_purchase(devices=1)
    assert actions.scan().held == 1


def test_what_a_person_released_by_hand_is_not_held_again() -> None:
    self_purchase()
    actions.scan()
    (row,) = commission_rows.in_order_of_booking()
    commissions.release(row.id)
    Signal.objects.update(score=1)  # so that it is found anew
    actions.scan()
    assert commission_rows.by_id(row.id).state == "pending"


def test_what_has_matured_is_shown_and_stays() -> None:
    self_purchase()
    mature()
    assert actions.scan() == Scanned(findings=1, held=0)
    assert money() == (0, 2000, 0, 0)
    assert Signal.objects.get().held_at is not None


def test_a_promoter_who_is_paid_to_the_buyers_phone() -> None:
    account_of_yu()
    buyer = identity.account_with_phone("13800138000")
    come_by("yu", who=buyer.code)
    sell("A", 10_000, who=buyer.code)
    PayoutAccount.objects.create(
        promoter_id=link_of().promoter_id,
        kind="alipay",
        account="13800138000",
        changed_at=clock.now(),
    )
    assert actions.scan() == Scanned(findings=1, held=1)
    assert Signal.objects.get().evidence == {}


def test_an_order_won_by_a_browser_that_a_program_drives() -> None:
    driven = Visit(visitor("bot"), "yu", None, START, link_of().id, "", True)
    assert referrals.record_visits([driven]) == [None]
    referrals.identify(visitor("bot"), student(), at=START)
    sell("A", 10_000)
    assert actions.scan() == Scanned(findings=1, held=0)
    row = Signal.objects.get()
    assert (row.kind, row.score) == ("automated_order", 70)


def test_refunds_in_a_ring_are_one_signal_a_month_and_hold_the_rest() -> None:
    for place in range(6):
        who = f"s{place % 2}"
        come_by("yu", name=f"v{place}", who=who)
        sell(f"A{place}", 10_000, who=who)
    for place in range(5):
        refund(f"R{place}", f"A{place}", 10_000)
    with clock.at(START + 2 * DAY):
        assert actions.look_back() == 1
        assert actions.look_back() == 1
        assert actions.hold_all() == 1
    row = Signal.objects.get()
    assert (row.kind, row.subject, row.finding) == ("refund_ring", "promoter", "2026-03")
    assert row.evidence == {"orders": 6, "days": 30, "refunded": 5, "returners": 2, "usual": 20}
    assert money()[0] == 2000
    assert mature() == 0


def test_orders_without_any_visit_are_shown_and_not_held() -> None:
    for place in range(12):
        sell(f"C{place}", 10_000, who=f"c{place}", code="yu")
    with clock.at(START + DAY):
        assert actions.look_back() == 1
        assert actions.hold_all() == 0
    row = Signal.objects.get()
    assert (row.kind, row.score) == ("no_visits", 46)
    assert row.evidence == {"orders": 12, "days": 30, "unvisited": 12}


def test_a_number_of_statements_that_does_not_grow() -> None:
    actions.scan()
    counts = []
    for size in (3, 30):
        for place in range(size):
            name = f"{size}-{place}"
            come_by("yu", name=name, who=name)
            sell(name, 10_000, who=name)
        click(size)
        with CaptureQueriesContext(connection) as done:
            actions.scan()
        counts.append(len(done))
    assert counts[0] == counts[1]
    assert not Record.objects.filter(verb="commission.held").exists()
    assert queries.open_count() == 0
