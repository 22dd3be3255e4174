"""Cashiers at an account that its channel shut: left with it, asked about, ended.

Lock order: the order, then the left cashier.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from kefen.core.errors import IllegalTransition, NotFound
from kefen.orders import queries
from kefen.orders.actions.lock import lock_orders
from kefen.orders.contracts import LeftRecord
from kefen.orders.models import CashierVisit, LeftCashier, LeftState
from kefen.orders.queries.left import left_record, open_visits
from kefen.platform import clock

_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=1)


def leave_cashiers(channel: str, account: UUID, at: datetime) -> int:
    """What may still be paid at a channel's cashiers stays with the account that was shut at this
    instant; answers how many. Call it in the transaction that has the account alone."""
    visits = list(open_visits(channel).select_for_update(of=("self",)).order_by("id"))
    rows = [
        LeftCashier(
            order_id=visit.order_id,
            channel=channel,
            account_id=account,
            state=LeftState.OPEN,
            opened_at=visit.opened_at,
            asked_at=visit.asked_at,
            next_at=at,
        )
        for visit in visits
    ]
    LeftCashier.objects.bulk_create(rows, batch_size=1000)
    CashierVisit.objects.filter(id__in=[visit.id for visit in visits]).update(closed_at=at)
    return len(rows)


def note_left_asked(left: UUID) -> datetime | None:
    """The channel is asked; the next time is later by half of what has passed. Answers the
    instant, or None where it has ended."""
    row = LeftCashier.objects.filter(id=left, state=LeftState.OPEN).first()
    if row is None:
        return None
    now = clock.now()
    wait = min(_LONGEST, max(_SHORTEST, (now - row.opened_at) // 2))
    _open(left).update(asked_at=now, next_at=now + wait)
    return now


def note_left_unpaid(left: UUID, asked_at: datetime) -> None:
    """The channel, asked at that instant, answered that nobody paid: its last word where nobody
    could pay any more by then."""
    over = _open(left).filter(opened_at__lte=asked_at - queries.ASKED_FOR)
    over.update(state=LeftState.UNPAID, ended_at=clock.now(), next_at=None)


def stop_asking_left(left: UUID) -> None:
    """What came cannot be booked: a person has to look, and asking again tells nothing new."""
    _open(left).update(next_at=None)


def note_left_came(order_id: UUID, channel: str, account: UUID, *, owns: bool) -> None:
    """Money came by it, whatever was said before; `owns`: it is the order's own payment. One that
    had its last word before the account was shut is noted now. Call it with the order locked."""
    now = clock.now()
    row, _ = LeftCashier.objects.get_or_create(
        order_id=order_id,
        account_id=account,
        defaults={
            "channel": channel,
            "state": LeftState.CAME,
            "opened_at": now,
            "ended_at": now,
        },
    )
    if row.state != LeftState.CAME or (owns and not row.owns):
        row.state, row.ended_at, row.next_at = LeftState.CAME, now, None
        row.owns = row.owns or owns
        row.save(update_fields=["state", "ended_at", "next_at", "owns"])
    if owns:
        # The present account has none of the order's own money: it is not to be divided there.
        visits = CashierVisit.objects.filter(order_id=order_id, channel=channel)
        visits.update(split=False)


def note_left_known(order_id: UUID, channel: str, account: UUID) -> None:
    """What came by it is the order's own payment, and was booked before. Call it with the order
    locked."""
    left = LeftCashier.objects.filter(order_id=order_id, account_id=account, owns=False)
    if left.exists() and queries.owner_of(order_id) is None:
        note_left_came(order_id, channel, account, owns=True)


def note_left_never(left: UUID) -> None:
    """Persons say that nothing came, and nothing was booked."""
    _open(left).update(state=LeftState.NEVER, ended_at=clock.now(), next_at=None)


def lock_left(left: UUID) -> LeftRecord:
    """Lock a left cashier after its order, and read it. Call it inside a transaction. Raises
    NotFound, IllegalTransition (it has ended)."""
    found = LeftCashier.objects.filter(id=left).values_list("order__number", flat=True).first()
    if found is None:
        raise NotFound(what="left cashier")
    lock_orders([found])
    row = LeftCashier.objects.select_for_update(of=("self",)).select_related("order").get(id=left)
    if row.state != LeftState.OPEN:
        raise IllegalTransition(machine="LeftCashier", current=row.state, to="settled")
    return left_record(row)


def note_left_decision(
    left: UUID,
    decision: str,
    note: str,
    person: UUID | None,
    *,
    second: bool,
    done: bool,
    number: str = "",
) -> None:
    """What a person decided about it, and of which payment of the channel: a first one, or a second
    one who decided the same."""
    now = clock.now()
    said: dict[str, object] = {"decision": decision, "note": note, "named_number": number}
    if second:
        said = {"second_person": person}
    else:
        said |= {"first_person": person, "first_at": now}
    LeftCashier.objects.filter(id=left).update(**said, **({"settled_at": now} if done else {}))


def still_open_here(order_id: UUID, channel: str) -> bool:
    """Can an order be paid at the present account of this channel by now? Call it with the order
    locked."""
    found = CashierVisit.objects.filter(order_id=order_id, channel=channel, closed_at__isnull=True)
    return bool(list(found.select_for_update(of=("self",)).values_list("id")))


def reopen_visit(order_id: UUID, channel: str) -> None:
    """The order was paid at a shut account of the channel; the present one is asked on."""
    CashierVisit.objects.filter(order_id=order_id, channel=channel).update(closed_at=None)


def _open(left: UUID) -> "QuerySet[LeftCashier]":
    return LeftCashier.objects.filter(id=left, state=LeftState.OPEN)
