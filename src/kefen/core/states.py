"""The states of things and the moves between them, as tables (`domain.md §3.5, §5`).

A reason is a column beside a state, never another state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from kefen.core.errors import IllegalTransition


class PromoterStatus(StrEnum):
    """Where a promoter stands; only `ACTIVE` brings orders."""

    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    REJECTED = "rejected"


class OrderState(StrEnum):
    """An order is open while `PLACED`; refunds are amounts of a paid one, not a state."""

    PLACED = "placed"
    PAID = "paid"
    CANCELLED = "cancelled"


class CommissionState(StrEnum):
    """`HELD` is a risk hold and never matures; `REJECTED` is reversed with its reason."""

    PENDING = "pending"
    AVAILABLE = "available"
    HELD = "held"
    REJECTED = "rejected"


class WithdrawalState(StrEnum):
    """The way of a payout; an unclear answer of the channel stays `SENT`."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class SplitState(StrEnum):
    """The way of a divisible payment; shares that fail are withdrawals that come back. `FAILED`:
    the rest was not released on our word: it waits for a person, or the channel's deadline."""

    WAITING = "waiting"
    PLANNED = "planned"
    SENT = "sent"
    RELEASING = "releasing"
    DONE = "done"
    FAILED = "failed"


class InstitutionState(StrEnum):
    """`PAUSED`: no new order is placed and nobody new promotes; what is paid goes on."""

    OPEN = "open"
    PAUSED = "paused"


class PayoutWay(StrEnum):
    """How a withdrawal's money leaves: sent to the promoter, or out of the order's payment."""

    TRANSFER = "transfer"
    SPLIT = "split"


_NOWHERE: Final[frozenset[Any]] = frozenset()

PROMOTER_TRANSITIONS: Final[Mapping[PromoterStatus, frozenset[PromoterStatus]]] = {
    PromoterStatus.APPLIED: frozenset({PromoterStatus.ACTIVE, PromoterStatus.REJECTED}),
    PromoterStatus.ACTIVE: frozenset({PromoterStatus.SUSPENDED, PromoterStatus.LEFT}),
    PromoterStatus.SUSPENDED: frozenset({PromoterStatus.ACTIVE, PromoterStatus.LEFT}),
    PromoterStatus.LEFT: frozenset({PromoterStatus.APPLIED}),
    PromoterStatus.REJECTED: frozenset({PromoterStatus.APPLIED}),
}
"""Who left or was rejected may apply again."""

ORDER_TRANSITIONS: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.PLACED: frozenset({OrderState.PAID, OrderState.CANCELLED}),
    OrderState.PAID: _NOWHERE,
    OrderState.CANCELLED: _NOWHERE,
}
"""Only an unpaid order is cancelled; a paid one is refunded."""

COMMISSION_TRANSITIONS: Final[Mapping[CommissionState, frozenset[CommissionState]]] = {
    CommissionState.PENDING: frozenset(
        {CommissionState.AVAILABLE, CommissionState.HELD, CommissionState.REJECTED}
    ),
    CommissionState.HELD: frozenset({CommissionState.PENDING, CommissionState.REJECTED}),
    CommissionState.AVAILABLE: frozenset({CommissionState.REJECTED}),
    CommissionState.REJECTED: _NOWHERE,
}
"""A released hold is pending again and matures when due; a rejection may come late."""

WITHDRAWAL_TRANSITIONS: Final[Mapping[WithdrawalState, frozenset[WithdrawalState]]] = {
    WithdrawalState.REQUESTED: frozenset(
        {WithdrawalState.APPROVED, WithdrawalState.REJECTED, WithdrawalState.CANCELLED}
    ),
    WithdrawalState.APPROVED: frozenset({WithdrawalState.SENT, WithdrawalState.CANCELLED}),
    WithdrawalState.SENT: frozenset(
        {
            WithdrawalState.AWAITING_CONFIRMATION,
            WithdrawalState.SUCCEEDED,
            WithdrawalState.FAILED,
            WithdrawalState.EXPIRED,
            WithdrawalState.CANCELLED,
        }
    ),
    WithdrawalState.AWAITING_CONFIRMATION: frozenset(
        {
            WithdrawalState.SUCCEEDED,
            WithdrawalState.FAILED,
            WithdrawalState.EXPIRED,
            WithdrawalState.CANCELLED,
        }
    ),
    WithdrawalState.SUCCEEDED: _NOWHERE,
    WithdrawalState.FAILED: _NOWHERE,
    WithdrawalState.EXPIRED: _NOWHERE,
    WithdrawalState.CANCELLED: _NOWHERE,
    WithdrawalState.REJECTED: _NOWHERE,
}
"""Nothing follows a result: a later one for the same number is refused."""

SPLIT_TRANSITIONS: Final[Mapping[SplitState, frozenset[SplitState]]] = {
    SplitState.WAITING: frozenset({SplitState.PLANNED, SplitState.RELEASING}),
    SplitState.PLANNED: frozenset({SplitState.SENT, SplitState.RELEASING}),
    SplitState.SENT: frozenset({SplitState.RELEASING, SplitState.FAILED}),
    SplitState.RELEASING: frozenset({SplitState.DONE, SplitState.FAILED}),
    SplitState.DONE: _NOWHERE,
    SplitState.FAILED: frozenset({SplitState.RELEASING}),
}
"""What was sent has results, and only then is the rest released; a result that does not fit is for
a person to settle, and then the rest is released."""

INSTITUTION_TRANSITIONS: Final[Mapping[InstitutionState, frozenset[InstitutionState]]] = {
    InstitutionState.OPEN: frozenset({InstitutionState.PAUSED}),
    InstitutionState.PAUSED: frozenset({InstitutionState.OPEN}),
}
"""The platform pauses a school and opens it again."""

TRANSITIONS: Final[Mapping[type[StrEnum], Mapping[Any, frozenset[Any]]]] = {
    PromoterStatus: PROMOTER_TRANSITIONS,
    OrderState: ORDER_TRANSITIONS,
    CommissionState: COMMISSION_TRANSITIONS,
    WithdrawalState: WITHDRAWAL_TRANSITIONS,
    SplitState: SPLIT_TRANSITIONS,
    InstitutionState: INSTITUTION_TRANSITIONS,
}
"""Every machine by its enum."""

INITIAL: Final[Mapping[type[StrEnum], StrEnum]] = {
    PromoterStatus: PromoterStatus.APPLIED,
    OrderState: OrderState.PLACED,
    CommissionState: CommissionState.PENDING,
    WithdrawalState: WithdrawalState.REQUESTED,
    SplitState: SplitState.WAITING,
    InstitutionState: InstitutionState.OPEN,
}
"""Where every machine begins."""

_State = TypeVar("_State", bound=StrEnum)


def may_move(current: _State, to: _State) -> bool:
    """Whether the table of the machine has the move from `current` to `to`."""
    return to in TRANSITIONS[type(current)][current]


def move(current: _State, to: _State) -> _State:
    """Return `to` if it may follow `current`. Raises IllegalTransition if not."""
    if not may_move(current, to):
        raise IllegalTransition(machine=type(current).__name__, current=current.value, to=to.value)
    return to
