"""kill -9 in the middle of a batch and of a bank file: done once more, each is approved and paid
once."""

import subprocess
import sys

import pytest

from kefen.adapters.payments.sandbox.models import Payout
from kefen.payouts import actions
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import BankFileRow, PayoutBatchItem, Withdrawal
from kefen.platform.audit.models import Record
from kefen.platform.identity.models import Role
from kefen.platform.tenancy.contracts import InstitutionFacts
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
from tests.payouts.test_two_persons import member
from tests.webhooks.processes import environment

NUMBERS = [f"w{number}" for number in range(8)]
# Hangs inside of the fourth item's transaction, after everything that it writes.
_VICTIM = """
import sys, time, django
django.setup()
from uuid import UUID
from kefen.payouts.actions import {module}
from kefen.platform.tenancy import scope
seen, done = [], {module}.{hooked}
def hooked(*given, **named):
    answer = done(*given, **named)
    seen.append(given)
    if len(seen) == 4:
        print("there", flush=True)
        time.sleep(600)
    return answer
{module}.{hooked} = hooked
with scope.institution(UUID(sys.argv[1])):
    {module}.{deed}
"""


def killed(institution: InstitutionFacts, **words: str) -> None:
    """Run a deed in a process of its own until it hangs, and kill it there."""
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM.format(**words), str(institution.id)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == "there\n"
    victim.kill()
    victim.wait(30)
    victim.stdout.close()


@pytest.fixture
def asked(committed_institution: InstitutionFacts) -> InstitutionFacts:
    """yu asked for eight times 10.00."""
    make_course(list_price=1000_00)
    make_promoter()
    make_version(terms=make_terms(rules=[percent(1000)]))
    make_paid_order(paid=1000_00)
    make_matured()
    for number in NUMBERS:
        make_withdrawal(number=number, amount=10_00)
    return committed_institution


@pytest.mark.timeout(120)
def test_a_killed_batch_goes_on_and_pays_each_once(asked: InstitutionFacts) -> None:
    owner = member("Shen Lan", Role.OWNER)
    actions.begin_batch("b", NUMBERS, expected=(8, 80_00), actor=owner)

    killed(asked, module="batch", hooked="approve_and_send", deed='run_batch("b")')

    assert PayoutBatchItem.objects.filter(state="done").count() == 3
    assert Withdrawal.objects.filter(state="approved").count() == 3
    actions.run_batch("b")
    for number in NUMBERS * 2:
        actions.send(number)
    assert PayoutBatchItem.objects.filter(state="done").count() == 8
    assert Record.objects.filter(verb="withdrawal.approved").count() == 8
    assert sorted(Payout.objects.values_list("number", flat=True)) == NUMBERS


@pytest.mark.timeout(120)
def test_a_killed_bank_file_has_each_once(asked: InstitutionFacts) -> None:
    owner = member("Shen Lan", Role.OWNER)
    actions.set_policy(PolicyFacts(bank_files=True), actor=owner)
    card = "6222021234567894"
    actions.set_account("yu", "bank", account=card, name="于小鱼", bank_name="招商银行")
    for number in NUMBERS:
        actions.approve(number)
    actions.begin_bank_file("f", actor=owner)

    killed(asked, module="bank_file", hooked="mark_sent", deed='fill_bank_file("f")')

    # The whole step went back: nothing is sent that is in no file.
    assert BankFileRow.objects.count() == 0
    assert Withdrawal.objects.filter(state="approved").count() == 8
    actions.fill_bank_file("f")
    serials = BankFileRow.objects.order_by("serial").values_list("serial", flat=True)
    assert list(serials) == list(range(1, 9))
    assert Withdrawal.objects.filter(state="sent").count() == 8
