"""A small school with a promoter, and what its channel says about its orders."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from kefen.adapters.payments.sandbox import wire_format
from kefen.adapters.payments.sandbox.signature import signed_headers
from kefen.catalog.actions import NewCourse, add_course
from kefen.commissions.models import Commission
from kefen.core.attribution import AttributionPolicy
from kefen.core.terms import CourseScope, Percent, PromoterKind, PromoterScope, Rule, Terms
from kefen.faces.api.webhooks_in.work import work
from kefen.ledger import queries as ledger
from kefen.orders.actions import place_one
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.platform import clock
from kefen.platform.inbox.models import Notification
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol

SLUG = "zhixing"
PRICE = 29_900
COMMISSION = 5_980  # 20 %


def open_shop() -> None:
    """A course, the promoter `yu`, 20 % held for seven days."""
    past = clock.now() - timedelta(days=30)
    add_course(NewCourse(code="math30", title="考研数学", category="exam", list_price=PRICE))
    kind = PromoterKind.STUDENT
    enrol([Enrolment("yu", kind, None, None, active_from=past, active_to=None, inviter=None)])
    rule = Rule(key="base", promoter=PromoterScope(), course=CourseScope(), level1=Percent(2000))
    policy = AttributionPolicy()
    terms = Terms(effective_from=past, policy=policy, hold_days=7, max_rate_bps=3000, rules=(rule,))
    publish(terms, take_over=True)


def place(number: str, paid: int = PRICE) -> None:
    """An order that the promoter's code brings."""
    line = LineRequest(number=1, course="math30", quantity=1, paid=paid)
    place_one(PlaceOrder(number=number, student="stu-li", at=clock.now(), lines=[line], code="yu"))


def paid(order: str, *, event: str = "", amount: int = PRICE) -> ChannelEvent:
    """The channel says that an order was paid."""
    kind = EventKind.PAYMENT_SUCCEEDED
    at = datetime.now(UTC)  # noqa: TID251 - the channel has a clock of its own
    return ChannelEvent(event or f"evt-{order}", kind, order, order, amount, "CNY", at)


def refunded(order: str, number: str, amount: int, *, event: str = "") -> ChannelEvent:
    """The channel says that money went back."""
    kind = EventKind.REFUND_SUCCEEDED
    base = paid(order, event=event or f"evt-{number}", amount=amount)
    return replace(base, kind=kind, subject=number)


def send(event: ChannelEvent, *, slug: str = SLUG, channel: str = "sandbox", **changed: str) -> int:
    """Deliver a notification as the channel does; answers the HTTP status. `changed` headers
    replace those of the signature (`_` for `-`)."""
    return send_body(wire_format.write(slug, event).encode(), event.event, slug, channel, **changed)


def send_body(
    body: bytes, event: str, slug: str = SLUG, channel: str = "sandbox", **changed: str
) -> int:
    """Deliver any bytes, signed."""
    headers = signed_headers(slug, event, body)
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    answer = Client(raise_request_exception=False).post(
        f"/webhooks/{channel}/{slug}", body, content_type="application/json", headers=headers
    )
    return answer.status_code


@dataclass(frozen=True)
class Seen:
    """What became of a notification."""

    state: str
    reason: str


def seen(event: str) -> Seen:
    """The state of a stored notification."""
    row = Notification.objects.get(event=event)
    return Seen(row.state, row.reason)


def id_of(event: str) -> UUID:
    """The id of a stored notification."""
    found: UUID = Notification.objects.get(event=event).id
    return found


def deliver(event: ChannelEvent) -> Seen:
    """Deliver and work on a notification."""
    assert send(event) == 200
    work(id_of(event.event))
    return seen(event.event)


def books() -> dict[str, int]:
    """Every account that is not empty."""
    return {code: amount for code, amount in ledger.balances().items() if amount}


def commissions() -> int:
    """How many commissions there are."""
    count: int = Commission.objects.count()
    return count


def queued(task: str) -> list[dict[str, Any]]:
    """The arguments of the waiting jobs of a task, oldest first."""
    return _jobs(task, ["todo"])


def unfinished(task: str) -> list[dict[str, Any]]:
    """The arguments of a task's jobs that wait or run."""
    return _jobs(task, ["todo", "doing"])


def _jobs(task: str, states: list[str]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text FROM procrastinate_jobs"
            " WHERE task_name = %s AND status::text = ANY(%s) ORDER BY id",
            [task, states],
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


PAID_BOOKS = {
    "channel:sandbox": -PRICE,
    "institution:main": PRICE - COMMISSION,
    "promoter:yu:pending": COMMISSION,
}
