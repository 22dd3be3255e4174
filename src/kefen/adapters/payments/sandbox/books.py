"""The channel itself: what it does when it is asked, and what it notes. No money moves.

Every number is the caller's and an idempotency key: the same number with the same content is
answered as before, with other content it is refused.
"""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from kefen.adapters.payments.sandbox import faults, notices
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment, Refund, Verdict
from kefen.adapters.payments.sandbox.signature import CHANNEL, real_now
from kefen.core.errors import ChannelRejected, NotFound
from kefen.core.ids import public_id, uuid7
from kefen.platform import clock
from kefen.ports.payments import ChannelEvent, Collect, EventKind, GiveBack


def open_payment(request: Collect) -> Payment:
    """The cashier of an order, opened where it is new. Raises ChannelRejected."""
    try:
        with transaction.atomic():
            row, _ = Payment.objects.get_or_create(
                institution=request.institution,
                order=request.order,
                defaults={
                    "amount": request.amount,
                    "currency": request.currency,
                    "subject": request.subject[:200],
                    "return_url": request.return_url,
                    "notify_url": request.notify_url,
                    "token": secrets.token_urlsafe(24),
                    "opened_at": clock.now(),
                },
            )
    except IntegrityError:  # opened by somebody else at this moment
        row = Payment.objects.get(institution=request.institution, order=request.order)
    if (row.amount, row.currency) != (request.amount, request.currency):
        raise refusal("the order number exists with another amount")
    if row.closed_at is not None:
        # Closed for another channel, to which the student did not stay true.
        Payment.objects.filter(id=row.id).update(closed_at=None)
        row.closed_at = None
    return row


@transaction.atomic
def close_payment(institution: str, order: str) -> None:
    """Let nobody pay an order any more. Raises ChannelRejected if it is paid."""
    found = Payment.objects.select_for_update().filter(institution=institution, order=order)
    row = found.first()
    if row is None or row.closed_at is not None:
        return
    if row.paid_at is not None:
        raise refusal("the order is paid")
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])


def payment_by_token(token: str) -> Payment:
    """The payment behind a cashier's address. Raises NotFound."""
    row = Payment.objects.filter(token=token).first()
    if row is None:
        raise NotFound(what="payment")
    return row


@transaction.atomic
def pay(token: str) -> Payment:
    """The student pays; paying again changes nothing. Raises NotFound."""
    row = Payment.objects.select_for_update().filter(token=token).first()
    if row is None:
        raise NotFound(what="payment")
    if row.paid_at is None and row.closed_at is None:
        row.paid_at, row.event = clock.now(), event_number()
        row.save(update_fields=["paid_at", "event"])
        fault = faults.planned(row.institution, row.order, row.amount)
        event = payment_event(row, row.paid_at, fault)
        notices.announce(row.institution, row.notify_url, event, fault)
    return row


def payment_event(row: Payment, paid_at: datetime, fault: Fault | None = None) -> ChannelEvent:
    """What the channel says about a payment."""
    return ChannelEvent(
        event=row.event,
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=row.order,
        order=row.order,
        amount=row.amount + (1 if fault is Fault.WRONG_AMOUNT else 0),
        currency=row.currency,
        at=paid_at,
        channel_number=number_of(row),
    )


def number_of(row: Payment) -> str:
    """The channel's own number of a payment."""
    return f"sbx-{row.token[:24]}"


@transaction.atomic
def give_back(request: GiveBack) -> Fault | None:
    """Refund part of a payment; answers the fault that is to happen. Raises ChannelRejected."""
    # The payment's lock makes refunds of one payment follow each other.
    payment = (
        Payment.objects.select_for_update()
        .filter(institution=request.institution, order=request.order, paid_at__isnull=False)
        .first()
    )
    if payment is None:
        raise refusal("the order is not paid here")
    if request.channel_number not in ("", number_of(payment)):
        raise refusal("the order has no such payment here")
    fault = faults.planned(request.institution, request.refund, request.amount)
    known = Refund.objects.filter(institution=request.institution, number=request.refund).first()
    if known is not None:
        if (known.payment_id, known.amount) != (payment.id, request.amount):
            raise refusal("the refund number exists with other content")
        return fault
    if request.currency != payment.currency or request.amount < 1:
        raise refusal("the amount or the currency is not the payment's")
    if request.amount > payment.amount - _given_back(payment):
        raise refusal("more is asked than is left of the payment")
    rejected = fault is Fault.REJECTED
    row = Refund.objects.create(
        institution=request.institution,
        number=request.refund,
        payment=payment,
        amount=request.amount,
        verdict=Verdict.FAILED if rejected else Verdict.SUCCEEDED,
        reason="the account is closed" if rejected else "",
        event=event_number(),
        decided_at=clock.now(),
        known_from=real_now() + notices.delay(fault),
    )
    notices.announce(request.institution, request.notify_url, refund_event(row, fault), fault)
    return fault


def _given_back(payment: Payment) -> int:
    given = payment.refunds.filter(verdict=Verdict.SUCCEEDED).aggregate(total=Sum("amount"))
    return int(given["total"] or 0)


def refund_event(row: Refund, fault: Fault | None = None) -> ChannelEvent:
    """What the channel says about a refund."""
    succeeded = row.verdict == Verdict.SUCCEEDED
    return ChannelEvent(
        event=row.event,
        kind=EventKind.REFUND_SUCCEEDED if succeeded else EventKind.REFUND_FAILED,
        subject=row.number,
        order=row.payment.order,
        amount=row.amount + (1 if fault is Fault.WRONG_AMOUNT else 0),
        currency=row.payment.currency,
        at=row.decided_at,
        reason=row.reason,
    )


def event_number() -> str:
    """A number for a notification."""
    return public_id("evt", uuid7())


def refusal(reason: str) -> ChannelRejected:
    """The channel says no, for good."""
    return ChannelRejected(channel=CHANNEL, reason=reason)
