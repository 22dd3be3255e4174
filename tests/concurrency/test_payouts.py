"""Approvals, batches, bank files and a channel's day when several people act at once."""

from datetime import date

import pytest

from kefen.core.payout_limits import ChannelLimits
from kefen.payouts import actions
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import BankFileRow, PayoutBatch, PayoutBatchItem, Withdrawal
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Role
from kefen.ports import registry
from tests.concurrency.racing import codes, race
from tests.factories import (
    make_course,
    make_matured,
    make_paid_order,
    make_promoter,
    make_terms,
    make_version,
    make_withdrawal,
    percent,
)
from tests.payouts.channels import Recorder
from tests.payouts.test_two_persons import member

NUMBERS = [f"w{number}" for number in range(8)]


@pytest.fixture
def people(committed_institution, monkeypatch):
    """yu asked for eight times 10.00; two persons may approve."""
    make_course(list_price=1000_00)
    make_promoter()
    make_version(terms=make_terms(rules=[percent(1000)]))
    make_paid_order(paid=1000_00)
    make_matured()
    channel = Recorder("sandbox")
    monkeypatch.setattr(registry, "_payouts", {"sandbox": channel})
    for number in NUMBERS:
        make_withdrawal(number=number, amount=10_00)
    return member("a", Role.OWNER), member("b", Role.FINANCE), channel


def test_two_at_once_are_first_and_second_and_one_alone_never_both(people):
    first, second, _ = people
    actions.set_policy(PolicyFacts(two_persons_from=1), actor=first)

    alone = race([lambda: actions.approve("w0", actor=first)] * 6)
    race([lambda who=who: actions.approve("w1", actor=who) for who in (first, second) * 3])

    assert codes(alone) == ["second_person_needed"] * 5
    assert Withdrawal.objects.get(number="w0").state == "requested"
    both = Withdrawal.objects.get(number="w1")
    assert both.state == "approved"
    assert {both.first_approver, both.second_approver} == {first.user, second.user}


def test_one_form_sent_ten_times_is_one_batch_and_two_workers_pay_once(people):
    first, _, channel = people

    def begin():
        actions.begin_batch("b", NUMBERS, expected=(8, 80_00), actor=first)

    assert codes(race([begin] * 10)) == []
    race([lambda: actions.run_batch("b")] * 4)
    race([lambda number=number: actions.send(number) for number in NUMBERS * 3])

    assert PayoutBatch.objects.count() == 1
    assert PayoutBatchItem.objects.filter(state="done").count() == 8
    assert Record.objects.filter(verb="withdrawal.approved").count() == 8
    assert sorted(one.withdrawal for one in channel.asked) == NUMBERS


def test_two_operators_with_the_same_choice_pay_once(people):
    first, second, channel = people
    for name, who in (("x", first), ("y", second)):
        actions.begin_batch(name, NUMBERS, expected=(8, 80_00), actor=who)

    race([lambda name=name: actions.run_batch(name) for name in ("x", "y")])
    race([lambda number=number: actions.send(number) for number in NUMBERS])

    assert Record.objects.filter(verb="withdrawal.approved").count() == 8
    assert sorted(one.withdrawal for one in channel.asked) == NUMBERS


def test_a_day_is_never_exceeded_however_many_send(people):
    first, _, channel = people
    actions.set_limits("sandbox", ChannelLimits(person_day=35_00), actor=first)
    for number in NUMBERS:
        actions.approve(number)

    race([lambda number=number: actions.send(number) for number in NUMBERS])

    assert sum(one.amount for one in channel.asked) == 30_00
    held = Withdrawal.objects.filter(state="approved", held_until__isnull=False)
    assert held.count() == 5


def test_two_files_at_once_share_what_is_there(people):
    first, second, _ = people
    actions.set_policy(PolicyFacts(bank_files=True), actor=first)
    actions.set_account("yu", "bank", account="6222021234567894", name="于小鱼", bank_name="招商")
    for number in NUMBERS:
        actions.approve(number)

    race([lambda n=n: actions.begin_bank_file(n, actor=second) for n in ("f", "g", "f")])
    race([lambda n=n: actions.fill_bank_file(n) for n in ("f", "g", "f", "g")])

    assert BankFileRow.objects.values("withdrawal_id").distinct().count() == 8
    assert BankFileRow.objects.count() == 8
    assert Withdrawal.objects.filter(state="sent").count() == 8
    answers = race(
        [lambda: actions.settle_bank_row("w0", paid=True, actor=first)] * 3
        + [lambda: actions.settle_bank_row("w0", paid=False, reason="no", actor=SYSTEM)] * 3
    )
    assert answers.count(True) == 1


def test_one_person_with_many_windows_never_releases_what_he_prepared(people):
    first, second, channel = people
    month = (date(2026, 11, 1), date(2026, 11, 30))

    def prepare():
        actions.prepare_settlement("s", NUMBERS, expected=(8, 80_00), period=month, actor=first)

    def release(who):
        return lambda: actions.release_settlement("s", expected=(8, 80_00), actor=who)

    assert codes(race([prepare] * 6)) == []
    assert codes(race([release(first)] * 6)) == ["released_by_preparer"] * 6
    assert PayoutBatch.objects.get().released_by is None
    assert not Withdrawal.objects.exclude(state="requested").exists()

    both = race([release(who) for who in (first, second) * 3])

    assert codes(both) == ["released_by_preparer"] * 3
    assert PayoutBatch.objects.get().released_by == second.user
    assert Record.objects.filter(verb="settlement.released").count() == 1
    race([lambda: actions.run_batch("s")] * 4)
    race([lambda number=number: actions.send(number) for number in NUMBERS * 2])
    assert sorted(one.withdrawal for one in channel.asked) == NUMBERS


def test_a_release_and_a_stop_at_once_are_one_of_both(people):
    first, second, _ = people
    month = (date(2026, 11, 1), date(2026, 11, 30))
    actions.prepare_settlement("s", NUMBERS, expected=(8, 80_00), period=month, actor=first)

    race(
        [
            lambda: actions.release_settlement("s", expected=(8, 80_00), actor=second),
            lambda: actions.stop_batch("s", actor=first),
        ]
    )
    actions.run_batch("s")

    batch = PayoutBatch.objects.get()
    approved = Withdrawal.objects.filter(state="approved").count()
    assert batch.stopped_at is not None
    assert approved == 0
