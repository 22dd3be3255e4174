"""Applying and being decided upon."""

from typing import Any

import pytest

from kefen.core.errors import (
    ForbiddenWords,
    IllegalTransition,
    InvalidInput,
    NumberConflict,
    OwnInviter,
    UnknownPromoter,
)
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.ledger import queries as ledger
from kefen.platform import clock
from kefen.promoters import actions, queries
from tests.orders.school import DAY, START, open_school, student, unchanged


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def apply(**other: Any) -> Any:
    wanted: dict[str, Any] = {
        "account_id": student("s7"),
        "code": "lin",
        "kind": PromoterKind.STUDENT,
        "agreed": True,
        "adult": True,
    }
    return actions.apply(**(wanted | other))


def test_an_applicant_is_not_active_until_approved() -> None:
    assert apply().status is PromoterStatus.APPLIED
    with clock.at(START):
        record = actions.approve("lin", group="gold")
    assert (record.status, record.group, record.active_from) == (
        PromoterStatus.ACTIVE,
        "gold",
        START,
    )
    assert record.active_at(START)
    assert not record.active_at(START - DAY)
    assert ledger.balances()["promoter:lin:available"] == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"agreed": False}, InvalidInput),
        ({"adult": False}, InvalidInput),
        ({"code": "a b"}, InvalidInput),
        ({"code": "yu"}, NumberConflict),
        ({"inviter": "lin"}, OwnInviter),
        ({"inviter": "nobody"}, UnknownPromoter),
        ({"nickname": "躺赚小王子"}, ForbiddenWords),
    ],
)
def test_a_refused_application_leaves_nothing(
    change: dict[str, object], error: type[Exception]
) -> None:
    account = student("s7")
    with unchanged(), pytest.raises(error):
        apply(account_id=account, **change)


def test_a_rejection_says_why_and_one_may_apply_again() -> None:
    apply()
    with unchanged(), pytest.raises(InvalidInput):
        actions.reject("lin", reason=" ")
    assert actions.reject("lin", reason="no course bought yet").status is PromoterStatus.REJECTED
    assert apply().status is PromoterStatus.APPLIED


def test_one_is_a_promoter_once() -> None:
    apply()
    actions.approve("lin")
    with unchanged(), pytest.raises(IllegalTransition):
        apply()
    with unchanged(), pytest.raises(IllegalTransition):
        actions.approve("lin")


def test_queries_of_promoters() -> None:
    apply()
    assert queries.codes() == ["chen", "lin", "yu"]
    assert queries.by_code("lin").kind is PromoterKind.STUDENT
    assert set(queries.by_codes(["lin", "nobody"])) == {"lin"}
    assert queries.of_account(student("s7")).code == "lin"  # type: ignore[union-attr]
    assert queries.of_account(student("s8")) is None
    with pytest.raises(UnknownPromoter):
        queries.by_code("nobody")
