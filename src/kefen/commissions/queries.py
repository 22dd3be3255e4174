"""Reads of commissions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Count, F, Func, Min, QuerySet, Sum

from kefen.commissions.backtest import backtest, orders_to_read
from kefen.commissions.contracts import BacktestFacts, BacktestRun, BacktestState, Difference
from kefen.commissions.ladders import Ladders
from kefen.commissions.models import Backtest, Commission, Cut, Question
from kefen.commissions.sums import (
    booked_within,
    by_day,
    expected,
    left_within,
    ranking,
    settled_orders,
)
from kefen.core.errors import NotFound
from kefen.core.states import CommissionState
from kefen.core.terms import Rule, Tiered
from kefen.core.terms_json import from_json
from kefen.platform.tenancy.counting import counted
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id

# What is read elsewhere in the room.
__all__ = [
    "backtest",
    "booked_within",
    "by_day",
    "expected",
    "left_within",
    "orders_to_read",
    "ranking",
    "settled_orders",
]

_LEFT = F("booked") - F("reversed")
# Said without a parameter, so that every plan may use the index of the few that are.
_IS_HELD = Func(F("state"), template="%(expressions)s = 'held'", output_field=BooleanField())


def of_promoter(promoter_id: UUID) -> "QuerySet[Commission]":
    """A promoter's commissions, newest first, with order, line and course at hand."""
    return (
        Commission.objects.filter(promoter_id=promoter_id)
        .select_related("order", "line__course")
        .order_by("-id")
    )


def of_order(order_id: UUID) -> "QuerySet[Commission]":
    """The commissions of an order, as booked."""
    return (
        Commission.objects.filter(order_id=order_id)
        .select_related("promoter", "line__course", "rule__version")
        .order_by("id")
    )


def in_order_of_booking() -> "QuerySet[Commission]":
    """Every commission in order of booking: by order, line and level."""
    return Commission.objects.select_related("order", "line", "promoter").order_by("id")


def all_cuts() -> set[tuple[UUID, int]]:
    """(line, level) of everything that a cap cut."""
    return set(Cut.objects.values_list("line_id", "level"))


def cuts_of(line_ids: set[UUID]) -> "QuerySet[Cut]":
    """What caps took from these lines."""
    return Cut.objects.filter(line_id__in=line_ids).order_by("id")


def by_id(commission_id: UUID) -> Commission:
    """One commission with order, line, course, promoter and rule at hand. Raises NotFound."""
    row: Commission | None = (
        Commission.objects.filter(id=commission_id)
        .select_related("order", "line__course", "line__attribution", "promoter", "rule")
        .first()
    )
    if row is None:
        raise NotFound(what="commission")
    return row


def in_state(found: "QuerySet[Commission]", state: str) -> "QuerySet[Commission]":
    """Those of some commissions in a state as promoters see it; `clawed_back`: something of it
    was taken back. All of them for an unknown state."""
    if state == "clawed_back":
        return found.filter(reversed__gt=0)
    if state in (CommissionState.PENDING, CommissionState.AVAILABLE):
        return found.filter(state=state, reversed__lt=F("booked"))
    if state in (CommissionState.HELD, CommissionState.REJECTED):
        return found.filter(state=state)
    return found


def first_of(promoter_id: UUID) -> Commission | None:
    """A promoter's first rebate, with its order."""
    found = Commission.objects.filter(promoter_id=promoter_id).select_related("order")
    return found.order_by("booked_at", "id").first()


def held_longest(limit: int) -> "QuerySet[Commission]":
    """Held rebates with their orders and promoters, longest held first."""
    found = Commission.objects.filter(_IS_HELD)
    return found.select_related("order", "promoter").order_by("booked_at", "id")[:limit]


def newest_of(promoter_id: UUID) -> UUID | None:
    """The commission of a promoter that was booked last."""
    found = Commission.objects.filter(promoter_id=promoter_id).order_by("-booked_at", "-id")
    return found.values_list("id", flat=True).first()


def order_count(promoter_id: UUID, *, since: datetime) -> int:
    """How many orders earned a promoter something since an instant."""
    found = Commission.objects.filter(promoter_id=promoter_id, booked_at__gte=since)
    return found.values("order_id").distinct().count()


def taken_back(promoter_id: UUID) -> int:
    """What was taken back from a promoter so far."""
    found = Commission.objects.filter(promoter_id=promoter_id).aggregate(total=Sum("reversed"))
    return int(found["total"] or 0)


def next_due(promoter_id: UUID) -> datetime | None:
    """When the next commission of a promoter becomes available."""
    found = in_state(Commission.objects.filter(promoter_id=promoter_id), CommissionState.PENDING)
    due: datetime | None = found.aggregate(due=Min("available_at"))["due"]
    return due


def left_by_order(order_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What is left of the commissions of some orders, by order id."""
    found = Commission.objects.filter(order_id__in=list(order_ids)).values_list("order_id")
    return dict(found.annotate(left=Sum(_LEFT)).order_by())


def left_of(order_ids: Sequence[UUID]) -> int:
    """What is left of the commissions of some orders, together."""
    found = Commission.objects.filter(order_id__in=order_ids).aggregate(left=Sum(_LEFT))
    return int(found["left"] or 0)


def left_by_state() -> dict[str, int]:
    """What is left of all commissions, by state."""
    return dict(Commission.objects.values_list("state").annotate(left=Sum(_LEFT)).order_by())


def orders_in_state(state: str) -> int:
    """How many orders have a commission in this state."""
    return Commission.objects.filter(state=state).values("order_id").distinct().count()


def next_figures(promoter_id: UUID, rules: Sequence[Rule], at: datetime) -> dict[str, int]:
    """The figure that would choose the step of the promoter's next order at `at`, by rule key,
    for those of the rules that have steps; one query for all."""
    ladders = Ladders(current().zone)
    tiered = {rule.key: rule.level1 for rule in rules if isinstance(rule.level1, Tiered)}
    if not tiered:
        return {}
    for key, ladder in tiered.items():
        ladders.want(promoter_id, key, ladder.period, at)
    ladders.read()
    return {key: ladders.figure(promoter_id, key, ladder, at) for key, ladder in tiered.items()}


# How each line came to the promoter: the touch that won (a visit through a link, or a code that
# was typed, which has no visitor), or a reservation, which names no touch.
_BROUGHT = """
WITH won AS (
  SELECT o.id AS order_id, (o.placed_at AT TIME ZONE %(zone)s)::date AS day,
         o.state = 'paid' AS is_paid, l.id AS line_id, touch.course_id, touch.link_id,
         CASE WHEN a.reason = 'binding' THEN 'binding'
              WHEN touch.visitor_id IS NULL THEN 'code' ELSE 'link' END AS via
    FROM orders_line l
    JOIN orders_order o ON o.institution_id = %(institution)s AND o.id = l.order_id
    JOIN referrals_attribution a ON a.institution_id = %(institution)s AND a.id = l.attribution_id
    LEFT JOIN LATERAL (
         SELECT t.course_id, t.link_id, t.visitor_id
           FROM jsonb_array_elements(a.evidence) AS e
           JOIN referrals_touch t
             ON t.institution_id = %(institution)s AND t.id = (e ->> 'touch')::uuid
          WHERE e ->> 'verdict' = 'won' LIMIT 1) AS touch ON true
   WHERE l.institution_id = %(institution)s AND l.winner_id = %(promoter)s
     AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
)
SELECT w.via, w.course_id, w.link_id, w.day, grouping(w.day), grouping(w.via),
       count(DISTINCT w.order_id), count(DISTINCT w.order_id) FILTER (WHERE w.is_paid),
       coalesce(sum(c.booked - c.reversed), 0)::bigint
  FROM won w
  LEFT JOIN commissions_commission c
    ON c.institution_id = %(institution)s AND c.line_id = w.line_id AND c.level = 1
 GROUP BY GROUPING SETS ((w.via, w.course_id, w.link_id), (w.day), ())
"""


@dataclass(frozen=True, slots=True)
class Earned:
    """Orders placed, how many of them are paid, and what is left of their level 1 commissions."""

    orders: int = 0
    paid: int = 0
    income: int = 0


@dataclass(slots=True)
class BroughtInTime:
    """What a promoter's links, codes and reservations brought: by (via, course id, link id), by
    day, and altogether (an order that came in two ways counts once)."""

    by_way: dict[tuple[str, UUID | None, UUID | None], Earned] = field(default_factory=dict)
    by_day: dict[date, Earned] = field(default_factory=dict)
    total: Earned = field(default_factory=Earned)


def brought_in_time(promoter_id: UUID, since: datetime, until: datetime) -> BroughtInTime:
    """The promoter's orders placed in [since, until), by the way they came and by day of the
    institution's calendar; one query."""
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "zone": current().zone.key,
        "promoter": promoter_id,
        "since": since,
        "until": until,
    }
    found = BroughtInTime()
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT, parameters)
        for via, course, link, day, no_day, no_way, *figures in cursor.fetchall():
            if not no_way:
                found.by_way[via, course, link] = Earned(*figures)
            elif not no_day:
                found.by_day[day] = Earned(*figures)
            else:
                found.total = Earned(*figures)
    return found


def questions_about(commission_id: UUID) -> "QuerySet[Question]":
    """What was asked about a commission, oldest first."""
    return Question.objects.filter(commission_id=commission_id).order_by("id")


def questions() -> "QuerySet[Question]":
    """All questions with promoter, order and course at hand; open ones first, the oldest on top."""
    rows = Question.objects.select_related(
        "commission__promoter", "commission__order", "commission__line__course"
    )
    return rows.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "id")


def question_list(*, answered: bool) -> "tuple[QuerySet[Question], tuple[str, str]]":
    """The questions that wait, the oldest first, or those that were answered, the newest answer
    first; and the columns that they are ordered by."""
    keys = ("-answered_at", "-id") if answered else ("asked_at", "id")
    return questions().filter(answered_at__isnull=not answered).order_by(*keys), keys


def open_questions() -> int:
    """How many questions wait for an answer."""
    return counted(Question.objects.filter(answered_at__isnull=True))


def evidence_of(orders: Iterable[str]) -> list[tuple[str, int, int, str, UUID, int]]:
    """The commissions of some orders: order, line, level, promoter's code, id, and the number of
    the programme version that they were reckoned by."""
    found = Commission.objects.filter(order__number__in=list(orders)).order_by("id")
    return list(
        found.values_list(
            *("order__number", "line__number", "level", "promoter__code", "id"),
            "rule__version__number",
        )
    )


def backtest_run(run: UUID) -> BacktestRun:
    """A backtest that was handed to a job. Raises NotFound."""
    row = Backtest.objects.filter(id=run).first()
    if row is None:
        raise NotFound(what="backtest")
    return BacktestRun(
        id=row.id,
        terms=from_json(row.terms),
        days=row.days,
        begun_from=row.begun_from,
        state=BacktestState(row.state),
        done=row.done,
        total=row.total,
        moved_at=row.moved_at,
        answer=None if row.answer is None else _answer(row.answer),
    )


def _answer(values: dict[str, Any]) -> BacktestFacts:
    named = {
        name: tuple(Difference(**one) for one in values[name]) for name in ("winners", "losers")
    }
    since = datetime.fromisoformat(values["since"])
    return BacktestFacts(**{**values, **named, "since": since})


def held() -> tuple[int, int]:
    """How many commissions are held for a person to decide, and what is left of them."""
    found = Commission.objects.filter(_IS_HELD)
    sums = found.aggregate(number=Count("id"), left=Sum(_LEFT))
    return int(sums["number"]), int(sums["left"] or 0)


def booked_in(since: datetime, until: datetime) -> "QuerySet[Commission]":
    """The commissions booked in [since, until), with everything that says why, as booked."""
    found = Commission.objects.filter(booked_at__gte=since, booked_at__lt=until)
    return found.select_related(
        "order", "line__attribution", "line__course", "promoter", "rule__version"
    ).order_by("booked_at", "id")


def pending_of(promoter_id: UUID, *, order_id: UUID | None, limit: int) -> list[UUID]:
    """What may still be held of a promoter's commissions, of one order or of all, oldest first."""
    found = in_state(Commission.objects.filter(promoter_id=promoter_id), CommissionState.PENDING)
    if order_id is not None:
        found = found.filter(order_id=order_id)
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Commission]:
    """Some commissions with their orders at hand, by id."""
    found = Commission.objects.filter(id__in=list(ids)).select_related("order")
    return {row.id: row for row in found}


def questions_of(commission_ids: Iterable[UUID]) -> "QuerySet[Question]":
    """What was asked about some commissions, newest first."""
    found = Question.objects.filter(commission_id__in=list(commission_ids))
    return found.select_related("commission__order").order_by("-id")
