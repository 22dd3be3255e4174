"""Closing a difference: with a note always, and with a ledger entry where money moves."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.errors import InvalidInput, NotFound
from kefen.core.ids import public_id
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.reconciliation import queries
from kefen.reconciliation.actions.correct import correct
from kefen.reconciliation.actions.fetch import lock_day
from kefen.reconciliation.contracts import Decision
from kefen.reconciliation.models import AgreedFee, Difference, DifferenceState


@needs(Deed.RECONCILIATION)
@transaction.atomic
def close(id_: UUID, decision: Decision, *, note: str, actor: Actor) -> bool:
    """Close a difference, once; answers whether this call did it.

    `book` books the payment that only the channel knows, as if its notification had come; `adjust`
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
        key = _book(row)
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


def _book(row: Difference) -> str:
    event = ChannelEvent(
        event=public_id(postings.DIFFERENCE, row.id),
        kind=EventKind.PAYMENT_SUCCEEDED,
        subject=row.number,
        order=row.number,
        amount=row.theirs or 0,
        currency=row.their_currency,
        at=row.at,
        channel_number=row.channel_number[:64],
    )
    if not commissions.take_payment(row.channel, event):
        # Its notification was faster: with nothing booked here, nothing is closed by it.
        raise InvalidInput(field="decision", reason=_("our books have this payment already"))
    return postings.order_paid_key(row.number)


@needs(Deed.RECONCILIATION)
@transaction.atomic
def agree_fee(channel: str, bps: int | None, *, actor: Actor) -> None:
    """Note what payments at a channel cost as agreed, or that nothing was; it counts for days
    that are held against the books from now on. Raises NotFound, InvalidInput."""
    if registry.bills(channel) is None:
        raise NotFound(what=f"bills of {channel}")
    if bps is not None and not 0 <= bps <= 2000:
        raise InvalidInput(field="fee", reason="a rate is between 0 and 20%")
    before = queries.agreed_bps(channel)
    if before == bps:
        return
    AgreedFee(channel=channel, bps=bps, agreed_at=clock.now()).save(force_insert=True)
    audit.record(actor, "fee.agreed", f"channel:{channel}", before=before, after=bps)
