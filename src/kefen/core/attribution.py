"""Which promoter brought an order, and why the others did not (`domain.md §2`)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kefen.core.terms import AttributionPolicy, Model, TouchScope

_NO_TIME: Final = timedelta(0)


class Verdict(StrEnum):
    """What was decided about one touch; exactly one each."""

    WON = "won"
    EXPIRED = "expired"
    LATER_THAN_ORDER = "later_than_order"
    PROMOTER_INACTIVE = "promoter_inactive"
    SELF_PURCHASE = "self_purchase"
    OUT_OF_SCOPE = "out_of_scope"
    COURSE_NOT_PROMOTABLE = "course_not_promotable"
    NOT_FIRST = "not_first"
    NOT_LAST = "not_last"
    BOUND = "bound"
    BOUND_TO_OTHER = "bound_to_other"


class Reason(StrEnum):
    """What decided a line."""

    TOUCH = "touch"
    BINDING = "binding"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Touch:
    """A visit through a link or a typed code; `course` None is a link for the whole school."""

    promoter: str
    at: datetime
    course: str | None = None


@dataclass(frozen=True, slots=True)
class PromoterFact:
    """A promoter at the instant of the decision; `account` is his own student account."""

    code: str
    active: bool
    account: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """A student reserved for `promoter` while `starts_at <= at < ends_at`."""

    promoter: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Who brought a line; `verdicts[i]` belongs to `touches[i]`, `winning` is the touch's index.

    With `reason` binding there is a winner and no winning touch.
    """

    winner: str | None
    reason: Reason
    verdicts: tuple[Verdict, ...]
    winning: int | None


def attribute(
    *,
    touches: Sequence[Touch],
    at: datetime,
    policy: AttributionPolicy,
    student: Hashable,
    promoters: Mapping[str, PromoterFact],
    course: str,
    promotable: bool,
    binding: Binding | None,
) -> Decision:
    """Decide one order line placed at `at` by `student` for `course` (`domain.md §2`).

    `touches` are all of the buyer's, in order of arrival (a typed code last); `promoters` holds
    the facts at `at` of everybody who touched or is bound, and who is missing is not active;
    `binding` is the student's, used only while it is active.
    """
    if binding is not None and (
        not promotable
        or not binding.starts_at <= at < binding.ends_at
        or _unfit(promoters.get(binding.promoter), policy, student) is not None
    ):
        binding = None
    return _decide(touches, at, policy, student, promoters, course, promotable, binding)


def _decide(
    touches: Sequence[Touch],
    at: datetime,
    policy: AttributionPolicy,
    student: Hashable,
    promoters: Mapping[str, PromoterFact],
    course: str | None,
    promotable: bool,
    binding: Binding | None,
) -> Decision:
    """Examine every touch once; `course` None means that there is no line (`identify`)."""
    window = timedelta(days=policy.window_days)
    first = policy.model is Model.FIRST_TOUCH
    beaten = Verdict.NOT_FIRST if first else Verdict.NOT_LAST
    scoped = course is not None and policy.touch_scope is TouchScope.COURSE
    verdicts: list[Verdict] = []
    winning = -1
    winning_at = at
    for index, touch in enumerate(touches):
        # Ages are compared rather than borders: no instant is computed, so none can overflow.
        age = at - touch.at
        if age >= window:
            verdicts.append(Verdict.EXPIRED)
            continue
        if age < _NO_TIME:
            verdicts.append(Verdict.LATER_THAN_ORDER)
            continue
        unfit = _unfit(promoters.get(touch.promoter), policy, student)
        if unfit is not None:
            verdicts.append(unfit)
        elif scoped and touch.course is not None and touch.course != course:
            verdicts.append(Verdict.OUT_OF_SCOPE)
        elif not promotable:
            verdicts.append(Verdict.COURSE_NOT_PROMOTABLE)
        else:
            verdicts.append(beaten)
            # At equal instants the first to arrive is the first, the last to arrive the last.
            if winning < 0 or (touch.at < winning_at if first else touch.at >= winning_at):
                winning = index
                winning_at = touch.at
    if binding is not None:
        return _by_binding(binding.promoter, touches, verdicts, beaten)
    if winning < 0:
        return Decision(None, Reason.NONE, tuple(verdicts), None)
    verdicts[winning] = Verdict.WON
    return Decision(touches[winning].promoter, Reason.TOUCH, tuple(verdicts), winning)


def _by_binding(
    promoter: str, touches: Sequence[Touch], verdicts: Sequence[Verdict], eligible: Verdict
) -> Decision:
    """The binding wins: touches that were `eligible` say whether they are the bound promoter's."""
    bound = tuple(
        verdict
        if verdict is not eligible
        else Verdict.BOUND
        if touch.promoter == promoter
        else Verdict.BOUND_TO_OTHER
        for touch, verdict in zip(touches, verdicts, strict=True)
    )
    return Decision(promoter, Reason.BINDING, bound, None)


def _unfit(
    promoter: PromoterFact | None, policy: AttributionPolicy, student: Hashable
) -> Verdict | None:
    """Why the person cannot be credited, whatever the course; None if he can."""
    if promoter is None or not promoter.active:
        return Verdict.PROMOTER_INACTIVE
    if promoter.account is not None and promoter.account == student and not policy.self_purchase:
        return Verdict.SELF_PURCHASE
    return None


def bind_on_identify(
    *,
    touches: Sequence[Touch],
    at: datetime,
    policy: AttributionPolicy,
    student: Hashable,
    promoters: Mapping[str, PromoterFact],
) -> Binding | None:
    """Return the binding that an `identify` at `at` makes, or None (`domain.md §2`).

    The caller has checked that the student has no active binding; `touches` are all of the
    student's, those of the newly tied visitor included. Scope and promotability do not apply.
    """
    if policy.binding_days <= 0:
        return None
    decision = _decide(touches, at, policy, student, promoters, None, True, None)
    if decision.winner is None:
        return None
    return Binding(decision.winner, at, at + timedelta(days=policy.binding_days))


def bind_on_touch(
    *,
    current: Binding | None,
    touch: Touch,
    policy: AttributionPolicy,
    student: Hashable,
    promoters: Mapping[str, PromoterFact],
) -> Binding | None:
    """Return the binding that replaces `current` because of `touch`, or None (`domain.md §2`).

    `current` is the binding active at the touch; without one a touch binds nobody. The caller
    has checked that the visitor was the student's already, and passes no typed code.
    """
    if current is None or policy.binding_days <= 0 or touch.promoter == current.promoter:
        return None
    if not current.starts_at <= touch.at < current.ends_at:
        return None
    if touch.at - current.starts_at < timedelta(days=policy.protection_days):
        return None
    if _unfit(promoters.get(touch.promoter), policy, student) is not None:
        return None
    return Binding(touch.promoter, touch.at, touch.at + timedelta(days=policy.binding_days))
