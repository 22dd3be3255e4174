"""The sandbox keeps the contracts, and its faults are what they say."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import override_settings

from kefen.adapters.payments.sandbox import books, faults, notices, payouts
from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.adapters.payments.sandbox.faults import BY_AMOUNT, Fault
from kefen.adapters.payments.sandbox.models import (
    Attempt,
    Notice,
    Payment,
    Payout,
    PlannedFault,
)
from kefen.adapters.payments.sandbox.signature import real_now, secret_of, sign, signed_headers
from kefen.core.errors import ChannelUnavailable, InvalidInput
from kefen.platform import clock
from kefen.ports.payments import EventKind, Method
from tests.adapters.contract import (
    AMOUNT,
    COLLECT,
    GIVE_BACK,
    HERE,
    PAY_OUT,
    ConfirmedContract,
    Message,
    PaymentContract,
    PayoutContract,
    Person,
)


class SandboxSide:
    """The sandbox, with its own books as the other side."""

    notify_url = COLLECT.notify_url
    currency = "CNY"
    person = Person("yu", "于晨")

    def __init__(self) -> None:
        self.channel = Sandbox()
        self.clock = ExitStack()

    def payer(self) -> str:
        return "student"

    def student_pays(self, order: str, method: Method | None = None) -> None:
        books.pay(Payment.objects.get(institution=HERE, order=order).token)

    def last_message(self) -> Message:
        row = Notice.objects.latest("id")
        body = row.body.encode()
        return Message(signed_headers(HERE, row.event, body), body)

    def messages(self) -> int:
        return Notice.objects.count()

    def signed_before(self, message: Message, ago: timedelta) -> Message:
        at = int((real_now() - ago).timestamp())
        event = message.headers["webhook-id"]
        signature = sign(secret_of(HERE), event, at, message.body)
        headers = {"webhook-timestamp": str(at), "webhook-signature": signature}
        return Message({**message.headers, **headers}, message.body)

    def refuse(self, number: str) -> None:
        faults.plan(HERE, number, Fault.REJECTED)

    def stay_silent(self, number: str) -> None:
        faults.plan(HERE, number, Fault.OUTCOME_UNKNOWN)

    def speak_again(self, number: str) -> None:
        PlannedFault.objects.filter(institution=HERE, number=number).delete()

    def tell_wrong_amount(self, order: str) -> None:
        faults.plan(HERE, order, Fault.WRONG_AMOUNT)

    @contextmanager
    def down(self) -> Iterator[None]:
        with patch.object(faults, "unreachable", lambda institution, number: True):
            yield

    def receiver_confirms(self, withdrawal: str) -> None:
        row = Payout.objects.get(number=withdrawal)
        if row.token:
            payouts.confirm(row.token)

    def pass_time(self, time: timedelta) -> None:
        self.clock.enter_context(clock.at(clock.now() + time))


@pytest.fixture
def every_payout_waits() -> Iterator[None]:
    with override_settings(SANDBOX_CONFIRMS=True):
        yield


@pytest.fixture
def side(rolled_back: None) -> Iterator[SandboxSide]:
    found = SandboxSide()
    with found.clock:
        yield found


class TestPayments(PaymentContract):
    """As a payment channel."""


class TestPayouts(PayoutContract):
    """As a payout channel."""


@pytest.mark.usefixtures("every_payout_waits")
class TestConfirmedPayouts(ConfirmedContract):
    """As a payout channel whose receivers confirm."""


def jobs_waiting(task: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [task])
        return int(cursor.fetchone()[0])


def pay_with(side: SandboxSide, fault: Fault) -> None:
    faults.plan(HERE, "ord-1", fault)
    side.channel.collect(COLLECT)
    side.student_pays("ord-1")


def test_every_notice_has_its_job(side: SandboxSide) -> None:
    side.channel.collect(COLLECT)
    assert jobs_waiting("sandbox.deliver") == 0
    side.student_pays("ord-1")
    assert jobs_waiting("sandbox.deliver") == 1


def test_a_duplicate_leaves_twice(side: SandboxSide) -> None:
    pay_with(side, Fault.DUPLICATE)
    assert Notice.objects.get().copies == 2


def test_a_lost_notification_is_never_written_but_can_be_asked_for(side: SandboxSide) -> None:
    pay_with(side, Fault.LOST)
    assert side.messages() == 0
    assert side.channel.query_payment(HERE, "ord-1") is not None


def test_a_wrong_amount_is_told(side: SandboxSide) -> None:
    pay_with(side, Fault.WRONG_AMOUNT)
    message = side.last_message()
    told = side.channel.read_notification(HERE, message.headers, message.body)
    assert told.amount == AMOUNT + 1


@override_settings(SANDBOX_DELAY_SECONDS=60)
def test_a_delayed_result_is_under_way_and_told_later(side: SandboxSide) -> None:
    side.channel.collect(COLLECT)
    side.student_pays("ord-1")
    faults.plan(HERE, "rfd-1", Fault.DELAYED)
    side.channel.give_back(GIVE_BACK)
    assert side.channel.query_refund(HERE, "rfd-1") is None
    notice = Notice.objects.latest("id")
    assert timedelta(seconds=50) < notice.due_at - real_now() <= timedelta(seconds=60)
    assert notices.deliver(notice.id) is False
    assert Attempt.objects.count() == 0


def test_unreachable_is_once_and_nothing_was_done(side: SandboxSide) -> None:
    faults.plan(HERE, "wd-1", Fault.UNAVAILABLE)
    with pytest.raises(ChannelUnavailable):
        side.channel.pay_out(PAY_OUT)
    assert side.messages() == 0
    side.channel.pay_out(PAY_OUT)
    assert side.messages() == 1


def test_an_expired_payout(side: SandboxSide) -> None:
    faults.plan(HERE, "wd-1", Fault.EXPIRED)
    side.channel.pay_out(PAY_OUT)
    event = side.channel.query_payout(HERE, "wd-1")
    assert event is not None
    assert event.kind is EventKind.PAYOUT_EXPIRED


def test_amounts_choose_faults_only_where_that_is_on(side: SandboxSide) -> None:
    for ending, fault in BY_AMOUNT.items():
        assert faults.planned(HERE, "wd-1", 5_000 + ending) is None
        with override_settings(SANDBOX_FAULTS=True):
            assert faults.planned(HERE, "wd-1", 5_000 + ending) is fault
    with override_settings(SANDBOX_FAULTS=True):
        side.channel.pay_out(replace(PAY_OUT, amount=5_094))
    event = side.channel.query_payout(HERE, "wd-1")
    assert event is not None
    assert event.kind is EventKind.PAYOUT_FAILED


def test_a_notice_nobody_answers_is_given_up_after_a_day(side: SandboxSide) -> None:
    side.channel.collect(replace(COLLECT, notify_url="http://127.0.0.1:9/nobody"))
    side.student_pays("ord-1")
    notice = Notice.objects.get()
    for number in range(1, len(notices.BACKOFF_SECONDS) + 2):
        Notice.objects.update(due_at=real_now())
        assert notices.deliver(notice.id) is False
        notice.refresh_from_db()
        assert notice.attempts == number
    assert notice.state == "given_up"
    assert sum(notices.BACKOFF_SECONDS) > 24 * 3600
    assert notices.deliver(notice.id) is False
    assert Attempt.objects.filter(status=0).count() == len(notices.BACKOFF_SECONDS) + 1


def test_a_notice_whose_job_was_lost_is_sent_all_the_same(side: SandboxSide) -> None:
    pay_with(side, Fault.DELAYED)
    assert notices.deliver_due() == 0
    Notice.objects.update(due_at=real_now() - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'sandbox.deliver'")
    assert notices.deliver_due() == 1
    assert jobs_waiting("sandbox.deliver") == 1
    assert notices.deliver_due() == 1
    assert jobs_waiting("sandbox.deliver") == 1, "it waits already"


def wait_for_receiver(side: SandboxSide) -> Payout:
    faults.plan(HERE, "wd-1", Fault.CONFIRM)
    side.channel.pay_out(PAY_OUT)
    return Payout.objects.get(number="wd-1")


def test_a_payout_can_wait_for_its_receiver(side: SandboxSide) -> None:
    row = wait_for_receiver(side)
    event = side.channel.query_payout(HERE, "wd-1")
    assert event is not None
    assert (event.kind, event.until) == (EventKind.PAYOUT_WAITING, row.confirm_by)
    assert event.url.endswith(f"/sandbox/receipt/{row.token}")
    message = side.last_message()
    assert side.channel.read_notification(HERE, message.headers, message.body) == event
    payouts.confirm(str(row.token))
    payouts.confirm(str(row.token))
    assert side.messages() == 2
    done = side.channel.query_payout(HERE, "wd-1")
    assert done is not None
    assert (done.kind, done.until, done.url) == (EventKind.PAYOUT_SUCCEEDED, None, "")


@pytest.mark.parametrize("who_looks", ["job", "query", "receiver"])
def test_whoever_looks_first_after_a_day_finds_it_expired_once(
    side: SandboxSide, who_looks: str
) -> None:
    row = wait_for_receiver(side)
    assert row.confirm_by is not None
    with clock.at(row.confirm_by - timedelta(microseconds=1)):
        assert payouts.expire_due() == 0
    with clock.at(row.confirm_by):
        if who_looks == "job":
            assert payouts.expire_due() == 1
        elif who_looks == "receiver":
            assert payouts.confirm(str(row.token)).verdict == "expired"
        event = side.channel.query_payout(HERE, "wd-1")
        assert payouts.expire_due() == 0
        payouts.confirm(str(row.token))
    assert event is not None
    assert event.kind is EventKind.PAYOUT_EXPIRED
    assert event.reason
    assert side.messages() == 2


def test_a_waiting_notice_without_an_end_is_refused(side: SandboxSide) -> None:
    wait_for_receiver(side)
    body = side.last_message().body
    for broken in (b'"until": null', b'"until": "soon"', b'"until": "2026-01-01T00:00:00"'):
        bad = re.sub(rb'"until": "[^"]*"', broken, body)
        with pytest.raises(InvalidInput):
            side.channel.translate(HERE, bad)


def test_where_the_setting_says_so_every_payout_waits(side: SandboxSide) -> None:
    with override_settings(SANDBOX_CONFIRMS=True):
        side.channel.pay_out(PAY_OUT)
    event = side.channel.query_payout(HERE, "wd-1")
    assert event is not None
    assert event.kind is EventKind.PAYOUT_WAITING
