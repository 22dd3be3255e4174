"""Sending the student to the channel's cashier."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from kefen.core.errors import (
    ChannelError,
    ChannelRejected,
    ChannelUnavailable,
    NotFound,
    OrderNotOpen,
)
from kefen.core.ids import uuid7
from kefen.core.states import OrderState
from kefen.orders import queries
from kefen.orders.actions.cancel import cancel
from kefen.orders.actions.cashier_visits import close_visit, shut_visit
from kefen.orders.models import CashierVisit, Line
from kefen.platform import clock
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import splits_at
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.payments import Cashier, Collect, Method


@dataclass(frozen=True, slots=True)
class PayBy:
    """How the student wants to pay: the channel, the way it shows itself, who he is there and
    where he comes from (where the way asks for it)."""

    channel: str
    method: Method = Method.PAGE
    payer: str = ""
    client_address: str = ""


def open_cashier(number: str, by: PayBy, *, return_url: str) -> Cashier:
    """Where the student pays an open order; asked again, the same place.

    Notes that the student was sent there, nothing else: the order is paid when the channel says
    so, and is asked about if it says nothing. Another channel's cashier is closed first, so that
    nobody pays twice. Call it outside of any transaction, because it asks the outside world.
    Raises UnknownOrder, OrderNotOpen, NotFound (no such channel), ChannelError.
    """
    with _alone(queries.by_number(number).id, by.channel):
        order = queries.by_number(number)
        if order.state != OrderState.PLACED:
            raise OrderNotOpen(order=number)
        collecting = registry.payments(by.channel)
        _close(number, order.id, but=by.channel)
        titles = Line.objects.filter(order_id=order.id).order_by("number")
        # Before the channel knows of it: whoever may have paid is asked about, crash or not.
        with transaction.atomic():
            account = merchants.held_account(by.channel)
            if account.begins_nothing:
                raise NotFound(what=f"account at {by.channel}")
            split = splits_at(by.channel)
            visits = CashierVisit.objects.filter(order_id=order.id, channel=by.channel)
            came_before = visits.exists()
            _note_visit(order.id, by.channel, split=split)
        request = Collect(
            institution=current().slug,
            order=number,
            amount=order.total,
            currency=order.currency,
            subject="、".join(titles.values_list("course__title", flat=True)),
            return_url=return_url,
            notify_url=notify_url(by.channel),
            method=by.method,
            payer=by.payer,
            client_address=by.client_address,
            split=split,
            until=_payable_until(clock.now()),
        )
        try:
            with merchants.speaking_as(account):
                return collecting.collect(request)
        except ChannelRejected:
            if not came_before:
                _close_refused(number, order.id, by.channel)
            raise


def close_cashiers(number: str) -> None:
    """Let an order be paid nowhere any more.

    Call it outside of any transaction. Raises UnknownOrder, OrderNotOpen where it was paid already
    (its notice is on the way, or is asked for), ChannelUnavailable, OutcomeUnknown.
    """
    order = queries.by_number(number)
    with _alone(order.id):
        _close(number, order.id)


def shut_and_cancel(number: str) -> None:
    """Cancel an unpaid order that nobody can pay any more. Call it outside of any transaction.
    Raises what `close_cashiers` and `cancel` raise."""
    order = queries.by_number(number)
    with _alone(order.id):
        _close(number, order.id)
        cancel(number)


def close_rest(number: str) -> None:
    """Close whatever a paid order could still be paid by: other ways at its channel, and other
    channels. One that was paid as well stays open to be asked about. Call it outside of any
    transaction. Raises UnknownOrder, and what channels raised after all had their turn."""
    order = queries.by_number(number)
    if order.state != OrderState.PAID:
        return
    failed: ChannelError | None = None
    with _alone(order.id):
        visits = CashierVisit.objects.filter(order_id=order.id)
        for visit in visits.filter(Q(closed_at__isnull=True) | Q(channel=order.channel)):
            try:
                registry.payments(visit.channel).close(current().slug, number)
            except ChannelRejected:
                continue  # it is paid there: by what was booked, or that is found by asking
            except ChannelError as failure:
                failed = failure
            else:
                shut_visit(order.id, visit.channel)
    if failed is not None:
        raise failed


def _close(number: str, order_id: UUID, *, but: str = "") -> None:
    opened = CashierVisit.objects.filter(
        order_id=order_id, closed_at__isnull=True, shut_at__isnull=True
    )
    for visit in opened.exclude(channel=but):
        try:
            registry.payments(visit.channel).close(current().slug, number)
        except ChannelRejected as paid:
            raise OrderNotOpen(order=number) from paid
        shut_visit(order_id, visit.channel)


def _close_refused(number: str, order_id: UUID, channel: str) -> None:
    """Nobody paid where nothing was ever opened; where even the question is refused (the account
    was entered wrongly), no answer would ever come."""
    try:
        registry.payments(channel).query_payment(current().slug, number)
    except ChannelRejected:
        close_visit(order_id, channel)
    except ChannelError:
        return


_TRIES, _PAUSE = 150, timedelta(milliseconds=100)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def _alone(order_id: UUID, channel: str = "") -> Iterator[None]:
    """Only one at a time opens or closes an order's cashiers, so that none is closed before it is
    open. The lock belongs to the connection and no transaction: no row is held while the outside
    world is asked, and it dies with the connection. Raises ChannelUnavailable when it is not had
    within some seconds."""
    key = [int.from_bytes(order_id.bytes[8:], signed=True)]  # the part that is by chance
    with connection.cursor() as cursor:
        for _ in range(_TRIES):
            cursor.execute("SELECT pg_try_advisory_lock(%s::bigint)", key)
            if cursor.fetchone() == (True,):
                break
            sleep(_PAUSE.total_seconds())
        else:
            raise ChannelUnavailable(channel=channel or "cashier")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", key)


def _payable_until(now: datetime) -> datetime:
    """Between half of `PAYABLE_FOR` and the whole of it; the same for a while, because channels
    take a repeated request for another one when anything in it differs."""
    half = queries.PAYABLE_FOR // 2
    return now - (now - _BEGINNING) % half + 2 * half


def _note_visit(order_id: UUID, channel: str, *, split: bool) -> None:
    """The student goes to the cashier; going there again begins the asking anew. What was once
    asked for undivided stays so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_cashiervisit"
            " (institution_id, id, order_id, channel, split, opened_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (institution_id, order_id, channel) DO UPDATE"
            " SET opened_at = excluded.opened_at, asked_at = NULL,"
            "     shut_at = NULL, closed_at = NULL,"
            "     split = orders_cashiervisit.split AND excluded.split",
            [institution_id(), uuid7(), order_id, channel, split, clock.now()],
        )
