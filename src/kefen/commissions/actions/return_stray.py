"""A payment that its order does not owe goes back by itself, whole, at the channel that took it.

It is kept and booked before the channel is asked, under a number that is made from the channel's
own: whoever asks, and however often, asks for the same refund. The order's own payment, its
refunds and its rebates are none of this.
"""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from kefen.commissions.actions.hand_back import hand_back
from kefen.core import postings
from kefen.core.errors import (
    AmountMismatch,
    IllegalTransition,
    InvalidInput,
    NotFound,
    NumberConflict,
)
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.contracts import StrayRecord, StrayState
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind, GiveBack

_CHANNEL = Actor(ActorKind.CHANNEL)


@transaction.atomic
def receive_stray(
    channel: str,
    event: ChannelEvent,
    cause: str,
    *,
    account: UUID | None = None,
    actor: Actor = _CHANNEL,
) -> StrayRecord:
    """Keep a payment that its order does not owe, book it, and let it go back; once, however often
    it is told. Raises UnknownOrder, InvalidInput (the order may owe it), NumberConflict."""
    stray, is_new = orders.keep_stray(channel, event, cause, account)
    if account is not None:
        orders.note_left_came(stray.order_id, channel, account, owns=False)
    if is_new:
        _post(stray, "received", postings.stray_received(channel, stray.amount), event)
        _record(actor, "received", stray, reason=cause)
        jobs.enqueue("strays.return", once=True, stray=stray.number)
    return stray


def return_stray(number: str) -> None:
    """Ask the channel to give a stray payment back, unless it has been asked: an answer that got
    lost is asked for, never sent again. Call it outside of any transaction.

    Only one at a time asks: of two, the channel could refuse one and do the other. Raises NotFound,
    ChannelUnavailable and OutcomeUnknown: it is asked again by the clock.
    """
    stray = queries.stray_by_number(number)
    if stray is None:
        raise NotFound(what=f"stray payment {number}")
    with jobs.alone(uuid5(stray.order_id, number)) as mine:
        if mine:
            _ask(stray)


def _present(stray: StrayRecord) -> StrayRecord:
    return queries.stray_by_number(stray.number) or stray


def _ask(stray: StrayRecord) -> None:
    number, channel = stray.number, registry.payments(stray.channel)
    with transaction.atomic():
        # Open under this account; the channel is asked as this one, whatever is entered meanwhile.
        merchants.hold(stray.channel)
        account = merchants.held_account(stray.channel, _present(stray).account)
        if not orders.note_stray_asked(number):
            return
        if not stray.attempts:
            _record(SYSTEM, "asked", stray)
    request = GiveBack(
        institution=current().slug,
        order=stray.order,
        refund=number,
        amount=stray.amount,
        currency=stray.currency,
        reason="paid without being due",
        notify_url=notify_url(stray.channel),
        total=stray.amount,
        channel_number=stray.channel_number,
    )
    with merchants.speaking_as(account):
        hand_back(
            channel,
            request,
            heard=lambda event: take_stray_result(stray.channel, event),
            refused=lambda reason: _refused(number, reason),
        )


@transaction.atomic
def take_stray_result(channel: str, event: ChannelEvent) -> None:
    """Note and book what the channel says of a stray payment's return, once, however often it says
    so. Raises NotFound, NumberConflict (another channel or order, or it failed after it had
    succeeded), AmountMismatch."""
    stray = orders.lock_stray(event.subject)
    if stray.channel != channel or event.order not in ("", stray.order):
        raise NumberConflict(number=event.subject)
    if event.currency != stray.currency:
        raise AmountMismatch(order=event.subject, expected=stray.currency, got=event.currency)
    if event.amount != stray.amount:
        raise AmountMismatch(order=event.subject, expected=stray.amount, got=event.amount)
    if event.kind is EventKind.REFUND_SUCCEEDED:
        if orders.note_stray_returned(stray.number, event.at):
            settled = stray.settled_at is not None
            moves = postings.stray_returned(channel, stray.amount, settled=settled)
            _post(stray, "returned", moves, event)
            _record(_CHANNEL, "returned", stray)
    elif stray.state is StrayState.RETURNED:
        raise NumberConflict(number=event.subject)
    elif event.kind is EventKind.REFUND_STUCK:
        if orders.note_stray_stuck(stray.number, event.reason):
            _record(_CHANNEL, "stuck", stray, reason=event.reason)
    else:
        _refused(stray.number, event.reason)


def chase_strays() -> None:
    """Ask again about every stray payment that is due for it; by the clock."""
    for number in queries.due_strays(clock.now()):
        jobs.enqueue("strays.return", once=True, stray=number)


@needs(Deed.REFUND)
@transaction.atomic
def ask_stray_again(number: str, *, actor: Actor) -> None:
    """A person lets the channel be asked once more for what it refused, under the same number.
    Raises NotFound, IllegalTransition (it is not refused)."""
    stray = orders.lock_stray(number)
    if not orders.reopen_stray(number):
        raise IllegalTransition(machine="StrayPayment", current=stray.state, to="asked")
    _record(actor, "asked_again", stray)
    jobs.enqueue("strays.return", once=True, stray=number)


@needs(Deed.REFUND)
@transaction.atomic
def settle_stray(number: str, *, note: str, actor: Actor) -> None:
    """A person gave back otherwise what the channel refused, and says how. Raises NotFound,
    InvalidInput (no note), IllegalTransition (it is not refused)."""
    text = note.strip()[:200]
    if not text:
        raise InvalidInput(field="note", reason=_("say how, for whoever looks later"))
    stray = orders.lock_stray(number)
    if not orders.settle_stray(number):
        raise IllegalTransition(machine="StrayPayment", current=stray.state, to="settled")
    _post(stray, "settled", postings.stray_settled(stray.amount))
    _record(actor, "settled", stray, reason=text)


@transaction.atomic
def _refused(number: str, reason: str) -> None:
    stray = orders.lock_stray(number)
    if orders.note_stray_failed(number, reason):
        _record(_CHANNEL, "refused", stray, reason=reason)


def _post(
    stray: StrayRecord,
    what: str,
    moves: list[postings.Posting],
    event: ChannelEvent | None = None,
) -> None:
    at = clock.now() if event is None else event.at
    key = postings.stray_key(stray.number, what)
    ledger.post([Transfer(key, "adjustment", at, moves)], current().currency)


def _record(actor: Actor, what: str, stray: StrayRecord, *, reason: str = "") -> None:
    audit.record(
        actor,
        f"stray.{what}",
        f"order:{stray.order}",
        refund=stray.number,
        channel=stray.channel,
        channel_number=stray.channel_number,
        amount=stray.amount,
        reason=reason,
    )
