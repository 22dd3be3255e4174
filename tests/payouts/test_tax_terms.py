"""A tax rule holds from a day on and never reaches back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kefen.core.errors import InvalidInput
from kefen.core.tax import TaxRule
from kefen.payouts import actions, queries
from kefen.payouts.queries import arrangements
from kefen.payouts.tax import tax_rule_at
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from tests.orders.school import ask, come_by, mature, open_school, sell, unchanged

NOON = datetime(2026, 4, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rich(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 5_000_000)
    mature()


def decide(rule: str, on: date) -> None:
    with clock.at(NOON):
        actions.set_tax_rule(rule, effective_on=on, actor=SYSTEM)


def tax(number: str, at: datetime) -> int:
    with clock.at(at):
        ask(number, 200_000)
        actions.approve(number)
    found = queries.by_number(number)
    assert found.tax is not None
    return found.tax


def test_it_begins_at_midnight_of_the_institution_and_leaves_what_was_withheld() -> None:
    assert tax("W1", NOON) == 24_000  # as founded: labour
    decide("none", date(2026, 4, 21))
    midnight = datetime(2026, 4, 20, 16, tzinfo=UTC)
    # The month's 4000.00 together: 64000, less what was withheld.
    assert tax("W2", midnight - timedelta(seconds=1)) == 40_000
    assert tax("W3", midnight) == 0
    assert [queries.by_number(n).tax for n in ("W1", "W2")] == [24_000, 40_000]
    computation = queries.by_number("W3").tax_computation
    assert computation is not None
    assert computation["rule"] == "none"


def test_the_newest_decision_that_has_begun_counts_from_when_it_was_made() -> None:
    decide("none", date(2026, 4, 20))
    decide("cumulative_2025_16", date(2026, 4, 20))
    decide("labour_2018_61", date(2026, 5, 1))
    school = current()
    at = tax_rule_at
    assert at(school, NOON - timedelta(seconds=1)) is TaxRule.LABOUR_2018_61
    assert at(school, NOON) is TaxRule.CUMULATIVE_2025_16
    assert at(school, NOON + timedelta(days=12)) is TaxRule.LABOUR_2018_61
    assert [one.rule for one in arrangements.tax_history()] == [
        *("labour_2018_61", "cumulative_2025_16", "none")
    ]
    assert Record.objects.filter(verb="tax_terms.decided").count() == 3


def test_yesterday_and_unknown_rules_are_refused() -> None:
    for rule, on in (("none", date(2026, 4, 19)), ("flat", date(2026, 5, 1))):
        with unchanged(), pytest.raises(InvalidInput):
            decide(rule, on)
