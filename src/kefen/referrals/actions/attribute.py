"""The attribution snapshot of order lines: decided by core, stored with all its evidence and the
terms the line earns by (domain.md §2, §3.1, §3.3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kefen.catalog.contracts import CourseRecord
from kefen.core import rules
from kefen.core.attribution import (
    Decision,
    PromoterFact,
    Reason,
    Touch,
)
from kefen.core.attribution import attribute as decide
from kefen.core.compliance import CourseFact, check_at_placing
from kefen.core.ids import uuid7
from kefen.core.periods import format_instant
from kefen.core.terms import AttributionPolicy
from kefen.platform.tenancy.bulk import insert_rows
from kefen.programmes import queries as programmes
from kefen.programmes.contracts import PublishedVersion, Schedule
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord
from kefen.referrals.contracts import LineAttribution, Purchase
from kefen.referrals.history import (
    BoundTo,
    History,
    add_visitors,
    history_of,
    touches_with_visitors,
)
from kefen.referrals.models import Attribution
from kefen.referrals.models import Touch as TouchRow

_COLUMNS = (
    "id",
    "at",
    "student_id",
    "course_id",
    "version_id",
    "winner_id",
    "reason",
    "evidence",
    "binding_id",
    "rule_id",
    "group",
    "inviter_id",
    "cap_bps",
    "hold_days",
    "points_per_order",
    "points_per_yuan",
)


@dataclass(slots=True)
class _Batch:
    """What a batch of purchases needs to know, and the rows it writes."""

    schedule: Schedule
    history: History
    inviters: dict[UUID, PromoterRecord]
    seen: dict[int, list[tuple[UUID, Touch, PromoterRecord]]]
    touches: list[tuple[Any, ...]]
    rows: list[tuple[Any, ...]]


def attribute(purchases: Sequence[Purchase]) -> list[list[LineAttribution]]:
    """Decide and store the attribution of every line of some purchases, in order.

    Set-based: a handful of round trips for one purchase or for a thousand. A typed code becomes
    a touch that later purchases of the student see, unless it was typed for one order alone. Call
    it inside the placing transaction.
    """
    schedule = programmes.schedule()
    binds = any(version.terms.policy.binding_days > 0 for version in schedule.versions)
    history = history_of((p.student_id for p in purchases), bindings=binds)
    inviters = _inviters(schedule, history, purchases)
    # Nothing of the batch is stored before its last purchase, so all may be read at once.
    came = enumerate(purchases)
    seen = touches_with_visitors({at: (p.student_id, p.visitors) for at, p in came if p.visitors})
    batch = _Batch(schedule, history, inviters, seen, [], [])
    answers = [_purchase(batch, place, purchase) for place, purchase in enumerate(purchases)]
    insert_rows(TouchRow, ("id", "student_id", "promoter_id", "at"), batch.touches)
    insert_rows(Attribution, _COLUMNS, batch.rows)
    return answers


def _inviters(
    schedule: Schedule, history: History, purchases: Sequence[Purchase]
) -> dict[UUID, PromoterRecord]:
    """Everybody who may earn level 2; not asked for where nobody can."""
    if not schedule.limits.level2_allowed:
        return {}
    known = [*history.promoters.values(), *(p.typed for p in purchases if p.typed is not None)]
    return promoters.by_ids(r.inviter_id for r in known if r.inviter_id is not None)


def _purchase(batch: _Batch, place: int, purchase: Purchase) -> list[LineAttribution]:
    student, at = purchase.student_id, purchase.at
    history = _known_then(batch, place, purchase)
    version = batch.schedule.in_force(at)
    if version is None:
        return [_before_first_version(batch, purchase, course) for course in purchase.courses]
    touches = history.touches.get(student, [])
    bound = history.binding_at(student, at)
    involved = {touch.promoter for touch in touches}
    if bound is not None:
        involved.add(bound.promoter.code)
    facts = {}
    for code in involved:
        record = history.promoters[code]
        # For core there is one buyer.
        account = student if purchase.is_bought_by(record.account_id) else record.account_id
        facts[code] = PromoterFact(code, record.active_at(at), account)
    answers = []
    for course in purchase.courses:
        decision = decide(
            touches=touches,
            at=at,
            policy=version.terms.policy,
            student=student,
            promoters=facts,
            course=course.code,
            promotable=course.promotable and not course.for_minors,
            binding=None if bound is None else bound.value,
        )
        answers.append(_line(batch, history, purchase, course, version, decision, bound))
    return answers


def _known_then(batch: _Batch, place: int, purchase: Purchase) -> History:
    """The student's history as it counts for this purchase; the typed code is its last touch."""
    student, typed, history = purchase.student_id, purchase.typed, batch.history
    once = typed is not None and purchase.typed_once
    if typed is not None:
        key, touch = uuid7(), Touch(typed.code, purchase.at)
        batch.touches.append((key, None if once else student, typed.id, purchase.at))
        if not once:
            history.add_touch(student, key, touch, typed)
    if purchase.visitors:
        history = add_visitors(history, student, batch.seen[place])
    return history.with_touch(student, key, touch, typed) if typed is not None and once else history


def _before_first_version(
    batch: _Batch, purchase: Purchase, course: CourseRecord
) -> LineAttribution:
    key = uuid7()
    head = (key, purchase.at, purchase.student_id, course.id, None, None)
    batch.rows.append((*head, Reason.NONE.value, "[]", None, None, None, None, 0, 0, 0, 0))
    return LineAttribution(key, None, None, Reason.NONE)


def _line(
    batch: _Batch,
    history: History,
    purchase: Purchase,
    course: CourseRecord,
    version: PublishedVersion,
    decision: Decision,
    bound: BoundTo | None,
) -> LineAttribution:
    terms, key = version.terms, uuid7()
    fact = CourseFact(
        course.code, course.category, course.list_price, course.promotable, course.for_minors
    )
    placing = check_at_placing(terms, batch.schedule.limits, fact)
    winner = None if decision.winner is None else history.promoters[decision.winner]
    rule_id = inviter_id = group = None
    if winner is not None:
        group = winner.group
        rule = rules.choose(
            terms.rules,
            promoter=winner.code,
            kind=winner.kind,
            group=group,
            course=course.code,
            category=course.category,
            at=purchase.at,
        )
        if rule is not None:
            rule_id = version.rule_ids[rule.key]
        if placing.pays_level2:
            inviter_id = _paid_inviter(batch, purchase, winner, terms.policy)
    by_binding = decision.reason is Reason.BINDING and bound is not None
    batch.rows.append(
        (
            key,
            purchase.at,
            purchase.student_id,
            course.id,
            version.id,
            None if winner is None else winner.id,
            decision.reason.value,
            _evidence(history, purchase.student_id, decision),
            bound.id if by_binding and bound is not None else None,
            rule_id,
            group,
            inviter_id,
            placing.cap_bps,
            placing.hold_days,
            terms.points.per_order,
            terms.points.per_yuan,
        )
    )
    return LineAttribution(
        key, None if winner is None else winner.id, decision.winner, decision.reason
    )


def _paid_inviter(
    batch: _Batch, purchase: Purchase, winner: PromoterRecord, policy: AttributionPolicy
) -> UUID | None:
    """The winner's inviter, if he is active and not himself the buyer (domain.md §3.3)."""
    if winner.inviter_id is None:
        return None
    if winner.inviter_id not in batch.inviters:
        batch.inviters.update(promoters.by_ids([winner.inviter_id]))
    inviter = batch.inviters.get(winner.inviter_id)
    if inviter is None or not inviter.active_at(purchase.at):
        return None
    if purchase.is_bought_by(inviter.account_id) and not policy.self_purchase:
        return None
    return inviter.id


def _evidence(history: History, student: UUID, decision: Decision) -> str:
    touches, ids = history.touches.get(student, []), history.touch_ids.get(student, [])
    return json.dumps(
        [
            {
                "touch": str(touch_id),
                "promoter": touch.promoter,
                "at": format_instant(touch.at),
                "verdict": verdict.value,
            }
            for touch, touch_id, verdict in zip(touches, ids, decision.verdicts, strict=True)
        ]
    )
