"""Students, promoters, visits."""

from datetime import datetime
from uuid import UUID, uuid5

from kefen.core.terms import PromoterKind
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters import actions as promoters
from kefen.promoters import queries
from kefen.promoters.contracts import PromoterRecord
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from tests.factories.terms import START


def make_student(*, code: str = "stu") -> UUID:
    """The account of a student, made where it is new."""
    return ensure_accounts([code])[code]


def make_promoter(
    *,
    code: str = "yu",
    kind: PromoterKind = PromoterKind.STUDENT,
    group: str | None = None,
    account: str | None = None,
    inviter: str | None = None,
    active_from: datetime = START,
    active_to: datetime | None = None,
) -> PromoterRecord:
    """An enrolled promoter; `account` is the code of his own student account."""
    promoters.enrol(
        [
            promoters.Enrolment(
                code=code,
                kind=kind,
                group=group,
                account_id=None if account is None else make_student(code=account),
                active_from=active_from,
                active_to=active_to,
                inviter=inviter,
            )
        ]
    )
    return queries.by_code(code)


def make_visit(
    *,
    visitor: str = "browser",
    promoter: str = "yu",
    course: str | None = None,
    at: datetime = START,
) -> UUID:
    """A visit through a link; answers the visitor's id, the same for the same name."""
    visitor_id = uuid5(institution_id(), f"visitor:{visitor}")
    (refusal,) = referrals.record_visits([Visit(visitor_id, promoter, course, at)])
    if refusal is not None:
        raise refusal
    return visitor_id
