"""From the order through Stripe (its emulator) to the books and back, over Stripe's own wire."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, override_settings

from kefen.adapters.payments.stripe.channel import Stripe
from kefen.adapters.payments.stripe.payments import _session
from kefen.commissions.actions import request_refund, return_stray, send_refund
from kefen.commissions.actions.take_payment import ask_about_payment
from kefen.core.reconciliation import Verdict
from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build
from kefen.faces.api.webhooks_in.work import work
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.models import CashierVisit, LeftCashier, StrayPayment
from kefen.orders.queries import by_number
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.actions import connect
from kefen.platform.merchants.queries import merchants_of
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.payments import Collect
from kefen.reconciliation import actions as reconciliation
from kefen.reconciliation.models import Difference
from tests.adapters.contract.notifications import Message
from tests.adapters.post_box import PostBox
from tests.adapters.stripe_side import StripeSide
from tests.webhooks.shop import PAID_BOOKS, PRICE, SLUG, books, commissions, place


@pytest.fixture
def side(
    shop: InstitutionFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeSide]:
    """The shop's account at an emulator, entered as an operator enters it."""
    channel = Stripe(merchants_of("stripe"))
    for ports in (registry._channels, registry._payments, registry._payouts):
        monkeypatch.setitem(ports, "stripe", channel)
    with (
        PostBox() as box,
        running(build(tmp_path), delivering=False) as address,
        override_settings(STAND_INS=True),
    ):
        found = StripeSide(address, box)
        merchant = found.merchant()
        connect("stripe", values=merchant.secrets, gateway=merchant.gateway, actor=SYSTEM)
        with closing(found.control):
            yield found


def post(message: Message, **changed: str) -> int:
    """Stripe delivers."""
    headers = {"stripe-signature": message.headers["stripe-signature"], **changed}
    answer = Client(raise_request_exception=False).post(
        f"/webhooks/stripe/{SLUG}",
        message.body,
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code


def take_all(side: StripeSide) -> list[str]:
    """Everything that Stripe has to tell arrives, twice, and is worked on; the outcomes."""
    side.control.post("/emulator/deliver").raise_for_status()
    for message in side.box.messages * 2:
        assert post(message) == 200
    waiting: list[UUID] = list(
        Notification.objects.filter(state="received")
        .order_by("received_at")
        .values_list("id", flat=True)
    )
    for one in waiting:
        work(one)
    return sorted(Notification.objects.values_list("state", flat=True))


def buy(side: StripeSide, number: str) -> None:
    place(number)
    url = open_cashier(number, PayBy("stripe"), return_url="https://school.example/back").url
    assert side.control.post(url, data={"do": "pay"}).status_code == 303


def test_paid_booked_refunded(side: StripeSide) -> None:
    buy(side, "ord-1")
    assert set(take_all(side)) == {"done"}
    assert commissions() == 1
    assert books()["channel:stripe"] == -PRICE
    number = request_refund("ord-1", 10_000, "she asked", SYSTEM)
    send_refund(number)
    assert [one["amount"] for one in side.state("refund")] == [10_000]
    assert set(take_all(side)) == {"done"}
    assert books()["channel:stripe"] == -(PRICE - 10_000)


def test_a_lost_notice_is_asked_for(side: StripeSide) -> None:
    buy(side, "ord-1")
    assert ask_about_payment("ord-1", "stripe")
    assert commissions() == 1
    assert not ask_about_payment("ord-1", "stripe")


def test_another_amount_waits_for_a_person(side: StripeSide) -> None:
    side.tell_wrong_amount("ord-1")
    buy(side, "ord-1")
    assert "parked" in take_all(side)
    assert commissions() == 0


def test_what_stripe_did_not_sign_is_not_stored(side: StripeSide) -> None:
    buy(side, "ord-1")
    message = side.last_message()
    forged = Message(message.headers, message.body.replace(b"29900", b"99900"))
    assert post(forged) == 401
    assert post(side.signed(message.body, 1_700_000_000)) == 401
    assert not Notification.objects.exists()
    assert post(message) == 200


def pay_a_second_time(side: StripeSide, number: str) -> None:
    """By a session of the order that nobody closed in time."""
    request = Collect(
        institution=SLUG,
        order=number,
        amount=PRICE,
        currency="CNY",
        subject="x",
        return_url="https://school.example/back",
        notify_url="",
    )
    made = side.api("POST", "/v1/checkout/sessions", flat(_session(request)))
    assert side.control.post(f"/pay/{made['id']}", data={"do": "pay"}).status_code == 303


def flat(content: Any, name: str = "") -> dict[str, Any]:
    """A form as Stripe reads it."""
    if isinstance(content, Mapping):
        parts = content.items()
    elif isinstance(content, list):
        parts = enumerate(content)
    else:
        return {name: str(content).lower() if isinstance(content, bool) else content}
    found: dict[str, Any] = {}
    for key, value in parts:
        found |= flat(value, f"{name}[{key}]" if name else str(key))
    return found


def test_a_second_payment_goes_back_once_and_is_matched_with_the_bill(side: StripeSide) -> None:
    buy(side, "ord-1")
    assert set(take_all(side)) == {"done"}
    first = CashierVisit.objects.get().channel_number
    pay_a_second_time(side, "ord-1")
    assert set(take_all(side)) == {"done"}
    row = StrayPayment.objects.get()
    assert (row.state, row.cause, row.amount) == ("asked", "paid_twice", PRICE)
    assert books()["institution:strays"] == PRICE
    assert books()["channel:stripe"] == -2 * PRICE
    for _ in range(3):
        return_stray(row.number)
    assert set(take_all(side)) == {"done"}
    row.refresh_from_db()
    assert row.state == "returned"
    assert [(one["charge"], one["amount"]) for one in side.state("refund")] == [
        (row.channel_number, PRICE)
    ]
    assert row.channel_number != first == CashierVisit.objects.get().channel_number
    assert books() == {
        account.replace("sandbox", "stripe"): amount for account, amount in PAID_BOOKS.items()
    }
    day = side.today()
    side.pass_time(timedelta(days=3))
    facts = reconciliation.reconcile("stripe", day)
    # The emulator's account began with money of its own: that alone is only theirs.
    (odd,) = Difference.objects.values_list("subject", "verdict")
    assert odd == ("other", "only_theirs")
    assert facts.groups[Verdict.MATCHED].count == 3
    assert (facts.totals["payment"], facts.totals["refund"]) == (2 * PRICE, PRICE)


def test_what_was_begun_at_a_shut_account_is_heard_and_given_back_there(side: StripeSide) -> None:
    place("ord-1")
    url = open_cashier("ord-1", PayBy("stripe"), return_url="https://school.example/back").url
    assert reconciliation.declare_shut("stripe", reason="closed", actor=SYSTEM)
    other = side.accounts["another"]
    connect("stripe", values=other.secrets, gateway=other.gateway, actor=SYSTEM)
    assert side.control.post(url, data={"do": "pay"}).status_code == 303
    assert set(take_all(side)) == {"done"}
    left = LeftCashier.objects.get()
    assert (by_number("ord-1").state, left.state, left.owns) == ("paid", "came", True)
    number = request_refund("ord-1", PRICE, "why", SYSTEM)
    send_refund(number)
    assert [one["amount"] for one in side.state("refund")] == [PRICE]
    assert set(take_all(side)) == {"done"}
    assert books() == {}
