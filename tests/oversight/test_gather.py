"""Figures of an institution: what they count, and that they are read without its scope."""

from datetime import timedelta

import pytest
from django.db import connection

from kefen.commissions.actions import book_one
from kefen.commissions.contracts import Payment
from kefen.compliance.models import Complaint, GraphAlarm
from kefen.core.terms import PromoterKind
from kefen.ops.tasks import audit_books
from kefen.orders.actions import place_one
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.oversight import actions, queries
from kefen.oversight.contracts import Cap, Worry, cap_state, is_burst
from kefen.oversight.models import Figures, Month
from kefen.platform import clock
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution, set_limits
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import limits
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.queries import by_code
from kefen.risk.models import Signal
from tests.faces.school import PRICE, REBATE, open_school


@pytest.mark.parametrize(
    ("cost", "cap", "state"),
    [
        (None, 2000, Cap.NONE),
        (0, 2000, Cap.WITHIN),
        (1799, 2000, Cap.WITHIN),
        (1800, 2000, Cap.NEAR),
        (2000, 2000, Cap.NEAR),
        (2001, 2000, Cap.OVER),
    ],
)
def test_a_ratio_is_near_its_cap_from_nine_tenths_on(
    cost: int | None, cap: int, state: Cap
) -> None:
    assert cap_state(cost, cap) is state


@pytest.mark.parametrize(
    ("week", "before", "burst"),
    [(2, 0, False), (3, 0, True), (3, 5, True), (3, 6, False), (10, 20, False), (11, 20, True)],
)
def test_a_burst_is_more_than_twice_a_usual_week(week: int, before: int, burst: bool) -> None:
    assert is_burst(week, before) is burst


def buy(number: str) -> None:
    """An order that the promoter brought, paid at once."""
    line = LineRequest(number=1, course="maths", quantity=1, paid=PRICE)
    now = clock.now()
    place_one(PlaceOrder(number=number, student=f"st-{number}", at=now, lines=(line,), code="yu"))
    book_one(Payment(number, "sandbox", now, PRICE))


def test_promoters_are_counted_to_the_last(
    institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_school(institution)
    kind, now = PromoterKind.STUDENT, clock.now()
    enrol([Enrolment(f"p{n}", kind, None, None, now, None) for n in range(3)])
    monkeypatch.setattr("kefen.platform.tenancy.counting.COUNTED", 1)
    actions.gather()
    assert Figures.objects.get().promoters == 4


def complain(days_ago: float) -> None:
    Complaint.objects.create(
        kind="poster",
        text="x",
        contact="",
        note="",
        origin=b"",
        raised_at=clock.now() - timedelta(days=days_ago),
    )


def test_figures_are_what_happened(institution: InstitutionFacts) -> None:
    school = open_school(institution)
    with clock.at(clock.now() - timedelta(days=40)):
        buy("n-1")
    buy("n-2")
    buy("n-3")
    school.refund("r-1", "n-3", 100_00)
    yu = by_code("yu")
    now = clock.now()
    Signal.objects.create(
        kind="link_burst",
        subject="promoter",
        subject_id=yu.id,
        promoter_id=yu.id,
        score=60,
        evidence={},
        wants_hold=False,
        happened_at=now,
        seen_at=now,
    )
    GraphAlarm.objects.create(promoter_id=yu.id, persons=31, depth=1, raised_at=now)
    for days in (0.1, 1, 6, 8):
        complain(days)
    set_limits(limits())
    actions.gather()
    actions.gather_months()
    with scope.institution(found_institution(slug="other", name="别校").id):
        actions.gather()
    found = queries.of_institution(institution.id)
    assert found is not None
    assert (found.sales, found.paid_orders) == (2 * PRICE - 100_00, 2)
    assert found.rebates == 2 * REBATE - 20_00
    assert found.cost_bps == 2000
    assert (found.cap_bps, found.cap, found.promoters) == (3000, "within", 1)
    assert (found.programme_number, found.programme_cap_bps) == (1, 3000)
    assert (found.signals, found.signals_open, found.alarms_open) == ({"link_burst": 1}, 1, 1)
    assert (found.complaints_open, found.complaints_week, found.complaints_burst) == (4, 3, True)
    assert found.attention == 1 + 1 + 4 + 10
    assert found.book_differences == []
    assert sum(one.sales for one in queries.months_of(institution.id, 13)) == 3 * PRICE - 100_00
    totals = queries.totals()
    assert totals.things[Worry.COMPLAINTS] == 4
    assert (totals.institutions[Worry.SIGNALS], totals.bursts) == (1, 1)
    assert totals.signals == {"link_burst": 1}
    assert [row.institution.slug for row in queries.worrying()] == [institution.slug]
    assert list(queries.worrying(Worry.SPLITS)) == []
    actions.gather()
    actions.gather_months()
    assert Figures.objects.count() == 2
    months = Month.objects.filter(institution_id=institution.id)
    assert months.count() == len({one.on for one in months})


def test_books_that_do_not_agree_are_named(institution: InstitutionFacts) -> None:
    open_school(institution)
    buy("n-1")
    with connection.cursor() as cursor:
        # What no code of ours may do: a line says that something went back of it.
        cursor.execute("UPDATE orders_line SET refunded = 1")
    actions.gather_months()
    audit_books()
    found = queries.of_institution(institution.id)
    assert found is not None
    assert any(name.startswith("channel:") for name in found.book_differences)
    assert found.audit_findings > 0
    assert found.audited_at is not None
    health = queries.health(10)
    assert (health.findings, health.differing[0][0]) == (found.audit_findings, institution.name)
    assert [row.institution_id for row in queries.worrying(Worry.BOOKS)] == [institution.id]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_line SET refunded = 0")
