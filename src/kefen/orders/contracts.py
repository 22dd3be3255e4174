"""What other rooms hand to orders and get from them. Amounts in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.core.states import OrderState
from kefen.orders.models import AskState, LeftState, RefundState, StrayState

__all__ = [
    "AskState",
    "LeftRecord",
    "LeftState",
    "LineRequest",
    "LockedOrder",
    "OrderLine",
    "PlaceOrder",
    "PlacedOrder",
    "RefundRecord",
    "RefundState",
    "StrayRecord",
    "StrayState",
]


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line of an order to be placed; `paid` is what will be paid for the whole line."""

    number: int
    course: str
    quantity: int
    paid: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """An order to be placed. `student` is an account's code, made if it is new; `code` is the
    promoter's code typed at checkout, ignored if nobody has it.

    `visitors` are browsers whose touches count for this order although they are not tied to the
    student: a phone number typed at checkout proves nobody, and a tie is never undone. `signed_in`
    is the account of whoever orders: typing another phone number makes nobody another buyer.
    `code_once`: whoever typed the code did not prove that he is the student, so it counts for this
    order alone and not, as otherwise, for later ones.
    """

    number: str
    student: str
    at: datetime
    lines: Sequence[LineRequest]
    code: str | None = None
    visitors: Sequence[UUID] = ()
    signed_in: UUID | None = None
    code_once: bool = False


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """The answer: the order, and whether this call made it (or a delivery before)."""

    id: UUID
    number: str
    total: int
    is_new: bool
    code_ignored: bool = False


@dataclass(slots=True)
class OrderLine:
    """A line with its attribution snapshot, as paying and refunding need it."""

    id: UUID
    number: int
    quantity: int
    list_price: int
    paid: int
    refunded: int
    winner_id: UUID | None
    winner: str | None
    inviter_id: UUID | None
    inviter: str | None
    version_id: UUID | None
    rule_id: UUID | None
    cap_bps: int
    hold_days: int
    points_per_order: int
    points_per_yuan: int


@dataclass(slots=True)
class LockedOrder:
    """An order locked for paying or refunding, with its lines by line number."""

    id: UUID
    number: str
    state: OrderState
    total: int
    channel: str | None
    placed_at: datetime
    paid_at: datetime | None
    lines: list[OrderLine]


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """A refund as it stands, with its order's number, what was paid for that, and by which
    channel under which number of the channel's own; `account` is the shut account that has it, None
    for the one in place."""

    number: str
    order_id: UUID
    order: str
    channel: str | None
    channel_number: str
    paid: int
    amount: int
    currency: str
    state: RefundState
    reason: str
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class PaidThrough:
    """How a paid order was paid: `channel_number` is the channel's own number of the payment
    (empty where it was never told), `split` whether the channel kept the money divisible."""

    order_id: UUID
    order: str
    channel: str
    channel_number: str
    amount: int
    currency: str
    paid_at: datetime
    split: bool


@dataclass(frozen=True, slots=True)
class ChannelMovement:
    """A payment or refund at a channel; not `settled` while its result is not known."""

    number: str
    channel_number: str
    amount: int
    currency: str
    at: datetime
    settled: bool = True


@dataclass(frozen=True, slots=True)
class StrayRecord:
    """A stray payment as it stands; `number` is the one of its refund. `needs_a_person`: the
    channel refused, or waits for somebody at its console."""

    number: str
    order_id: UUID
    order: str
    channel: str
    channel_number: str
    amount: int
    currency: str
    cause: str
    state: StrayState
    reason: str
    paid_at: datetime
    received_at: datetime
    attempts: int
    stuck_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime | None
    account: UUID | None = None

    @property
    def needs_a_person(self) -> bool:
        """Does it stand still until somebody does something?"""
        if self.state is StrayState.ASKED:
            return self.stuck_at is not None
        return self.state is StrayState.FAILED and self.settled_at is None


@dataclass(frozen=True, slots=True)
class LeftRecord:
    """A cashier at a shut account as it stands, with what its order would pay there."""

    id: UUID
    order_id: UUID
    order: str
    order_state: OrderState
    channel: str
    account: UUID
    amount: int
    currency: str
    state: LeftState
    owns: bool
    opened_at: datetime
    asked_at: datetime | None
    ended_at: datetime | None
    decision: str
    note: str
    named_number: str
    first_person: UUID | None
    settled_at: datetime | None
