"""Who begins at once, and who waits."""

from typing import Any

import pytest

from kefen.core.errors import InvalidInput
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.ledger import queries as ledger
from kefen.platform.audit.models import Record
from kefen.promoters import actions, agreement, queries
from tests.orders.school import open_school, student, unchanged


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()


def join(**other: Any) -> Any:
    wanted: dict[str, Any] = {
        "account_id": student("s7"),
        "code": "lin",
        "kind": PromoterKind.STUDENT,
        "nickname": "林",
        "agreed": True,
        "adult": True,
    }
    return actions.join(**(wanted | other))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (PromoterKind.STUDENT, PromoterStatus.ACTIVE),
        (PromoterKind.LECTURER, PromoterStatus.APPLIED),
        (PromoterKind.CHANNEL, PromoterStatus.APPLIED),
    ],
)
def test_students_begin_at_once_where_nothing_was_decided(
    kind: PromoterKind, status: PromoterStatus
) -> None:
    assert join(kind=kind).status is status
    assert ("promoter:lin:available" in ledger.balances()) is (status is PromoterStatus.ACTIVE)


def test_the_institution_decides_which_kinds_begin_at_once() -> None:
    actions.set_automatic([PromoterKind.CHANNEL])
    assert queries.automatic_kinds() == {PromoterKind.CHANNEL}
    assert join().status is PromoterStatus.APPLIED
    second = join(account_id=student("s8"), code="qu", kind=PromoterKind.CHANNEL)
    assert second.status is PromoterStatus.ACTIVE
    actions.set_automatic([])
    assert queries.automatic_kinds() == frozenset()
    noted = Record.objects.filter(verb="promoters.admission").order_by("id").values("details")
    assert [one["details"] for one in noted] == [
        {"before": ["student"], "after": ["channel"]},
        {"before": ["channel"], "after": []},
    ]


def test_who_was_rejected_is_decided_on_by_a_person() -> None:
    actions.set_automatic([])
    join()
    actions.reject("lin", reason="nickname")
    actions.set_automatic([PromoterKind.STUDENT])
    assert join().status is PromoterStatus.APPLIED


def test_leaving_while_suspended_is_no_way_back_in() -> None:
    join()
    actions.set_status("lin", PromoterStatus.SUSPENDED, reason="own orders")
    actions.leave("lin")
    assert join().status is PromoterStatus.APPLIED


def test_what_was_agreed_to_is_kept_by_version() -> None:
    join(kind=PromoterKind.LECTURER, about="教考研数学十年")
    row = queries.row("lin")
    assert (row.agreement_version, row.about) == (agreement.CURRENT, "教考研数学十年")
    assert row.agreed_at is not None
    assert row.adult_declared
    assert agreement.CURRENT in agreement.TEXTS
    assert queries.agreement_text(row.agreement_version)


@pytest.mark.parametrize("missing", ["agreed", "adult"])
def test_nobody_begins_without_agreement_and_age(missing: str) -> None:
    student("s7")
    with unchanged(), pytest.raises(InvalidInput):
        join(**{missing: False})
