"""Every movement of a statement leads to what it came from."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.ids import public_id, uuid7
from kefen.faces.web import statement_sources
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.reconciliation.models import Difference
from kefen.splits.models import SplitShare
from tests.faces.school import School
from tests.splits.channel import FakeChannel
from tests.splits.school import look, open_dividing_school, register, sell_divisible

ON = date(2026, 3, 2)


def test_a_withdrawal_leads_to_its_page(school: School) -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy()
    commissions.mature(clock.now())
    for number in ("w1", "w2"):
        payouts.request(RequestWithdrawal(number, "yu", 10_00, clock.now()))
    mine = school.as_("promoter").get(school.at("statement", "p")).content.decode()
    assert f'href="{school.at("withdraw/w1", "p")}"' in mine
    source = statement_sources.sources({"withdrawal:w1:requested"})["withdrawal:w1:requested"]
    assert (source.withdrawal, source.order, source.bill) == ("w1", "", None)
    owner = school.as_("owner")
    shown = owner.get(school.at("withdrawals", "o"), {"number": "w1"}).content.decode()
    assert "<code>w1</code>" in shown
    assert "<code>w2</code>" not in shown


def test_fees_and_corrections_lead_to_their_day(school: School) -> None:
    row = Difference(
        id=uuid7(),
        channel="sandbox",
        on=ON,
        verdict="only_ours",
        subject="payment",
        number="X",
        channel_number="",
        nth=1,
        ours=1,
        currency="CNY",
        at=clock.now(),
        found_at=clock.now(),
        state="open",
    )
    row.save(force_insert=True)
    correction = postings.bill_correction_key(public_id(postings.DIFFERENCE, row.id))
    keys = [
        postings.bill_fees_key("sandbox", ON, 1),
        postings.bill_fees_key("sandbox", ON, 2),
        correction,
        postings.bill_correction_reversed_key(correction),
    ]
    moves = postings.channel_fees("sandbox", 1)
    with transaction.atomic():
        ledger.post([Transfer(key, "adjustment", clock.now(), moves) for key in keys], "CNY")

    found = statement_sources.sources(keys)

    assert {one.bill for one in found.values()} == {("sandbox", ON)}
    shown = school.as_("owner").get(school.at("statements", "o")).content.decode()
    assert shown.count(f'href="{school.at("reconciliation/sandbox/2026-03-02", "o")}"') == len(keys)


def test_a_share_leads_to_its_order(institution: object, monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, FakeChannel())
    open_dividing_school()
    sell_divisible()
    look()
    withdrawal = SplitShare.objects.select_related("withdrawal").get().withdrawal
    assert withdrawal is not None
    key = f"withdrawal:{withdrawal.number}:succeeded"
    source = statement_sources.sources({key})[key]
    assert (source.order, source.withdrawal) == ("A", withdrawal.number)
    assert source.versions
    assert source.proof
    assert statement_sources.sources({key}, "somebody")[key].proofs == ()
