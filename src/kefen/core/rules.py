"""Which rule of a version applies to an order line (`domain.md §3.1`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kefen.core.terms import (
    CourseScope,
    CourseScopeKind,
    PromoterKind,
    PromoterScope,
    PromoterScopeKind,
    Rule,
)


def choose(
    rules: Iterable[Rule],
    *,
    promoter: str,
    kind: PromoterKind,
    group: str | None,
    course: str,
    category: str | None,
    at: datetime,
) -> Rule | None:
    """Return the rule for `promoter` (his `kind` and `group` at `at`) and `course`, or None.

    Of the rules that match and are in force at `at` (`placed_at`) the narrowest promoter scope
    wins, then the narrowest course scope. `rules` are those of one published version, so that
    no two can tie.
    """
    best: Rule | None = None
    narrowest = -1
    for rule in rules:
        # Narrowness first: it is an integer and spares most of the comparisons below.
        if (
            rule.narrowness > narrowest
            and covers_promoter(rule.promoter, promoter, kind, group)
            and covers_course(rule.course, course, category)
            and (rule.starts_at is None or rule.starts_at <= at)
            and (rule.ends_at is None or at < rule.ends_at)
        ):
            best = rule
            narrowest = rule.narrowness
    return best


def covers_promoter(
    scope: PromoterScope, promoter: str, kind: PromoterKind, group: str | None
) -> bool:
    """Whether a promoter of this kind and group is in `scope`."""
    match scope.kind:
        case PromoterScopeKind.ANY:
            return True
        case PromoterScopeKind.KIND:
            return scope.value == kind
        case PromoterScopeKind.GROUP:
            return group is not None and scope.value == group
        case PromoterScopeKind.PROMOTER:
            return scope.value == promoter


def covers_course(scope: CourseScope, course: str, category: str | None) -> bool:
    """Whether a course of this category is in `scope`."""
    match scope.kind:
        case CourseScopeKind.ANY:
            return True
        case CourseScopeKind.CATEGORY:
            return category is not None and scope.value == category
        case CourseScopeKind.COURSE:
            return scope.value == course


def overlaps(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Return all pairs of rules with the same scopes and a common instant, in order.

    Such a version is refused (`core.compliance`): nothing would say which of the two applies.
    """
    return [
        (earlier, later)
        for index, later in enumerate(rules)
        for earlier in rules[:index]
        if earlier.promoter == later.promoter
        and earlier.course == later.course
        and _begins_before_end(earlier.starts_at, later.ends_at)
        and _begins_before_end(later.starts_at, earlier.ends_at)
    ]


def _begins_before_end(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
