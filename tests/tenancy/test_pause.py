"""A paused school takes nothing new, and nobody loses what is his."""

from datetime import timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.commissions.contracts import Payment, RefundOrder
from kefen.core.errors import InstitutionPaused, InvalidInput, NotAllowed
from kefen.core.states import CommissionState, InstitutionState, OrderState
from kefen.core.terms import PromoterKind
from kefen.orders.actions import place_one
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.orders.models import Order
from kefen.orders.queries import by_number
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import by_number as by_withdrawal
from kefen.platform import clock
from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.identity import acting
from kefen.platform.identity.actions import account_with_phone, add_member, make_user
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import queries
from kefen.platform.tenancy.actions import set_plan, set_state
from kefen.platform.tenancy.contracts import InstitutionFacts, Plan
from kefen.promoters import actions as promoters
from kefen.promoters.models import Promoter
from tests.faces.school import PRICE, REBATE, School, open_school

WHY = "资料核对中"


@pytest.fixture
def school(institution: InstitutionFacts) -> School:
    return open_school(institution)


def pause() -> None:
    set_state(InstitutionState.PAUSED, reason=WHY)


def order(number: str) -> PlaceOrder:
    line = LineRequest(number=1, course="maths", quantity=1, paid=PRICE)
    return PlaceOrder(number=number, student="st-1", at=clock.now(), lines=(line,), code="yu")


def test_no_new_order_is_placed_and_one_that_stands_answers_as_it_did(school: School) -> None:
    asked = order("n-1")
    first = place_one(asked)
    pause()
    with pytest.raises(InstitutionPaused):
        place_one(order("n-2"))
    assert list(Order.objects.values_list("number", flat=True)) == ["n-1"]
    again = place_one(asked)
    assert (again.id, again.is_new) == (first.id, False)
    set_state(InstitutionState.OPEN, reason="done")
    assert place_one(order("n-2")).is_new


def test_nobody_new_promotes(school: School) -> None:
    waiting, other = account_with_phone("13700000001"), account_with_phone("13700000002")
    told = {"kind": PromoterKind.STUDENT, "nickname": "", "agreed": True, "adult": True}
    promoters.apply(account_id=waiting.id, code="waits", **told)  # type: ignore[arg-type]
    pause()
    with pytest.raises(InstitutionPaused):
        promoters.join(account_id=other.id, code="other", **told)  # type: ignore[arg-type]
    with pytest.raises(InstitutionPaused):
        promoters.approve("waits")
    with pytest.raises(InstitutionPaused):
        promoters.enrol(
            [promoters.Enrolment("new", PromoterKind.STUDENT, None, None, clock.now(), None)]
        )
    assert dict(Promoter.objects.values_list("code", "status")) == {
        "yu": "active",
        "waits": "applied",
    }


def test_nobody_loses_money(school: School) -> None:
    """Orders that stand are paid, refunded, earn, mature and are paid out."""
    began = clock.now()
    for number in ("n-1", "n-2"):
        place_one(order(number))
    pause()
    for number in ("n-1", "n-2"):
        commissions.book_one(Payment(number, "sandbox", began, PRICE))
        assert by_number(number).state == OrderState.PAID
    commissions.refund(RefundOrder("r-2", "n-2", clock.now(), amount=PRICE))
    commissions.mature(began + timedelta(days=8))
    left = {
        (row.order.number, row.state, row.booked - row.reversed)
        for row in commission_rows.in_order_of_booking()
    }
    assert ("n-1", CommissionState.AVAILABLE, REBATE) in left
    payouts.request(RequestWithdrawal("w-1", "yu", 20_00, clock.now()))
    payouts.approve("w-1")
    assert by_withdrawal("w-1").approved_at is not None


def test_it_is_the_platforms_to_decide_with_a_reason_in_both_logs(school: School) -> None:
    staff = make_user("staff", is_platform_staff=True)
    owner = make_user("boss")
    add_member(owner, Role.OWNER, display_name="b")
    with acting.as_(Actor(ActorKind.OPERATOR, owner.id)), pytest.raises(NotAllowed):
        pause()
    with acting.as_(Actor(ActorKind.PLATFORM, staff.id)):
        with pytest.raises(InvalidInput):
            set_state(InstitutionState.PAUSED, reason="  ")
        assert not queries.current().paused
        pause()
        pause()  # pressed twice
        set_plan(Plan.PREMIUM, reason="signed")
    assert queries.current().state_reason == WHY
    assert queries.current().plan is Plan.PREMIUM
    verbs = ["institution.paused", "institution.plan_set"]
    for log in (Record, PlatformRecord):
        rows = log.objects.filter(verb__startswith="institution.").order_by("id")
        assert [row.verb for row in rows] == verbs
        assert rows[0].details == {"before": "open", "after": "paused", "reason": WHY}
        assert (rows[0].actor_kind, rows[0].actor_user) == ("platform", staff.id)
        assert rows[0].institution_id == school.facts.id
