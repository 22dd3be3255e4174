"""Rules of a programme as pages show them."""

from collections.abc import Mapping

from kefen.core.terms import (
    CourseScopeKind,
    Fixed,
    Percent,
    PromoterScopeKind,
    Rule,
    Tiered,
)
from kefen.faces.web.shared import screens


def reward(value: Percent | Fixed | Tiered) -> screens.Reward:
    """A reward of core as a screen's value."""
    if isinstance(value, Percent):
        return screens.Reward("percent", bps=value.bps)
    if isinstance(value, Fixed):
        return screens.Reward("fixed", amount=value.amount)
    return screens.Reward(
        "tiered",
        metric=value.metric.value,
        period=value.period.value,
        steps=tuple(_step(step.threshold, step.reward) for step in value.steps),
    )


def _step(threshold: int, value: Percent | Fixed) -> screens.RewardStep:
    if isinstance(value, Percent):
        return screens.RewardStep(threshold, "percent", bps=value.bps)
    return screens.RewardStep(threshold, "fixed", amount=value.amount)


def rule(
    value: Rule, titles: Mapping[str, str], names: Mapping[str, str] | None = None
) -> screens.Rule:
    """A rule with what people call its scopes; `titles` of courses and `names` of promoters by
    code. A promoter named by a rule that is not among `names` shows his code."""
    who, what = value.promoter.value or "", value.course.value or ""
    if value.promoter.kind is PromoterScopeKind.PROMOTER:
        who = (names or {}).get(who, who)
    if value.course.kind is CourseScopeKind.COURSE:
        what = titles.get(what, what)
    return screens.Rule(
        key=value.key,
        promoter_scope=value.promoter.kind.value,
        promoter_name=who,
        course_scope=value.course.kind.value,
        course_name=what,
        base=value.base.value,
        reward=reward(value.level1),
        level2=None if value.level2 is None else reward(value.level2),
        starts_at=value.starts_at,
        ends_at=value.ends_at,
    )
