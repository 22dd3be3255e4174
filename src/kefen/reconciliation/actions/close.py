"""Closing a difference: with a note always, and with a ledger entry where money moves."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.errors import InvalidInput, NotFound
from kefen.core.ids import public_id
from kefen.core.reconciliation import Subject
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import shut_since
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.reconciliation import queries
from kefen.reconciliation.actions.correct import correct
from kefen.reconciliation.actions.fetch import lock_day
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.models import Difference, DifferenceState


@needs(Deed.RECONCILIATION)
@transaction.atomic
def close(id_: UUID, decision: Decision, *, note: str, actor: Actor) -> bool:
    """Close a difference, once; answers whether this call did it.

    `book` books the payment or refund that only the channel knows, as if its notification had come;
    `return` lets a payment go back at the channel, because its order does not owe it; `adjust`
    corrects the money at the channel against the institution's own. Raises NotFound, InvalidInput
    (no note, or a decision that this difference does not offer), and what booking refuses.
    """
    known = Difference.objects.filter(id=id_).values_list("channel", "on").first()
    if known is None:
        raise NotFound(what="difference")
    lock_day(*known)
    row = Difference.objects.select_for_update(of=("self",)).get(id=id_)
    text = note.strip()[:500]
    if not text:
        raise InvalidInput(field="note", reason="whoever looks later must see why")
    if row.state == DifferenceState.CLOSED:
        return False
    if decision not in queries.difference_of(row).decisions:
        raise InvalidInput(field="decision", reason="it does not fit this difference")
    key = ""
    if decision is Decision.BOOK:
        key = _book_refund(row) if row.subject == Subject.REFUND else _book_payment(row)
    elif decision is Decision.RETURN:
        stray = commissions.receive_stray(
            *(row.channel, _payment(row), "only_on_bill"), account=_account_of(row), actor=actor
        )
        key = postings.stray_key(stray.number, "received")
    elif decision is Decision.ADJUST:
        key = correct(row)
    Difference.objects.filter(id=id_).update(
        state=DifferenceState.CLOSED,
        resolution=decision.value,
        note=text,
        closed_by=actor.user,
        closed_at=clock.now(),
        ledger_key=key,
    )
    audit.record(
        actor,
        "difference.closed",
        f"bill:{row.channel}:{row.on}",
        number=row.number or row.channel_number,
        verdict=row.verdict,
        decision=decision.value,
        reason=text,
        ledger_key=key,
    )
    return True


def _payment(row: Difference) -> ChannelEvent:
    """The notification that never came."""
    return ChannelEvent(
        event=public_id(postings.DIFFERENCE, row.id),
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=row.number,
        order=row.number,
        amount=row.theirs or 0,
        currency=row.their_currency,
        at=row.at,
        channel_number=row.channel_number[:64],
    )


def _account_of(row: Difference) -> UUID | None:
    """The shut account that had the payment, None for the one in place."""
    merchants.hold(row.channel)
    return shut_since(row.channel, row.at)


def _book_payment(row: Difference) -> str:
    if not commissions.book_payment(row.channel, _payment(row), account=_account_of(row)):
        # Its notification was faster: with nothing booked here, nothing is closed by it.
        raise InvalidInput(field="decision", reason=_("our books have this payment already"))
    return postings.order_paid_key(row.number)


def _book_refund(row: Difference) -> str:
    number = queries.refund_number(row)
    event = ChannelEvent(
        event=public_id(postings.DIFFERENCE, row.id),
        kind=EventKind.REFUND_SUCCEEDED,
        subject=number,
        order=row.order_number,
        amount=row.theirs or 0,
        currency=row.their_currency,
        at=row.at,
        channel_number=row.channel_number[:64],
    )
    if not commissions.take_refund(row.channel, event):
        raise InvalidInput(field="decision", reason=_("our books have this refund already"))
    return postings.refund_key(number)
