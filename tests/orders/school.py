"""A small school for the tests of rooms: few words to open it, to sell and to look at the books."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import connection

from kefen.catalog import actions as catalog
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment, RefundOrder
from kefen.core import postings
from kefen.core.terms import (
    AttributionPolicy,
    CourseScope,
    Percent,
    PlatformLimits,
    PromoterKind,
    PromoterScope,
    Rule,
    Terms,
)
from kefen.ledger import queries as ledger
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlacedOrder, PlaceOrder
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.platform import clock
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.tenancy.actions import set_limits
from kefen.platform.tenancy.base import InstitutionModel
from kefen.platform.tenancy.scope import institution_id
from kefen.programmes import actions as programmes
from kefen.promoters import actions as promoters
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday morning in Shanghai
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def rule(key: str = "base", bps: int = 2000, **other: Any) -> Rule:
    found = {"promoter": PromoterScope(), "course": CourseScope(), "level1": Percent(bps)}
    return Rule(key=key, **(found | other))


def terms(*, policy: dict[str, Any] | None = None, **other: Any) -> Terms:
    """20 % of everything after 7 days, at most half; a window of 7 days."""
    found: dict[str, Any] = {
        "effective_from": START - 30 * DAY,
        "policy": AttributionPolicy(**({"window_days": 7} | (policy or {}))),
        "hold_days": 7,
        "max_rate_bps": 5000,
        "rules": (rule(),),
    }
    return Terms(**(found | other))


def open_school(*versions: Terms, level2: bool = False, inviter: str | None = None) -> None:
    """Courses math and art for 10000 each, promoters yu (invited by `inviter`) and chen."""
    set_limits(PlatformLimits(max_rate_bps=5000, level2_allowed=level2))
    courses = [
        catalog.NewCourse(code=name, title=name, category="exam", list_price=10_000)
        for name in ("math", "art")
    ]
    catalog.take_over(courses)
    promoters.enrol([enrolment("yu", inviter=inviter), enrolment("chen")])
    for version in versions or (terms(),):
        programmes.publish(version, take_over=True)


def enrolment(code: str, **other: Any) -> promoters.Enrolment:
    found: dict[str, Any] = {
        "kind": PromoterKind.STUDENT,
        "group": None,
        "account_id": None,
        "active_from": START - 60 * DAY,
        "active_to": None,
    }
    return promoters.Enrolment(code=code, **(found | other))


def student(code: str = "s1") -> UUID:
    return ensure_accounts([code])[code]


def visitor(name: str) -> UUID:
    return uuid5(institution_id(), name)


def visit(
    promoter: str, *, at: datetime = START, name: str = "v1", course: str | None = None
) -> None:
    (refusal,) = referrals.record_visits([Visit(visitor(name), promoter, course, at)])
    assert refusal is None


def come_by(promoter: str, *, at: datetime = START, name: str = "v1", who: str = "s1") -> None:
    """A visit through the promoter's link, and the visitor turns out to be a student."""
    visit(promoter, at=at, name=name)
    referrals.identify(visitor(name), student(who), at=at)


def request(
    number: str, *paid: int, who: str = "s1", at: datetime = START + HOUR, **other: Any
) -> PlaceOrder:
    courses = other.pop("courses", ["math"] * len(paid))
    lines = [
        LineRequest(place, course, other.get("quantity", 1), amount)
        for place, (course, amount) in enumerate(zip(courses, paid, strict=True), start=1)
    ]
    return PlaceOrder(number=number, student=who, at=at, lines=lines, code=other.get("code"))


def place(number: str, *paid: int, **other: Any) -> PlacedOrder:
    return orders.place_one(request(number, *paid, **other))


def pay(number: str, *, at: datetime = START + 2 * HOUR, channel: str = "wechat") -> None:
    commissions.book_one(Payment(number, channel, at))


def sell(number: str, *paid: int, **other: Any) -> None:
    place(number, *paid, **other)
    pay(number)


def refund(
    number: str,
    order: str,
    amount: int | None = None,
    lines: dict[int, int] | None = None,
    at: datetime = START + DAY,
) -> bool:
    return commissions.refund(RefundOrder(number, order, at, lines, amount))


def mature(until: datetime = START + 30 * DAY) -> int:
    return len(commissions.mature(until))


def ask(number: str, amount: int, who: str = "yu") -> WithdrawalRecord:
    return payouts.request(RequestWithdrawal(number, who, amount, clock.now()))


def money(who: str = "yu") -> tuple[int, int, int, int]:
    """Pending, available, in transit, owed."""
    found = ledger.balances()
    builders = (postings.pending, postings.available, postings.in_transit)
    owed = -found.get(postings.receivable(who), 0)
    pending, available, in_transit = (found.get(build(who), 0) for build in builders)
    return pending, available, in_transit, owed


def balance(account: str) -> int:
    return ledger.balances().get(account, 0)


def transfer(key: str) -> dict[str, int]:
    """One transfer: credit minus debit by account."""
    return {
        line.account: line.amount if line.side == "credit" else -line.amount
        for line in ledger.transfer_lines(key)
    }


def everything() -> dict[str, list[str]]:
    """Every row of the institution, to see that nothing changed."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, InstitutionModel):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT t::text FROM {table} t WHERE institution_id = %s ORDER BY 1",
                    [institution_id()],
                )
                found[table] = [text for (text,) in cursor.fetchall()]
    return found


@contextmanager
def unchanged() -> Iterator[None]:
    """The block changes not one row of the institution."""
    before = everything()
    yield
    assert everything() == before
