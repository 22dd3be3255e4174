"""The queue holds numbers and ids alone: what a job is about, it reads where it is encrypted."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from kefen.core.states import WithdrawalState
from kefen.payouts import actions
from kefen.platform import clock
from kefen.platform.identity import codes
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.models import Role
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message
from kefen.ports.payments import EventKind
from kefen.promoters.models import Promoter
from tests.logs.scan import leaks
from tests.merchants.channels import has_account
from tests.orders.school import ask, come_by, mature, open_school, sell
from tests.payouts.channels import Recorder
from tests.payouts.test_two_persons import member

PHONE, NAME, ACCOUNT = "13900000001", "于小鱼", "13900000002"
# Numbers, ids, names of channels and changes: no spaces, nothing beyond ASCII, nothing long.
PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,48}", re.ASCII)


class Phone:
    """A messenger that takes everything."""

    name, mailbox = "phone", ""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.fixture
def phone(institution: object, monkeypatch: pytest.MonkeyPatch) -> Phone:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    account = account_with_phone(PHONE, name=NAME)
    Promoter.objects.filter(code="yu").update(account_id=account.id)
    found = Phone()
    monkeypatch.setitem(registry._messengers, Medium.PHONE, found)
    return found


@pytest.fixture
def alipay(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    channel = Recorder("alipay")
    monkeypatch.setattr(registry, "_payouts", {"alipay": channel})
    has_account("alipay")
    return channel


def jobs() -> Iterator[tuple[str, dict[str, object]]]:
    """All that waits, with its arguments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text FROM procrastinate_jobs ORDER BY id")
        for name, arguments in cursor.fetchall():
            yield name, json.loads(arguments)


def assert_plain(found: list[tuple[str, dict[str, object]]]) -> None:
    """Nothing in it says anything about anybody."""
    for name, arguments in found:
        for key, value in arguments.items():
            assert isinstance(value, int) or PLAIN.fullmatch(str(value)), (name, key, value)
    told = json.dumps(found, ensure_ascii=False)
    assert leaks(told) == []


def test_a_payout_from_account_to_text_leaves_only_numbers(phone: Phone, alipay: Recorder) -> None:
    actions.set_account("yu", "alipay", account=ACCOUNT, name=NAME)
    for number in ("W1", "W2", "W3"):
        ask(number, 10_000)
    owner = member("Shen Lan", Role.OWNER)
    actions.begin_batch("B", ["W1"], expected=(1, 10_000), actor=owner)
    actions.run_batch("B")
    actions.approve("W2")
    for number in ("W1", "W2"):
        actions.send(number)
    assert {(one.receiver, one.name) for one in alipay.asked} == {(ACCOUNT, NAME)}
    actions.take_result(alipay.says("W1", EventKind.PAYOUT_SUCCEEDED))
    reason = f"{NAME} has no account {ACCOUNT}"
    actions.settle("W2", WithdrawalState.FAILED, at=clock.now(), reason=reason)
    actions.approve("W3")
    actions.chase(older_than=-timedelta(days=1))
    found = list(jobs())
    assert {"payouts.run_batch", "payouts.send", "payouts.tell"} <= {name for name, _ in found}
    assert_plain(found)


def test_a_code_waits_without_number_or_text(institution: InstitutionFacts, phone: Phone) -> None:
    codes.ask(
        codes.CodeRequest(
            place=institution.id,
            medium=Medium.PHONE,
            recipient=PHONE,
            origin="192.0.2.1",
            sender="知行学堂",
            subject="code",
            words="{code}",
        )
    )
    found = [(name, arguments) for name, arguments in jobs() if name == "identity.send_code"]
    assert len(found) == 1
    assert_plain(found)


def test_what_somebody_is_called_would_be_seen() -> None:
    """The proof that the look at arguments can fail."""
    for value in (NAME, ACCOUNT, "yu@example.org", "two words", "x" * 49):
        with pytest.raises(AssertionError):
            assert_plain([("payouts.send", {"receiver": value})])
