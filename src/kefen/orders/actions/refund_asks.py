"""A student asks for his money back, and the school answers.

Asking moves nothing. Agreeing is refunding: `commissions.request_refund` sends the money and gives
the answer in one transaction; declining has a reason that the student reads.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    OrderNotPaid,
    RefundTimeOver,
    UnknownOrder,
)
from kefen.core.refunds import spread
from kefen.core.states import OrderState
from kefen.orders import queries
from kefen.orders.actions.lock import lock_orders
from kefen.orders.contracts import LockedOrder
from kefen.orders.models import AskState, RefundAsk
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs

_LONGEST = 200


@transaction.atomic
def ask_refund(order: str, *, amount: int, reason: str, actor: Actor) -> UUID:
    """Ask for an amount of a paid order; while the school has not answered, asking again changes
    nothing. Raises UnknownOrder, OrderNotPaid, RefundTimeOver (the courses' refund days have
    passed), RefundExceedsPaid, InvalidInput."""
    if amount < 1:
        raise InvalidInput(field="amount", reason="a refund is at least 1")
    locked = _locked(order)
    if locked.state is not OrderState.PAID:
        raise OrderNotPaid(order=order)
    known = _open_of(locked.id)
    if known is not None:
        return known.id
    until = queries.refund_until(locked.id, locked.paid_at)
    if until is None or clock.now() >= until:
        raise RefundTimeOver(order=order)
    spread(
        amount + queries.refund_on_its_way(locked.id),
        [line.paid - line.refunded for line in locked.lines],
    )
    row = RefundAsk.objects.create(
        order_id=locked.id,
        amount=amount,
        reason=reason.strip()[:_LONGEST],
        state=AskState.ASKED,
        asked_at=clock.now(),
    )
    audit.record(actor, "refund.asked", f"order:{order}", amount=amount)
    return row.id


def agree_to_ask(order_id: UUID, at: datetime) -> bool:
    """The school asks for a refund of an order (locked) at an instant: what was asked for it is
    answered by that. Answers whether anything was asked."""
    changed = RefundAsk.objects.filter(order_id=order_id, state=AskState.ASKED).update(
        state=AskState.AGREED, answered_at=at
    )
    return changed > 0


def reopen_ask(order_id: UUID, at: datetime) -> bool:
    """The refund that was asked for at this instant came to nothing, so what it answered is asked
    again, unless the student did so himself. Answers whether it is."""
    if _open_of(order_id) is not None:
        return False
    answered = RefundAsk.objects.filter(order_id=order_id, state=AskState.AGREED, answered_at=at)
    return answered.update(state=AskState.ASKED, answered_at=None) > 0


@needs(Deed.REFUND)
@transaction.atomic
def decline_refund(order: str, *, answer: str, actor: Actor) -> None:
    """The school says no, and why. Raises UnknownOrder, InvalidInput, IllegalTransition (nothing
    is asked, or it is answered)."""
    if not answer.strip():
        raise InvalidInput(field="answer", reason="the student sees it, so it must say why")
    locked = _locked(order)
    known = _open_of(locked.id)
    if known is None:
        raise IllegalTransition(machine="RefundAsk", current="agreed", to="declined")
    RefundAsk.objects.filter(id=known.id).update(
        state=AskState.DECLINED, answer=answer.strip()[:_LONGEST], answered_at=clock.now()
    )
    audit.record(actor, "refund.declined", f"order:{order}", amount=known.amount)


def _locked(order: str) -> LockedOrder:
    found = lock_orders([order]).get(order)
    if found is None:
        raise UnknownOrder(order=order)
    return found


def _open_of(order_id: UUID) -> RefundAsk | None:
    return RefundAsk.objects.filter(order_id=order_id, state=AskState.ASKED).first()
