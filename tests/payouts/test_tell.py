"""The promoter hears of each change once, in his language; silence keeps no money from moving."""

from datetime import UTC, datetime, timedelta

import pytest

from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.models import PayoutNotice
from kefen.platform import clock, jobs
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.contracts import SYSTEM
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message
from kefen.promoters.models import Promoter
from tests.orders.school import ask, come_by, mature, open_school, sell

NOW = datetime(2026, 4, 20, tzinfo=UTC)


class Phone:
    """A messenger that remembers, or fails as it is told."""

    name, mailbox = "phone", ""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failure: Exception | None = None

    def send(self, message: Message) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)


@pytest.fixture(autouse=True)
def phone(institution: object, monkeypatch: pytest.MonkeyPatch) -> Phone:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    account = account_with_phone("13900000001", name="于小鱼")
    Promoter.objects.filter(code="yu").update(account_id=account.id)
    found = Phone()
    monkeypatch.setitem(registry._messengers, Medium.PHONE, found)
    return found


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    real = jobs.enqueue

    def enqueue(name: str, **arguments: object) -> None:
        if name == "payouts.tell":
            found.append((str(arguments["withdrawal"]), arguments["change"]))
        real(name, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    return found


def waiting() -> None:
    with clock.at(NOW):
        ask("W", 10_000)
        actions.approve("W")
        actions.mark_sent("W")
        actions.await_confirmation("W", until=NOW + timedelta(hours=5))


def test_every_change_is_told_by_a_job(enqueued: list[tuple[str, object]]) -> None:
    waiting()
    actions.settle("W", WithdrawalState.EXPIRED, at=NOW)
    ask("V", 10_000)
    actions.reject("V", reason="why")
    assert enqueued == [
        ("W", "approved"),
        ("W", "sent"),
        ("W", "awaiting_confirmation"),
        ("W", "expired"),
        ("V", "rejected"),
    ]


def test_each_change_once_with_the_hours_that_are_left(phone: Phone) -> None:
    waiting()
    with clock.at(NOW + timedelta(hours=1)):
        assert actions.deliver("W", "awaiting_confirmation")
        assert not actions.deliver("W", "awaiting_confirmation")
    (message,) = phone.sent
    assert (message.to, message.sender) == ("13900000001", "知行学堂")
    assert "100.00" in message.text
    assert " 4 " in message.text
    assert "小鱼" not in message.text


def test_in_his_language_or_not_at_all(phone: Phone) -> None:
    waiting()
    promoter = queries.by_number("W").promoter_id
    actions.set_telling(promoter, by_phone=True, language="en", actor=SYSTEM)
    actions.deliver("W", "approved")
    assert phone.sent[0].text == (
        "Withdrawal W: 100.00 is approved, 100.00 after tax is on its way."
    )
    actions.set_telling(promoter, by_phone=False, language="en", actor=SYSTEM)
    assert not actions.deliver("W", "sent")
    assert len(phone.sent) == 1


def test_who_cannot_be_reached_now_is_told_later_and_a_refusal_is_the_end(phone: Phone) -> None:
    waiting()
    phone.failure = ChannelUnavailable(channel="phone")
    with pytest.raises(ChannelUnavailable):
        actions.deliver("W", "approved")
    assert PayoutNotice.objects.count() == 0
    phone.failure = None
    assert actions.deliver("W", "approved")
    phone.failure = ChannelRejected(channel="phone", reason="no such number")
    assert actions.deliver("W", "sent")
    assert not actions.deliver("W", "sent")


def test_without_a_messenger_money_moves_all_the_same(
    monkeypatch: pytest.MonkeyPatch, enqueued: list[tuple[str, object]]
) -> None:
    monkeypatch.setattr(registry, "_messengers", {})
    waiting()
    assert enqueued == []
    assert queries.by_number("W").state == WithdrawalState.AWAITING_CONFIRMATION
    assert not actions.deliver("W", "approved")
