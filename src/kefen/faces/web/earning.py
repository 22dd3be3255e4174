"""What one sale of a course would earn somebody now, by the very rules that would pay it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.catalog.contracts import CourseRecord
from kefen.commissions import queries as commissions
from kefen.core import rules
from kefen.core.commission import price_line, step_at
from kefen.core.compliance import CourseFact, check_at_placing
from kefen.core.terms import Fixed, Percent, PromoterKind, Rule, Tiered
from kefen.platform import clock
from kefen.programmes import queries as programmes
from kefen.programmes.contracts import PublishedVersion
from kefen.promoters.models import Promoter


@dataclass(frozen=True, slots=True)
class Place:
    """Where a promoter stands on a ladder: the threshold of his step, and what is missing to the
    next one (orders to be paid first, or minor units of sales); None on the last."""

    threshold: int
    missing: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one piece at the list price earns by which rule of which version; `reward` is the step
    that applies now, `wanted` what it gives before the cap."""

    rebate: int
    rule: Rule
    version: PublishedVersion
    hold_days: int
    reward: Percent | Fixed
    wanted: int
    cap_bps: int
    place: Place | None = None


def as_newcomer(courses: Sequence[CourseRecord]) -> dict[str, int]:
    """By course code, for a former student who joins today: the first step of every ladder."""
    found = _offers(courses, "", PromoterKind.STUDENT, None, None)
    return {code: offer.rebate for code, offer in found.items()}


def of_promoter(courses: Sequence[CourseRecord], promoter: Promoter) -> dict[str, Offer]:
    """By course code, for a promoter where he stands; courses that earn nothing are left out."""
    kind = PromoterKind(promoter.kind)
    return _offers(courses, promoter.code, kind, promoter.group, promoter.id)


def _offers(
    courses: Sequence[CourseRecord],
    code: str,
    kind: PromoterKind,
    group: str | None,
    promoter_id: UUID | None,
) -> dict[str, Offer]:
    now = clock.now()
    schedule = programmes.schedule()
    version = schedule.in_force(now)
    if version is None:
        return {}
    chosen: dict[str, Rule] = {}
    for course in courses:
        if not course.promotable or course.for_minors:
            continue
        rule = rules.choose(
            version.terms.rules,
            promoter=code,
            kind=kind,
            group=group,
            course=course.code,
            category=course.category,
            at=now,
        )
        if rule is not None:
            chosen[course.code] = rule
    figures = _figures(promoter_id, list(chosen.values()), now)
    found = {}
    for course in courses:
        if course.code not in chosen:
            continue
        rule = chosen[course.code]
        fact = CourseFact(course.code, course.category, course.list_price)
        placing = check_at_placing(version.terms, schedule.limits, fact)
        priced = price_line(
            rule=rule,
            list_price=course.list_price,
            quantity=1,
            paid=course.list_price,
            figure=figures.get(rule.key),
            cap_bps=placing.cap_bps,
            pays_level2=False,
        )
        if priced.level1 > 0:
            found[course.code] = Offer(
                rebate=priced.level1,
                rule=rule,
                version=version,
                hold_days=placing.hold_days,
                reward=_applied(rule, figures.get(rule.key)),
                wanted=priced.wanted_level1,
                cap_bps=placing.cap_bps,
                place=_place(rule, figures.get(rule.key)),
            )
    return found


def _applied(rule: Rule, figure: int | None) -> Percent | Fixed:
    if isinstance(rule.level1, Tiered):
        return step_at(rule.level1, figure or 0).reward
    return rule.level1


def _place(rule: Rule, figure: int | None) -> Place | None:
    ladder = rule.level1
    if not isinstance(ladder, Tiered) or figure is None:
        return None
    above = [step.threshold for step in ladder.steps if step.threshold > figure]
    return Place(step_at(ladder, figure).threshold, above[0] - figure if above else None)


def _figures(promoter_id: UUID | None, chosen: list[Rule], now: datetime) -> dict[str, int]:
    """The figure that chooses the step, by rule key: where he stands, or the first step."""
    if promoter_id is not None:
        return commissions.next_figures(promoter_id, chosen, now)
    ladders = {rule.key: rule.level1 for rule in chosen if isinstance(rule.level1, Tiered)}
    return {key: ladder.steps[0].threshold for key, ladder in ladders.items()}
