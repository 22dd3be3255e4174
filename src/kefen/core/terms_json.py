"""Terms as plain JSON values and back, for terms that wait for a job and are not published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kefen.core.periods import PeriodKind, format_instant, parse_instant
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

Values = dict[str, Any]


def to_json(terms: Terms) -> Values:
    """Everything that the terms say."""
    policy = terms.policy
    return {
        "effective_from": format_instant(terms.effective_from),
        "policy": {
            "model": policy.model.value,
            "window_days": policy.window_days,
            "touch_scope": policy.touch_scope.value,
            "self_purchase": policy.self_purchase,
            "binding_days": policy.binding_days,
            "protection_days": policy.protection_days,
        },
        "hold_days": terms.hold_days,
        "max_rate_bps": terms.max_rate_bps,
        "level2": terms.level2,
        "rules": [_rule_out(rule) for rule in terms.rules],
        "points": [terms.points.per_order, terms.points.per_yuan],
        "boards": [
            [b.metric.value, b.period.value, list(b.prizes), b.close_after_days]
            for b in terms.boards
        ],
    }


def from_json(values: Values) -> Terms:
    """What `to_json` wrote."""
    policy = dict(values["policy"])
    policy["model"] = Model(policy["model"])
    policy["touch_scope"] = TouchScope(policy["touch_scope"])
    return Terms(
        effective_from=parse_instant(values["effective_from"]),
        policy=AttributionPolicy(**policy),
        hold_days=values["hold_days"],
        max_rate_bps=values["max_rate_bps"],
        level2=values["level2"],
        rules=tuple(_rule_in(rule) for rule in values["rules"]),
        points=PointsTerms(*values["points"]),
        boards=tuple(
            Board(BoardMetric(metric), PeriodKind(period), tuple(prizes), close)
            for metric, period, prizes, close in values["boards"]
        ),
    )


def _rule_out(rule: Rule) -> Values:
    return {
        "key": rule.key,
        "promoter": [rule.promoter.kind.value, rule.promoter.value],
        "course": [rule.course.kind.value, rule.course.value],
        "level1": _reward_out(rule.level1),
        "level2": None if rule.level2 is None else _reward_out(rule.level2),
        "base": rule.base.value,
        "starts_at": _instant_out(rule.starts_at),
        "ends_at": _instant_out(rule.ends_at),
    }


def _rule_in(values: Values) -> Rule:
    (promoter, whom), (course, what) = values["promoter"], values["course"]
    second = values["level2"]
    return Rule(
        key=values["key"],
        promoter=PromoterScope(PromoterScopeKind(promoter), whom),
        course=CourseScope(CourseScopeKind(course), what),
        level1=_level1_in(values["level1"]),
        level2=None if second is None else _reward_in(second),
        base=Base(values["base"]),
        starts_at=_instant_in(values["starts_at"]),
        ends_at=_instant_in(values["ends_at"]),
    )


def _reward_out(reward: Percent | Fixed | Tiered) -> Values:
    if isinstance(reward, Percent):
        return {"bps": reward.bps}
    if isinstance(reward, Fixed):
        return {"amount": reward.amount}
    steps = [[step.threshold, _reward_out(step.reward)] for step in reward.steps]
    return {"metric": reward.metric.value, "period": reward.period.value, "steps": steps}


def _level1_in(values: Values) -> Percent | Fixed | Tiered:
    if "steps" not in values:
        return _reward_in(values)
    return Tiered(
        TierMetric(values["metric"]),
        PeriodKind(values["period"]),
        tuple(Step(threshold, _reward_in(reward)) for threshold, reward in values["steps"]),
    )


def _reward_in(values: Values) -> Percent | Fixed:
    return Percent(values["bps"]) if "bps" in values else Fixed(values["amount"])


def _instant_out(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def _instant_in(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
