"""Asking a shut account about the cashiers that were left there, with its old keys."""

from uuid import UUID

import structlog
from django.db import transaction

from kefen.commissions.actions.take_payment import take_payment
from kefen.core.errors import ChannelError, DomainError, NotFound
from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.contracts import LeftRecord, LeftState
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent

_CHANNEL = Actor(ActorKind.CHANNEL)
logger = structlog.get_logger(__name__)


def ask_about_left(left: UUID) -> bool:
    """Ask a shut account whether a cashier that was left there was paid, and book it if so; answers
    whether this call did. Whatever it answers otherwise, or not at all, it is asked again later,
    until a person says what became of it. Call it outside of any transaction. Raises NotFound."""
    one = queries.left_by_id(left)
    if one is None:
        raise NotFound(what="left cashier")
    asked_at = orders.note_left_asked(left) if one.state is LeftState.OPEN else None
    if asked_at is None:
        return False
    try:
        with merchants.speaking_as(merchants.shut_account(one.account)):
            event = registry.payments(one.channel).query_payment(current().slug, one.order)
    except (ChannelError, NotFound) as silence:
        logger.info("left_not_answered", left=str(left), reason=silence.code)
        return False
    if event is None:
        orders.note_left_unpaid(left, asked_at)
        return False
    return _take(one, event)


def _take(one: LeftRecord, event: ChannelEvent) -> bool:
    try:
        return take_payment(one.channel, event, account=one.account)
    except DomainError as refusal:
        logger.warning("left_not_booked", order=one.order, reason=refusal.code)
        with transaction.atomic():
            orders.stop_asking_left(one.id)
            audit.record(_CHANNEL, "payment.not_booked", f"order:{one.order}", reason=refusal.code)
        return False


def chase_left() -> None:
    """Ask about every left cashier that is due for it; by the clock."""
    for left in queries.due_left(clock.now()):
        jobs.enqueue("payments.ask_left", once=True, left=str(left))
