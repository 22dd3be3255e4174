"""Stray payments: kept before their channel is asked, noted whenever it says something.

Lock order: the order, then the stray payment. `commissions` books the money.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from kefen.core.errors import InvalidInput, NotFound, NumberConflict, UnknownOrder
from kefen.core.ids import public_id
from kefen.orders import queries
from kefen.orders.actions.lock import lock_orders
from kefen.orders.contracts import StrayRecord
from kefen.orders.models import CashierVisit, Order, StrayPayment, StrayState
from kefen.orders.queries.strays import is_not_owed, record_of
from kefen.platform import clock
from kefen.platform.tenancy.scope import institution_id
from kefen.ports.payments import ChannelEvent

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)


def stray_number(channel: str, channel_number: str) -> str:
    """The number under which a payment goes back: the same whoever asks, however often."""
    return public_id("stray", uuid5(institution_id(), f"stray {channel} {channel_number}"))


def keep_stray(
    channel: str, event: ChannelEvent, cause: str, account: UUID | None = None
) -> tuple[StrayRecord, bool]:
    """Keep a payment that its order does not owe, once; answers it, and whether this call did it.
    `account` is the shut account that took it, None for the one in place.

    Call it inside a transaction. Raises UnknownOrder, InvalidInput (it is, or may be, the own
    payment of this order or of another), NumberConflict (it was kept with other content).
    """
    if not lock_orders([event.order]):
        raise UnknownOrder(order=event.order)
    order = Order.objects.get(number=event.order)
    visits = CashierVisit.objects.filter(order_id=order.id, channel=channel)
    own = dict(visits.values_list("order_id", "channel_number"))
    owner = queries.owner_of(order.id)
    if owner not in (None, account) and own.get(order.id) != event.channel_number:
        # The order's own payment lies at another account than this one.
        own = {order.id: f"at {owner}"}
    if not event.channel_number or not is_not_owed(order, channel, event.channel_number, own):
        raise InvalidInput(field="payment", reason="the order may owe it")
    others = CashierVisit.objects.filter(channel=channel, channel_number=event.channel_number)
    if others.exclude(order_id=order.id).exists():
        # A person named it: giving it back would take what another order keeps.
        raise InvalidInput(field="payment", reason="it is the payment of another order")
    known = _locked(channel=channel, channel_number=event.channel_number)
    if known is not None:
        if (known.order_id, known.amount, known.currency) != (
            order.id,
            event.amount,
            event.currency,
        ):
            raise NumberConflict(number=event.channel_number)
        return record_of(known), False
    now = clock.now()
    row = StrayPayment(
        order_id=order.id,
        channel=channel,
        channel_number=event.channel_number,
        account_id=account,
        number=stray_number(channel, event.channel_number),
        amount=event.amount,
        currency=event.currency,
        cause=cause,
        state=StrayState.ASKED,
        reason="",
        paid_at=event.at,
        received_at=now,
        next_at=now,
        attempts=0,
    )
    row.save(force_insert=True)
    return record_of(row), True


def note_stray_asked(number: str) -> bool:
    """The channel is about to be asked; the next time is half as long again after this one. Answers
    whether there is still something to ask. Call it inside a transaction."""
    row = _locked(number=number)
    if row is None or row.state != StrayState.ASKED:
        return False
    tries = min(row.attempts, 16)
    wait = min(_LONGEST, _FIRST * 3**tries // 2**tries)
    StrayPayment.objects.filter(id=row.id).update(
        attempts=row.attempts + 1, next_at=clock.now() + wait
    )
    return True


def note_stray_returned(number: str, at: datetime) -> bool:
    """The money went back, whatever was heard before; answers whether this call noted it."""
    open_ones = StrayPayment.objects.filter(number=number).exclude(state=StrayState.RETURNED)
    changed = open_ones.update(state=StrayState.RETURNED, ended_at=at, reason="", stuck_at=None)
    return changed > 0


def note_stray_failed(number: str, reason: str) -> bool:
    """The channel refused; answers whether this call noted it."""
    changed = StrayPayment.objects.filter(number=number, state=StrayState.ASKED).update(
        state=StrayState.FAILED, reason=reason[:200], ended_at=clock.now(), stuck_at=None
    )
    return changed > 0


def note_stray_stuck(number: str, reason: str) -> bool:
    """The channel waits for somebody at its console; answers whether this call noted it."""
    asked = StrayPayment.objects.filter(number=number, state=StrayState.ASKED, stuck_at=None)
    return asked.update(stuck_at=clock.now(), reason=reason[:200]) > 0


def reopen_stray(number: str) -> bool:
    """A refused one is asked for again, under the same number; answers whether this call did it."""
    refused = StrayPayment.objects.filter(
        number=number, state=StrayState.FAILED, settled_at__isnull=True
    )
    changed = refused.update(
        state=StrayState.ASKED, reason="", ended_at=None, attempts=0, next_at=clock.now()
    )
    return changed > 0


def settle_stray(number: str) -> bool:
    """A refused one was given back otherwise; answers whether this call noted it."""
    refused = StrayPayment.objects.filter(
        number=number, state=StrayState.FAILED, settled_at__isnull=True
    )
    return refused.update(settled_at=clock.now()) > 0


def lock_stray(number: str) -> StrayRecord:
    """Lock a stray payment after its order, and read it. Call it inside a transaction. Raises
    NotFound."""
    found = StrayPayment.objects.filter(number=number).values_list("order__number", flat=True)
    order = found.first()
    if order is None:
        raise NotFound(what=f"stray payment {number}")
    lock_orders([order])
    row = _locked(number=number)
    if row is None:
        raise NotFound(what=f"stray payment {number}")
    return record_of(row)


def _locked(**known: str) -> StrayPayment | None:
    rows = StrayPayment.objects.select_related("order").select_for_update(of=("self",))
    found: StrayPayment | None = rows.filter(**known).first()
    return found
