"""An account that its channel shut for good: declared by persons, and what it left settled by them.

Lock order: the account alone; or the order, its left cashier, and what booking locks.
"""

from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kefen.commissions import actions as commissions
from kefen.core.errors import InvalidInput, SecondPersonNeeded
from kefen.core.states import OrderState
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.contracts import LeftRecord
from kefen.payouts.queries import arrangements
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import actions as merchants
from kefen.ports.payments import ChannelEvent, EventKind


class Came(StrEnum):
    """What persons say of a cashier at a shut account."""

    CAME = "came"
    NEVER = "never"


@needs(Deed.RECONCILIATION)
@transaction.atomic
def declare_shut(channel: str, *, reason: str, actor: Actor) -> bool:
    """Declare that the channel shut the school's account for good; answers whether it is by this
    call. Whoever may enter accounts says so first; from the amount on that two persons approve, a
    second one says the same, and what counts is what may still be paid at its cashiers.

    New payments may go to another account at once. What was begun stays with the shut one, which is
    asked with its keys as long as it answers. Raises NotFound, InvalidInput (no reason),
    IllegalTransition (it is shut already), NotAllowed, SecondPersonNeeded, Conflict.
    """
    shut = merchants.declare(
        channel,
        reason=reason,
        actor=actor,
        at_stake=partial(queries.may_be_paid_at, channel),
        two_persons_from=arrangements.policy().two_persons_from,
    )
    if shut is None or shut.shut_at is None:
        return False
    orders.leave_cashiers(channel, shut.id, shut.shut_at)
    return True


@needs(Deed.RECONCILIATION)
@transaction.atomic
def settle_left(
    left: UUID, decision: Came, *, note: str, actor: Actor, channel_number: str = ""
) -> bool:
    """Say what became of a cashier at a shut account; answers whether it is settled by this call.

    `CAME` books the order's payment there. Where the order does not owe it any more, the channel's
    own number of the payment is needed, and it is a stray payment that goes back. `NEVER` books
    nothing; should the channel tell of a payment after all, that is booked then. From the amount on
    that two persons approve, the first decision waits for the same one of another person, of the
    same payment.

    Raises NotFound, IllegalTransition (it has ended), InvalidInput (no note, no number),
    NotAllowed, SecondPersonNeeded.
    """
    text = note.strip()[:500]
    if not text:
        raise InvalidInput(field="note", reason="whoever looks later must see why")
    one = orders.lock_left(left)
    number = channel_number.strip()[:64]
    if decision is Came.CAME and one.order_state is not OrderState.PLACED and not number:
        reason = _("the order does not owe it, so it goes back: by this number")
        raise InvalidInput(field="channel_number", reason=reason)
    if decision is Came.NEVER or one.order_state is OrderState.PLACED:
        # Of the order's own payment the channel tells the number, should it ever: what a person
        # typed wrongly would make that one look like a second payment.
        number = ""
    if _waits_for_second(one, decision, text, number, actor):
        return False
    if decision is Came.NEVER:
        orders.note_left_never(left)
    else:
        _book(one, number, actor)
    audit.record(actor, "left.settled", f"order:{one.order}", **_said(one, decision, text))
    return True


def _book(one: LeftRecord, number: str, actor: Actor) -> None:
    event = ChannelEvent(
        event="",
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=one.order,
        order=one.order,
        amount=one.amount,
        currency=one.currency,
        at=clock.now(),
        channel_number=number,
    )
    if one.order_state is OrderState.PLACED:
        commissions.take_payment(one.channel, event, account=one.account)
    else:
        cause = "order_not_open" if one.order_state is OrderState.CANCELLED else "paid_twice"
        commissions.receive_stray(one.channel, event, cause, account=one.account, actor=actor)


def _waits_for_second(
    one: LeftRecord, decision: Came, note: str, number: str, actor: Actor
) -> bool:
    """Note the decision; answers whether another person has to decide the same."""
    threshold = arrangements.policy().two_persons_from
    # What began with two persons ends with two, whatever was decided since.
    if not one.decision and (threshold is None or one.amount < threshold):
        orders.note_left_decision(
            *(one.id, decision.value, note, actor.user), second=False, done=True, number=number
        )
        return False
    person = rights.require_person(Deed.RECONCILIATION, actor)
    if (one.decision, one.named_number) == (decision.value, number):
        if one.first_person == person:
            raise SecondPersonNeeded(amount=one.amount, minimum=threshold or one.amount)
        orders.note_left_decision(
            *(one.id, decision.value, one.note, person), second=True, done=True, number=number
        )
        return False
    # The first word, or another decision or payment, which is a first one again.
    orders.note_left_decision(
        *(one.id, decision.value, note, person), second=False, done=False, number=number
    )
    audit.record(actor, "left.first_settled", f"order:{one.order}", **_said(one, decision, note))
    return True


def _said(one: LeftRecord, decision: Came, note: str) -> dict[str, str | int]:
    said: dict[str, str | int] = {"channel": one.channel, "decision": decision.value}
    return said | {"amount": one.amount, "reason": note}
