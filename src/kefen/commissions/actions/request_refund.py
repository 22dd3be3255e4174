"""A refund on its way: asked for here, sent to the channel by a job, booked when the channel says
that the money went back."""

from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from kefen.commissions.actions.hand_back import hand_back
from kefen.commissions.actions.refund import refund as book_refund
from kefen.commissions.contracts import RefundOrder
from kefen.core.errors import (
    AmountMismatch,
    InvalidInput,
    InvariantBroken,
    NotFound,
)
from kefen.core.ids import public_id, uuid7
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.contracts import RefundRecord, RefundState
from kefen.platform import jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind, GiveBack, PaymentChannel


@needs(Deed.REFUND)
@transaction.atomic
def request_refund(
    order: str, amount: int, reason: str, actor: Actor, *, number: str | None = None
) -> str:
    """Ask for a refund of a paid order; answers its number.

    A form names the `number` it was shown with, so that pressing twice asks once. Raises
    UnknownOrder, OrderNotPaid, RefundExceedsPaid, NumberConflict.
    """
    chosen = number or public_id("rfd", uuid7())
    orders.request_refund(number=chosen, order=order, amount=amount, reason=reason, actor=actor)
    jobs.enqueue("refunds.send", once=True, refund=chosen)
    return chosen


def send_refund(number: str) -> None:
    """Hand a requested refund to the channel, unless the channel has it: an answer that got lost
    is asked for, never sent again. Call it outside of any transaction.

    Only one at a time sends it: of two, the channel could refuse one and do the other. Raises
    ChannelUnavailable, OutcomeUnknown: the job comes back.
    """
    with jobs.alone(uuid5(_known(number).order_id, number)) as mine:
        if mine:
            _send(number)


def _send(number: str) -> None:
    wanted = _known(number)
    if wanted.state is not RefundState.REQUESTED:
        return
    if wanted.channel is None:
        raise InvariantBroken(invariant="a refund's order is paid")
    channel = registry.payments(wanted.channel)
    with transaction.atomic():
        # Open under this account; the channel is asked as this one, whatever is entered meanwhile.
        merchants.hold(wanted.channel)
        wanted = _known(number)
        account = merchants.held_account(channel.name, wanted.account)
    if wanted.state is RefundState.REQUESTED:
        with merchants.speaking_as(account):
            _hand_on(wanted, channel)


def _known(number: str) -> RefundRecord:
    found = queries.refund_by_number(number)
    if found is None:
        raise NotFound(what=f"refund {number}")
    return found


def _hand_on(wanted: RefundRecord, channel: PaymentChannel) -> None:
    request = GiveBack(
        institution=current().slug,
        order=wanted.order,
        refund=wanted.number,
        amount=wanted.amount,
        currency=wanted.currency,
        reason=wanted.reason,
        notify_url=notify_url(channel.name),
        total=wanted.paid,
        channel_number=wanted.channel_number,
    )
    hand_back(
        channel,
        request,
        heard=take_refund_result,
        refused=lambda reason: _fail(wanted.order, wanted.number, reason),
    )


def take_refund(channel: str, event: ChannelEvent) -> bool:
    """Book a refund that a channel did, whoever asked for it there; answers whether this call did.

    Raises UnknownOrder, OrderNotPaid, RefundExceedsPaid, NumberConflict, AmountMismatch (another
    currency), InvalidInput (the order was paid through another channel).
    """
    order = queries.by_number(event.order)
    if order.channel is not None and order.channel != channel:
        reason = _("the order was paid through another channel")
        raise InvalidInput(field="decision", reason=reason)
    if event.currency != order.currency:
        raise AmountMismatch(order=event.order, expected=order.currency, got=event.currency)
    return book_refund(
        RefundOrder(number=event.subject, order=event.order, at=event.at, amount=event.amount)
    )


def take_refund_result(event: ChannelEvent) -> None:
    """Book what the channel says of a refund, once, however often it says so. A stuck one stays
    under way, and is asked for by the clock until it has a result."""
    if event.kind is EventKind.REFUND_SUCCEEDED:
        book_refund(
            RefundOrder(number=event.subject, order=event.order, at=event.at, amount=event.amount)
        )
    elif event.kind is EventKind.REFUND_STUCK:
        _note_stuck(event.order, event.subject, event.reason)
    else:
        _fail(event.order, event.subject, event.reason)


def chase_refunds() -> None:
    """Ask again about every refund that has no result yet; by the clock."""
    for number in queries.requested_refunds():
        jobs.enqueue("refunds.send", once=True, refund=number)


@transaction.atomic
def _fail(order: str, number: str, reason: str) -> None:
    if orders.fail_refund(number, reason=reason):
        audit.record(SYSTEM, "refund.failed", f"order:{order}", refund=number, reason=reason)


@transaction.atomic
def _note_stuck(order: str, number: str, reason: str) -> None:
    if orders.note_stuck_refund(number):
        audit.record(SYSTEM, "refund.stuck", f"order:{order}", refund=number, reason=reason)
