"""Working on stored notifications: each gets an outcome, once, whatever happens on the way.

One transaction holds the notification's lock, what it means in the rooms, and its outcome; a crash
leaves it as it was. Lock order: the notification, its account, then as the rooms say.

What waits, waits for an order: a refund that came before its payment, anything that came before
the order was committed. The payment's own processing wakes it, and so does a job by the clock.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.core.errors import (
    AmountMismatch,
    DomainError,
    NotFound,
    NumberConflict,
    OrderNotPaid,
    UnknownOrder,
    UnknownWithdrawal,
)
from kefen.faces.api.webhooks_in.channels import by_account, translate
from kefen.orders import queries as orders
from kefen.orders.contracts import RefundState
from kefen.payouts import actions as payouts
from kefen.payouts.queries import by_number as withdrawal_by_number
from kefen.platform import clock
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.contracts import DONE, Outcome, State, Stored
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import shut_at_of, shut_since
from kefen.platform.tenancy.queries import current
from kefen.ports.payments import ChannelEvent, EventKind

# How long something may come too early before a person looks at it.
PATIENCE: dict[type[DomainError], timedelta] = {
    UnknownOrder: timedelta(minutes=10),
    UnknownWithdrawal: timedelta(minutes=10),
    OrderNotPaid: timedelta(days=3),
}
_CHANNEL = Actor(ActorKind.CHANNEL)
_REFUNDS = (EventKind.REFUND_SUCCEEDED, EventKind.REFUND_FAILED, EventKind.REFUND_STUCK)

logger = structlog.get_logger(__name__)


@transaction.atomic
def work(notification: UUID) -> Outcome | None:
    """Give one notification its outcome; None if it has one (somebody else was faster)."""
    row = inbox.lock(notification)
    if row is None:
        return None
    outcome = _outcome(row)
    inbox.conclude(row.id, outcome)
    if outcome.state is State.DONE and row.kind == EventKind.PAYMENT_SUCCEEDED:
        inbox.wake_order(row.order, besides=row.id)
    if outcome.state is State.PARKED:
        logger.warning(
            "notification_parked", notification=str(row.id), kind=row.kind, reason=outcome.reason
        )
    return outcome


def _outcome(row: Stored) -> Outcome:
    try:
        with by_account(_account_of(row)):
            event = translate(row.channel, current().slug, row.body)
        # A refusal takes back what it began, the outcome is kept.
        with transaction.atomic():
            # Nobody declares the account shut between this and what is booked.
            merchants.hold(row.channel)
            account = _account_of(row)
            if account is not None:
                _check_account(event, account)
            _apply(row.channel, event, account)
    except tuple(PATIENCE) as early:
        patience = next(time for kind, time in PATIENCE.items() if isinstance(early, kind))
        waits = clock.now() - row.received_at < patience
        return Outcome(State.WAITING if waits else State.PARKED, early.code)
    except DomainError as refusal:
        return Outcome(State.PARKED, refusal.code)
    return DONE


def _account_of(row: Stored) -> UUID | None:
    """What came before its account was shut is of that one."""
    return row.account or shut_since(row.channel, row.received_at)


def _check_account(event: ChannelEvent, account: UUID) -> None:
    """The keys of a shut account speak of what began there, and of nothing that began later: who
    has them has no say about the account in place. Raises NumberConflict."""
    begun_at: datetime | None = None
    if event.kind is EventKind.PAYMENT_SUCCEEDED:
        begun_at = orders.by_number(event.order).placed_at
    elif event.kind in _REFUNDS:
        stray = orders.stray_by_number(event.subject)
        if stray is not None:
            begun_at = None if stray.account == account else stray.received_at
        else:
            order = orders.by_number(event.order)
            begun_at = None if orders.owner_of(order.id) == account else order.paid_at
    elif event.kind is not EventKind.OTHER:
        begun_at = withdrawal_by_number(event.subject).sent_at
    if begun_at is not None and begun_at > shut_at_of(account):
        raise NumberConflict(number=event.subject)


def _apply(channel: str, event: ChannelEvent, account: UUID | None) -> None:
    """Let an event take effect, once however often it comes. Raises DomainError."""
    match event.kind:
        case EventKind.PAYMENT_SUCCEEDED:
            commissions.take_payment(channel, event, account=account)
        case kind if kind in _REFUNDS:
            if orders.stray_by_number(event.subject) is not None:
                commissions.take_stray_result(channel, event)
                return
            _check_refund(channel, event)
            commissions.take_refund_result(event)
        case (
            EventKind.PAYOUT_WAITING
            | EventKind.PAYOUT_SUCCEEDED
            | EventKind.PAYOUT_FAILED
            | EventKind.PAYOUT_EXPIRED
            | EventKind.PAYOUT_CANCELLED
        ):
            _check_currency(event, current().currency)
            payouts.take_result(event, actor=_CHANNEL)
        case EventKind.OTHER:
            pass  # kept as it came, nothing to do


def _check_currency(event: ChannelEvent, expected: str) -> None:
    if event.currency != expected:
        raise AmountMismatch(order=event.subject, expected=expected, got=event.currency)


def _check_refund(channel: str, event: ChannelEvent) -> None:
    """What the rooms do not know about a channel's refund: whose money it was, and that what we
    asked for is what happened."""
    order = orders.by_number(event.order)
    _check_currency(event, order.currency)
    if order.channel is not None and order.channel != channel:
        raise NumberConflict(number=event.order)
    known = orders.refund_by_number(event.subject)
    if known is None:
        if event.kind is not EventKind.REFUND_SUCCEEDED:
            raise NotFound(what=f"refund {event.subject}")
        return
    if known.order_id != order.id:
        raise NumberConflict(number=event.subject)
    if known.amount != event.amount:
        raise AmountMismatch(order=event.subject, expected=known.amount, got=event.amount)
    if event.kind is EventKind.REFUND_FAILED and known.state is RefundState.BOOKED:
        raise NumberConflict(number=event.subject)
