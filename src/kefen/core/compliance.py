"""What may be published, and which limits an order is placed under (`domain.md §3.4, §8`).

A refusal names the rule, the limit and the worst case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kefen.core.commission import reward_for
from kefen.core.errors import (
    DuplicateRuleKey,
    ForbiddenWords,
    HoldBelowMinimum,
    InvalidInput,
    InvalidSteps,
    MinorsCourse,
    OverlappingRules,
    OwnInviter,
    PromoterTooYoung,
    RateAboveCap,
    VersionAbovePlatform,
)
from kefen.core.money import WHOLE_BPS, share
from kefen.core.periods import PeriodKind
from kefen.core.rules import covers_course, overlaps
from kefen.core.terms import (
    AttributionPolicy,
    Board,
    Fixed,
    Percent,
    PlatformLimits,
    Rule,
    Terms,
    Tiered,
    TierMetric,
)
from kefen.core.words import FORBIDDEN, FORBIDDEN_EN, FORBIDDEN_ZH, forbidden

__all__ = [
    "FORBIDDEN",
    "FORBIDDEN_EN",
    "FORBIDDEN_ZH",
    "MAXIMUM_DAYS",
    "CourseFact",
    "Placing",
    "WorstCase",
    "check_age",
    "check_at_placing",
    "check_inviter",
    "check_terms",
    "check_text",
    "check_texts",
    "effective_cap_bps",
    "forbidden",
    "is_promotable",
    "pays_level2",
    "worst_case",
]

MAXIMUM_DAYS: Final = 1_000_000
"""No duration of the terms is longer: instants computed from it stay within the calendar."""

_TIER_PERIODS: Final = frozenset(
    {PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR, PeriodKind.LIFETIME}
)
_BOARD_PERIODS: Final = frozenset({PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH})


@dataclass(frozen=True, slots=True)
class CourseFact:
    """A course as limits see it; `minors` marks school-subject training for minors."""

    code: str
    category: str | None
    list_price: int
    promotable: bool = True
    minors: bool = False


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The most that a rule pays, levels together, against its cap.

    `amount` and `cap` are minor units at the list price and quantity 1 of `course`; `rate_bps` is
    the rate (rounded up where an amount is fixed), `cap_bps` the cap's. `course` is None and the
    amounts 0 where percents are held against the cap and no promotable course is in scope.
    """

    rule: str
    course: str | None
    amount: int
    cap: int
    rate_bps: int
    cap_bps: int


@dataclass(frozen=True, slots=True)
class Placing:
    """The limits that an order line placed now is under; stored with it."""

    cap_bps: int
    pays_level2: bool
    hold_days: int
    promotable: bool


def effective_cap_bps(platform: int, programme: int) -> int:
    """Return the smaller of the two limits, in basis points (`domain.md §3.4`)."""
    return min(platform, programme)


def pays_level2(limits: PlatformLimits, terms: Terms) -> bool:
    """Whether platform and programme both switch level 2 on (`domain.md §3.3`)."""
    return limits.level2_allowed and terms.level2


def is_promotable(course: CourseFact) -> bool:
    """Whether a course may be promoted; school-subject training for minors never (`§8`)."""
    return course.promotable and not course.minors


def check_at_placing(terms: Terms, limits: PlatformLimits, course: CourseFact) -> Placing:
    """Return the limits for a line of `course` placed now: always the stricter of the two.

    Nothing is refused here: a platform that lowered its limits after a version was published
    must not stop a school from selling (`domain.md §3.4, §8`).
    """
    return Placing(
        cap_bps=effective_cap_bps(limits.max_rate_bps, terms.max_rate_bps),
        pays_level2=pays_level2(limits, terms),
        hold_days=max(terms.hold_days, limits.minimum_hold_days),
        promotable=is_promotable(course),
    )


def check_terms(
    terms: Terms, limits: PlatformLimits, courses: Sequence[CourseFact]
) -> WorstCase | None:
    """Check a version before it is published; return its worst case, None without rules.

    `courses` are all of the institution's. Raises InvalidInput for figures that cannot be, and
    the ComplianceViolation that names rule, limit and worst case: MinorsCourse,
    VersionAbovePlatform, HoldBelowMinimum, DuplicateRuleKey, InvalidSteps, OverlappingRules,
    RateAboveCap, in this order.
    """
    _check_figures(terms)
    _check_boards(terms.boards)
    for course in courses:
        if course.minors and course.promotable:
            raise MinorsCourse(rule="minors", limit="not promotable", worst=course.code)
    if terms.max_rate_bps > limits.max_rate_bps:
        raise VersionAbovePlatform(
            rule="max_rate_bps", limit=limits.max_rate_bps, worst=terms.max_rate_bps
        )
    if terms.hold_days < limits.minimum_hold_days:
        raise HoldBelowMinimum(
            rule="hold_days", limit=limits.minimum_hold_days, worst=terms.hold_days
        )
    _check_rules(terms.rules)
    cap_bps = effective_cap_bps(limits.max_rate_bps, terms.max_rate_bps)
    level2 = pays_level2(limits, terms)
    worst: WorstCase | None = None
    for rule in terms.rules:
        case = worst_case(rule, cap_bps=cap_bps, level2=level2, courses=courses)
        if _over(case):
            raise RateAboveCap(
                rule=case.rule,
                limit=case.cap_bps,
                worst=case,
                course=case.course,
                amount=case.amount,
                cap=case.cap,
                rate_bps=case.rate_bps,
                cap_bps=case.cap_bps,
            )
        if worst is None or _order(case) > _order(worst):
            worst = case
    return worst


def worst_case(
    rule: Rule, *, cap_bps: int, level2: bool, courses: Iterable[CourseFact]
) -> WorstCase:
    """Return the most that `rule` pays against its cap, whether or not it passes it (`§3.4`).

    Every step is looked at together with level 2, if that is paid: percents are held against
    `cap_bps`, a sum with a fixed amount in it against the cap at the list price of each
    promotable course in scope.
    """
    in_scope = [
        course
        for course in courses
        if is_promotable(course) and covers_course(rule.course, course.code, course.category)
    ]
    second = rule.level2 if level2 else None
    first = rule.level1
    rewards = [step.reward for step in first.steps] if isinstance(first, Tiered) else [first]
    cases: list[WorstCase] = []
    for reward in rewards:
        parts = [reward] if second is None else [reward, second]
        cases.append(_percents(rule.key, parts, cap_bps, in_scope))
        if any(isinstance(part, Fixed) for part in parts):
            cases += [_at_list_price(rule.key, parts, cap_bps, course) for course in in_scope]
    return max(cases, key=_order)


def _percents(
    key: str, parts: list[Percent | Fixed], cap_bps: int, in_scope: list[CourseFact]
) -> WorstCase:
    """The percents among `parts` by themselves, shown on the dearest course."""
    rate = sum(part.bps for part in parts if isinstance(part, Percent))
    dearest = max(in_scope, key=lambda course: course.list_price, default=None)
    if dearest is None:
        return WorstCase(key, None, 0, 0, rate, cap_bps)
    price = dearest.list_price
    return WorstCase(key, dearest.code, share(price, rate), share(price, cap_bps), rate, cap_bps)


def _at_list_price(
    key: str, parts: list[Percent | Fixed], cap_bps: int, course: CourseFact
) -> WorstCase:
    """All `parts` at the list price and quantity 1 of one course."""
    price = course.list_price
    amount = sum(reward_for(part, price, 1) for part in parts)
    rate = -(-amount * WHOLE_BPS // max(price, 1))  # rounded up: never shown below the truth
    return WorstCase(key, course.code, amount, share(price, cap_bps), rate, cap_bps)


def _over(case: WorstCase) -> bool:
    """Whether something would be cut: by its rate, or by its amount where the price is 0."""
    return case.rate_bps > case.cap_bps or case.amount > case.cap


def _order(case: WorstCase) -> tuple[bool, int, int]:
    """Worse cases are larger: first those over the cap, then the rate, then the amount."""
    return _over(case), case.rate_bps, case.amount


def _check_figures(terms: Terms) -> None:
    """Refuse durations and rates that cannot be."""
    policy: AttributionPolicy = terms.policy
    for name, count, least in (
        ("window_days", policy.window_days, 1),
        ("binding_days", policy.binding_days, 0),
        ("protection_days", policy.protection_days, 0),
        ("hold_days", terms.hold_days, 0),
    ):
        if not least <= count <= MAXIMUM_DAYS:
            raise InvalidInput(field=name, reason=f"from {least} to {MAXIMUM_DAYS} days")
    if terms.max_rate_bps < 0:
        raise InvalidInput(field="max_rate_bps", reason="a rate must not be negative")
    if min(terms.points.per_order, terms.points.per_yuan) < 0:
        raise InvalidInput(field="points", reason="points must not be negative")


def _check_boards(boards: Sequence[Board]) -> None:
    """Refuse boards that could not be closed or would be there twice (`§6`, `replay.md`)."""
    seen: set[tuple[str, str]] = set()
    for board in boards:
        name = f"board {board.metric} {board.period}"
        if board.period not in _BOARD_PERIODS:
            raise InvalidInput(field=name, reason="a board is per day, week or month")
        if (board.metric, board.period) in seen:
            raise InvalidInput(field=name, reason="one board per metric and period")
        seen.add((board.metric, board.period))
        if any(amount < 0 for amount in board.prizes):
            raise InvalidInput(field=name, reason="a prize must not be negative")
        if board.close_after_days is not None and not 0 <= board.close_after_days <= MAXIMUM_DAYS:
            raise InvalidInput(field=name, reason=f"from 0 to {MAXIMUM_DAYS} days")


def _check_rules(rules: Sequence[Rule]) -> None:
    """Refuse a set of rules that cannot stand together, and each rule that is none (`§3.1`)."""
    seen: dict[str, int] = {}
    for rule in rules:
        seen[rule.key] = seen.get(rule.key, 0) + 1
    for key, count in seen.items():
        if count > 1:
            raise DuplicateRuleKey(rule=key, limit=1, worst=count)
    for rule in rules:
        start, end = rule.starts_at, rule.ends_at
        if start is not None and end is not None and start >= end:
            raise InvalidInput(field=f"rule {rule.key}", reason="it ends before it begins")
        if isinstance(rule.level1, Tiered):
            _check_steps(rule.key, rule.level1)
        else:
            _check_reward(rule.key, rule.level1)
        if rule.level2 is not None:
            _check_reward(rule.key, rule.level2)
    for earlier, later in overlaps(rules):
        raise OverlappingRules(rule=earlier.key, limit="one rule at a time", worst=later.key)


def _check_reward(key: str, reward: Percent | Fixed) -> None:
    """Refuse a negative reward; 0 is a way to exclude somebody by a narrow rule."""
    if _size(reward) < 0:
        raise InvalidInput(field=f"rule {key}", reason="a reward must not be negative")


def _check_steps(key: str, tiered: Tiered) -> None:
    """Refuse a ladder that does not start, ascend or pay (`§3.2`)."""
    if tiered.period not in _TIER_PERIODS:
        raise InvalidSteps(
            rule=key, limit="count by month, quarter, year or lifetime", worst=tiered.period.value
        )
    start = 1 if tiered.metric is TierMetric.ORDERS else 0
    if not tiered.steps or tiered.steps[0].threshold != start:
        first = tiered.steps[0].threshold if tiered.steps else "there is none"
        raise InvalidSteps(rule=key, limit=f"start at {start}", worst=f"the first is {first}")
    for lower, upper in zip(tiered.steps, tiered.steps[1:], strict=False):
        if upper.threshold <= lower.threshold:
            raise InvalidSteps(
                rule=key, limit="ascend", worst=f"{upper.threshold} follows {lower.threshold}"
            )
    for step in tiered.steps:
        if _size(step.reward) <= 0:
            raise InvalidSteps(
                rule=key, limit="pay more than 0", worst=f"the one from {step.threshold} does not"
            )


def _size(reward: Percent | Fixed) -> int:
    return reward.bps if isinstance(reward, Percent) else reward.amount


def check_text(name: str, text: str, limits: PlatformLimits) -> None:
    """Refuse a public text with forbidden words, ours or the platform's (`§8`).

    Raises ForbiddenWords with the words and their `spans` of `forbidden`.
    """
    check_texts(name, {"text": text}, FORBIDDEN + limits.forbidden_words)


def check_texts(name: str, texts: Mapping[str, str], words: Sequence[str]) -> None:
    """Refuse what is saved with forbidden words in one of its public texts, by field (`§8`).

    Raises ForbiddenWords for the first field that has some: which one, its `text`, the words and
    their `spans` in it.
    """
    for field, text in texts.items():
        spans = forbidden(text, words)
        if spans:
            found = ", ".join(dict.fromkeys(word for _, _, word in spans))
            raise ForbiddenWords(
                rule=name,
                limit="no forbidden words",
                worst=found,
                spans=spans,
                field=field,
                text=text,
            )


def check_age(born_on: date, on: date, limits: PlatformLimits) -> None:
    """Refuse a promoter younger than the platform allows on the date `on` (`§8`).

    Raises PromoterTooYoung. Who is born on 29 February has his birthday on 1 March.
    """
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    if age < limits.minimum_age:
        raise PromoterTooYoung(rule="minimum_age", limit=limits.minimum_age, worst=age)


def check_inviter(promoter: str, inviter: str | None) -> None:
    """Refuse one's own inviter; longer loops are harmless, as one step pays (`§3.3`).

    Raises OwnInviter.
    """
    if promoter == inviter:
        raise OwnInviter(rule="inviter", limit="another promoter", worst=promoter)
