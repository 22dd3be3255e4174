"""Reads of programme versions. Versions never change, so a process keeps those it has read."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from kefen.core.errors import NotFound
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    AttributionPolicy,
    Base,
    Board,
    BoardMetric,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Model,
    Percent,
    PlatformLimits,
    PointsTerms,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
    TouchScope,
)
from kefen.platform import clock
from kefen.platform.tenancy.scope import institution_id, remembered
from kefen.platform.wording.contracts import PublicText
from kefen.programmes import models
from kefen.programmes.contracts import PublishedVersion, Schedule

_read: dict[UUID, PublishedVersion] = {}
_KEPT = 10_000

_SCHEDULE = """
SELECT v.id, l.max_rate_bps, l.level2_allowed, l.minimum_hold_days, l.minimum_age, l.forbidden_words
  FROM (SELECT * FROM tenancy_limits WHERE institution_id = %(institution)s
         ORDER BY number DESC LIMIT 1) AS l
  LEFT JOIN programmes_version v ON v.institution_id = l.institution_id
 ORDER BY v.effective_from
"""


def schedule() -> Schedule:
    """All versions and the limits in force; read once in a scope."""
    found: Schedule = remembered("schedule", _schedule)
    return found


def _schedule() -> Schedule:
    with connection.cursor() as cursor:
        cursor.execute(_SCHEDULE, {"institution": institution_id()})
        rows = cursor.fetchall()
    if not rows:
        raise NotFound(what="limits")
    _, rate, level2, hold, age, words = rows[0]
    limits = PlatformLimits(rate, level2, hold, age, tuple(words))
    ids = [row[0] for row in rows if row[0] is not None]
    _read_missing([key for key in ids if key not in _read])
    return Schedule(tuple(_read[key] for key in ids), limits)


def public_texts() -> Iterator[PublicText]:
    """The names of the rules in force, which stand on proofs."""
    found = schedule().in_force(clock.now())
    if found is not None:
        for rule in found.terms.rules:
            yield PublicText(f"programme:{found.number}", str(found.number), "rule", rule.key)


def version(version_id: UUID) -> PublishedVersion:
    """One version by its id. Raises NotFound."""
    if version_id not in _read:
        _read_missing([version_id])
    if version_id not in _read:
        raise NotFound(what="programme version")
    return _read[version_id]


def versions(ids: set[UUID]) -> dict[UUID, PublishedVersion]:
    """Several versions by their ids."""
    _read_missing([key for key in ids if key not in _read])
    return {key: _read[key] for key in ids}


def _read_missing(ids: list[UUID]) -> None:
    if not ids:
        return
    if len(_read) > _KEPT:
        _read.clear()
    rules: dict[UUID, list[models.Rule]] = {}
    for rule in models.Rule.objects.filter(version_id__in=ids).order_by("place"):
        rules.setdefault(rule.version_id, []).append(rule)
    steps: dict[UUID, list[models.Step]] = {}
    rule_ids = [rule.id for found in rules.values() for rule in found]
    for step in models.Step.objects.filter(rule_id__in=rule_ids).order_by("threshold"):
        steps.setdefault(step.rule_id, []).append(step)
    boards: dict[UUID, list[models.Board]] = {}
    for board in models.Board.objects.filter(version_id__in=ids).order_by("id"):
        boards.setdefault(board.version_id, []).append(board)
    for row in models.Version.objects.filter(id__in=ids):
        own = rules.get(row.id, [])
        _read[row.id] = PublishedVersion(
            id=row.id,
            number=row.number,
            terms=_terms(row, own, steps, boards.get(row.id, [])),
            rule_ids={rule.key: rule.id for rule in own},
        )


def _terms(
    row: models.Version,
    rules: list[models.Rule],
    steps: dict[UUID, list[models.Step]],
    boards: list[models.Board],
) -> Terms:
    return Terms(
        effective_from=row.effective_from,
        policy=AttributionPolicy(
            model=Model(row.model),
            window_days=row.window_days,
            touch_scope=TouchScope(row.touch_scope),
            self_purchase=row.self_purchase,
            binding_days=row.binding_days,
            protection_days=row.protection_days,
        ),
        hold_days=row.hold_days,
        max_rate_bps=row.max_rate_bps,
        level2=row.level2,
        rules=tuple(_rule(rule, steps.get(rule.id, [])) for rule in rules),
        points=PointsTerms(row.points_per_order, row.points_per_yuan),
        boards=tuple(
            Board(
                metric=BoardMetric(board.metric),
                period=PeriodKind(board.period),
                prizes=tuple(board.prizes),
                close_after_days=board.close_after_days,
            )
            for board in boards
        ),
    )


def _rule(row: models.Rule, steps: list[models.Step]) -> Rule:
    level1: Percent | Fixed | Tiered | None = _reward(row.level1_bps, row.level1_fixed)
    if level1 is None:
        level1 = Tiered(
            metric=TierMetric(str(row.tier_metric)),
            period=PeriodKind(str(row.tier_period)),
            steps=tuple(Step(step.threshold, _paying(step)) for step in steps),
        )
    return Rule(
        key=row.key,
        promoter=PromoterScope(PromoterScopeKind(row.promoter_scope), row.promoter_value),
        course=CourseScope(CourseScopeKind(row.course_scope), row.course_value),
        level1=level1,
        level2=_reward(row.level2_bps, row.level2_fixed),
        base=Base(row.base),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _paying(step: models.Step) -> Percent | Fixed:
    reward = _reward(step.bps, step.fixed)
    assert reward is not None, "a CHECK says that a step pays"  # noqa: S101
    return reward


def _reward(bps: int | None, fixed: int | None) -> Percent | Fixed | None:
    if bps is not None:
        return Percent(bps)
    return None if fixed is None else Fixed(fixed)
