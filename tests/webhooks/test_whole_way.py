"""From the cashier to the books and back, over HTTP, with real processes and real jobs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.test import override_settings

from kefen.adapters.payments.sandbox import books as channel
from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Attempt, Notice
from kefen.adapters.payments.sandbox.models import Refund as SandboxRefund
from kefen.commissions.actions import chase_refunds, request_refund
from kefen.core.states import WithdrawalState
from kefen.ops.due import run_due
from kefen.orders.actions import PayBy, open_cashier
from kefen.orders.models import Refund
from kefen.payouts import actions as payouts
from kefen.payouts import queries as withdrawals
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.models import Notification
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.webhooks.processes import free_port, wait_until, web, working
from tests.webhooks.shop import (
    COMMISSION,
    PAID_BOOKS,
    PRICE,
    SLUG,
    books,
    commissions,
    place,
    unfinished,
)


@pytest.fixture
def address(own_shop: InstitutionFacts) -> Iterator[str]:
    """The school's own address, served."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    outside = {"KEFEN_PUBLIC_URL": here}
    with (
        override_settings(PUBLIC_URL=here, NOTIFY_URL=""),
        working(**outside),
        web(port, **outside),
    ):
        yield here


def pay_at(cashier: str, *, fault: str = "", outcome: str = "paid") -> httpx.Response:
    """A student at the cashier."""
    with httpx.Client(trust_env=False) as browser:
        page = browser.get(cashier)
        assert page.status_code == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "outcome": outcome, "fault": fault}
        return browser.post(cashier, data=form, headers={"referer": cashier})


def buy(address: str, number: str, *, fault: str = "") -> None:
    place(number)
    cashier = open_cashier(number, PayBy("sandbox"), return_url=f"{address}/back").url
    answer = pay_at(cashier, fault=fault)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{address}/back")


def test_paid_booked_refunded(address: str) -> None:
    place("ord-1")
    cashier = open_cashier("ord-1", PayBy("sandbox"), return_url=f"{address}/back").url
    assert open_cashier("ord-1", PayBy("sandbox"), return_url=f"{address}/back").url == cashier
    assert pay_at(cashier, outcome="abandoned").status_code == 302
    assert not Notice.objects.exists()
    assert pay_at(cashier).status_code == 302
    wait_until(lambda: commissions() == 1)
    assert books() == PAID_BOOKS
    assert pay_at_closed(cashier)
    number = request_refund("ord-1", 10_000, "she asked", SYSTEM)
    wait_until(lambda: Refund.objects.get(number=number).state == "booked")
    rest = COMMISSION * (PRICE - 10_000) // PRICE
    assert books() == {
        "channel:sandbox": -(PRICE - 10_000),
        "institution:main": PRICE - 10_000 - rest,
        "promoter:yu:pending": rest,
    }
    assert set(Notification.objects.values_list("state", flat=True)) == {"done"}
    assert set(Attempt.objects.values_list("status", flat=True)) == {200}


def pay_at_closed(cashier: str) -> bool:
    """Whether the cashier says that nothing is charged again."""
    with httpx.Client(trust_env=False) as browser:
        return "<form" not in re.sub(r'<form[^>]*action="[^"]+"', "", browser.get(cashier).text)


def test_a_duplicate_delivery_changes_nothing(address: str) -> None:
    buy(address, "ord-1", fault="duplicate")
    wait_until(lambda: commissions() == 1 and Attempt.objects.count() == 2)
    assert Notification.objects.count() == 1
    assert books() == PAID_BOOKS


def test_a_wrong_amount_is_parked(address: str) -> None:
    buy(address, "ord-1", fault="wrong_amount")
    wait_until(lambda: Notification.objects.filter(state="parked").exists())
    assert Notification.objects.get().reason == "amount_mismatch"
    assert books() == {}


def test_a_refused_refund_frees_its_amount(address: str) -> None:
    buy(address, "ord-1")
    wait_until(lambda: commissions() == 1)
    faults.plan(SLUG, "rfd-1", Fault.REJECTED)
    request_refund("ord-1", PRICE, "", SYSTEM, number="rfd-1")
    wait_until(lambda: Refund.objects.get(number="rfd-1").state == "failed")
    assert books() == PAID_BOOKS
    request_refund("ord-1", PRICE, "", SYSTEM, number="rfd-2")
    wait_until(lambda: Refund.objects.get(number="rfd-2").state == "booked")
    assert books() == {}


@pytest.mark.parametrize("fault", [Fault.OUTCOME_UNKNOWN, Fault.UNAVAILABLE, Fault.LOST])
def test_a_refund_takes_place_once_whatever_the_channel_answers(address: str, fault: Fault) -> None:
    buy(address, "ord-1")
    wait_until(lambda: commissions() == 1)
    faults.plan(SLUG, "rfd-1", fault)
    request_refund("ord-1", 10_000, "", SYSTEM, number="rfd-1")
    if fault is Fault.LOST:
        wait_until(lambda: known_to_channel("rfd-1"))
        assert Refund.objects.get(number="rfd-1").state == "requested"
        chase_refunds()
    wait_until(lambda: Refund.objects.get(number="rfd-1").state == "booked")
    assert books()["channel:sandbox"] == -(PRICE - 10_000)


def known_to_channel(number: str) -> bool:
    """Whether the channel has this refund in its books and our job is over."""
    return SandboxRefund.objects.filter(number=number).exists() and not unfinished("refunds.send")


def withdraw(number: str, amount: int) -> None:
    """Let the commission mature, then ask for money and approve it."""
    with clock.at(clock.now() + timedelta(days=8)):
        assert run_due().matured == 1
    payouts.request(RequestWithdrawal(number, "yu", amount, clock.now()))
    payouts.approve_and_send(number)


@pytest.mark.parametrize(
    ("fault", "state", "available"),
    [
        (None, WithdrawalState.SUCCEEDED, 0),
        (Fault.OUTCOME_UNKNOWN, WithdrawalState.SUCCEEDED, 0),
        (Fault.UNAVAILABLE, WithdrawalState.SUCCEEDED, 0),
        (Fault.REJECTED, WithdrawalState.FAILED, COMMISSION),
        (Fault.EXPIRED, WithdrawalState.EXPIRED, COMMISSION),
    ],
)
def test_a_payout_ends_as_the_channel_says(
    address: str, fault: Fault | None, state: WithdrawalState, available: int
) -> None:
    buy(address, "ord-1")
    wait_until(lambda: commissions() == 1)
    if fault is not None:
        faults.plan(SLUG, "wd-1", fault)
    withdraw("wd-1", COMMISSION)
    wait_until(lambda: withdrawals.by_number("wd-1").state == state)
    assert books().get("promoter:yu:available", 0) == available
    assert books().get("promoter:yu:in_transit", 0) == 0


def test_the_channel_delivers_again_until_it_is_answered(own_shop: InstitutionFacts) -> None:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    place("ord-1")
    with override_settings(PUBLIC_URL=here, NOTIFY_URL=""):
        cashier = open_cashier("ord-1", PayBy("sandbox"), return_url=here).url
        channel.pay(cashier.rsplit("/", 1)[1])
        outside = {"KEFEN_PUBLIC_URL": here}
        with working(**outside):
            wait_until(lambda: Attempt.objects.filter(status=0).exists())
            assert Notice.objects.get().state == "waiting"
            with web(port, **outside):
                wait_until(lambda: commissions() == 1)
                wait_until(lambda: Notice.objects.get().state == "delivered")
    assert Notice.objects.get().attempts == Attempt.objects.count() > 1
    assert books() == PAID_BOOKS


def test_health_says_version_and_oldest_job(address: str) -> None:
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(f"{address}/healthz")
    assert answer.status_code == 200
    found = answer.json()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        assert found["server_version"] == cursor.fetchone()[0]
    assert found["status"] == "ok"
    assert set(found) == {
        "status",
        "server_version",
        "jobs_waiting",
        "oldest_job_seconds",
        "worker_heard_seconds",
    }
