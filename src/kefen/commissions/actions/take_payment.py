"""A payment as its channel tells it: by notification, or asked by the clock should that get lost.
Both ways end in one place and book once."""

from uuid import UUID

import structlog
from django.db import transaction

from kefen.commissions.actions.book import book_one
from kefen.commissions.actions.return_stray import receive_stray
from kefen.commissions.contracts import Payment
from kefen.core.errors import (
    AmountMismatch,
    DomainError,
    NumberConflict,
    OrderNotOpen,
    PaidTwice,
)
from kefen.core.states import OrderState
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import entered_again, shut_since
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent

_CHANNEL = Actor(ActorKind.CHANNEL)
logger = structlog.get_logger(__name__)


def take_payment(channel: str, event: ChannelEvent, *, account: UUID | None = None) -> bool:
    """Take what the channel says was paid, once however often it says so: book it, or let it go
    back where the order does not owe it; answers whether this call booked it. `account` is the shut
    account that says so, None for the one in place.

    Raises UnknownOrder, AmountMismatch, and where the channel did not say which payment it was, so
    that nobody can ask for it back, OrderNotOpen and PaidTwice.
    """
    try:
        return book_payment(channel, event, account=account)
    except (OrderNotOpen, PaidTwice) as not_owed:
        if not event.channel_number or not event.amount:
            raise
        receive_stray(channel, event, not_owed.code, account=account)
        return False


def book_payment(channel: str, event: ChannelEvent, *, account: UUID | None = None) -> bool:
    """Book what the channel says was paid, once however often it says so; answers whether this
    call did it.

    Another payment of an order that is paid, at this channel or at another one, is no repeat: it
    was never booked and has to go back. Once one is booked, a job closes whatever else the order
    could be paid by. Raises UnknownOrder, OrderNotOpen, PaidTwice, AmountMismatch.
    """
    order = queries.by_number(event.order)
    if event.currency != order.currency:
        raise AmountMismatch(order=event.subject, expected=order.currency, got=event.currency)
    payment = Payment(order=event.order, channel=channel, at=event.at, amount=event.amount)
    with transaction.atomic():
        # The order first, as everywhere: its cashiers are locked after it.
        if account is not None:
            orders.lock_orders([event.order])
        open_here = account is not None and orders.still_open_here(order.id, channel)
        try:
            booked = book_one(payment)
        except NumberConflict as elsewhere:
            raise _paid_twice(channel, event) from elsewhere
        if booked.is_new and account is not None:
            orders.note_left_came(order.id, channel, account, owns=True)
            if open_here:
                orders.reopen_visit(order.id, channel)
        if not booked.is_new and account is None:
            owner = queries.owner_of(order.id)
            account = owner if owner is not None and entered_again(owner) else None
        # The order is locked by now: two payments of one moment are told apart here.
        kept = orders.keep_channel_number(order.id, channel, event.channel_number, account)
        if not booked.is_new and kept != event.channel_number and event.channel_number:
            raise _paid_twice(channel, event)
        if account is not None and not booked.is_new and event.channel_number:
            orders.note_left_known(order.id, channel, account)
        if booked.is_new:
            jobs.enqueue("payments.close_rest", once=True, order=order.number)
    return booked.is_new


def _paid_twice(channel: str, event: ChannelEvent) -> PaidTwice:
    return PaidTwice(order=event.order, channel=channel, number=event.channel_number)


def ask_about_payment(number: str, channel: str) -> bool:
    """Ask a channel whether an order was paid, and book it if so; answers whether this call did.

    Call it outside of any transaction. Raises ChannelUnavailable and OutcomeUnknown (it is asked
    again), and what `take_payment` raises: money that cannot be booked is for a person to look at,
    so that it stands in the audit log and among the failed jobs, and is not asked about again.
    """
    order = queries.by_number(number)
    paid_here = order.state == OrderState.PAID and order.channel == channel
    if paid_here and queries.owner_of(order.id) is None:
        orders.close_visit(order.id, channel)
        return False
    with transaction.atomic():
        held = merchants.held_account(channel)
        asked_at = orders.note_asked(order.id, channel)
        account = shut_since(channel, asked_at)
    with merchants.speaking_as(held):
        event = registry.payments(channel).query_payment(current().slug, number)
    if event is None:
        orders.note_unpaid(order.id, channel, asked_at)
        return False
    try:
        with transaction.atomic():
            # Whatever was shut and entered meanwhile: that one was asked.
            merchants.hold(channel)
            account = account or shut_since(channel, asked_at)
            booked = take_payment(channel, event, account=account)
            if account is None:
                orders.close_visit(order.id, channel)
    except DomainError as refusal:
        logger.warning("payment_not_booked", order=number, channel=channel, reason=refusal.code)
        with transaction.atomic():
            if account is None:
                orders.close_visit(order.id, channel)
            audit.record(_CHANNEL, "payment.not_booked", f"order:{number}", reason=refusal.code)
        raise
    return booked


def chase_payments() -> None:
    """Ask about every open order that was sent to a cashier and is due for it; by the clock."""
    for number, channel in queries.due_cashier_visits(clock.now()):
        jobs.enqueue("payments.ask", once=True, order=number, channel=channel)
