"""A reserved student is moved by a person, with a reason, for later orders alone."""

from uuid import uuid4

import pytest

from kefen.core.errors import InvalidInput, NotAllowed, NotFound, UnknownPromoter
from kefen.core.states import PromoterStatus
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.models import Role
from kefen.promoters import actions as promoters
from kefen.promoters.queries import by_code
from kefen.referrals import actions, queries
from kefen.referrals.models import Binding
from tests.orders.school import DAY, START, come_by, open_school, sell, terms, unchanged
from tests.payouts.test_two_persons import member
from tests.referrals.test_record import BINDING, bound


@pytest.fixture
def operator(institution: object) -> Actor:
    """s1 is reserved for yu for thirty days."""
    open_school(terms(policy=BINDING))
    come_by("yu")
    return member("Shen Lan", Role.OPERATOR)


def move(who: Actor, to: str = "chen", *, reason: str = "换了班主任", day: int = 1) -> object:
    with clock.at(START + day * DAY):
        row = Binding.objects.get(replaced_at=None)
        return actions.rebind(row.id, to, reason=reason, actor=who)


def test_later_orders_go_to_the_new_one_and_earlier_ones_stay(operator: Actor) -> None:
    sell("A", 100_00)
    end = Binding.objects.get().ends_at
    made = move(operator)
    sell("B", 100_00, at=START + 2 * DAY)
    won = {n: orders.lines_of(orders.by_number(n).id)[0].winner_id for n in ("A", "B")}
    assert won == {"A": by_code("yu").id, "B": by_code("chen").id}
    assert (bound(START), bound(START + DAY)) == ("yu", "chen")
    row = queries.binding(made)  # type: ignore[arg-type]
    assert (row.starts_at, row.ends_at) == (START + DAY, end), "a move gives no time"
    assert bound(end) is None


def test_both_promoters_have_it_in_their_history(operator: Actor) -> None:
    move(operator)
    noted = Record.objects.filter(verb__endswith="_student").order_by("id")
    assert [(one.verb, one.subject) for one in noted] == [
        ("promoter.gave_student", "promoter:yu"),
        ("promoter.got_student", "promoter:chen"),
    ]
    for one in noted:
        assert one.details["reason"] == "换了班主任"
        assert (one.details["before"], one.details["after"]) == ("yu", "chen")
        assert one.actor_user == operator.user


def test_what_makes_no_sense_changes_nothing(operator: Actor) -> None:
    with unchanged():
        move(operator, "yu")
    for to, reason, error in (
        ("chen", "  ", InvalidInput),
        ("chen", "x" * 201, InvalidInput),
        ("nobody", "x", UnknownPromoter),
    ):
        with unchanged(), pytest.raises(error):
            move(operator, to, reason=reason)
    with unchanged(), pytest.raises(NotAllowed):
        move(SYSTEM)
    with unchanged(), pytest.raises(NotFound):
        actions.rebind(uuid4(), "chen", reason="x", actor=operator)
    with unchanged(), pytest.raises(NotFound):
        move(operator, day=30)  # it ended
    promoters.set_status("chen", PromoterStatus.SUSPENDED, reason="x")
    with unchanged(), pytest.raises(InvalidInput):
        move(operator)


def test_the_second_of_two_finds_it_replaced(operator: Actor) -> None:
    first = Binding.objects.get().id
    move(operator)
    with clock.at(START + DAY), unchanged(), pytest.raises(NotFound):
        actions.rebind(first, "yu", reason="x", actor=operator)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READ_ONLY])
def test_only_whose_work_it_is(operator: Actor, role: Role) -> None:
    who = member("Gu An", role)
    with unchanged(), pytest.raises(NotAllowed):
        move(who)
