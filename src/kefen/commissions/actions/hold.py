"""Risk holds: a held commission does not mature until it is released; a rejected one is reversed
with its reason (domain.md §3.5)."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from kefen.commissions.models import Commission
from kefen.core import postings
from kefen.core.errors import InvalidInput, NotFound
from kefen.core.refunds import sources
from kefen.core.states import CommissionState, move
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.queries import current


@needs(Deed.COMMISSIONS)
@transaction.atomic
def hold(commission_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Keep a pending commission from maturing. Raises IllegalTransition, InvalidInput."""
    row = _locked(commission_id)
    _need_reason(reason)
    before = row.state
    row.state = move(CommissionState(before), CommissionState.HELD)
    row.state_reason = reason
    row.save(update_fields=["state", "state_reason"])
    _note(row, "held", before, actor)


@needs(Deed.COMMISSIONS)
@transaction.atomic
def release(commission_id: UUID, *, actor: Actor = SYSTEM) -> None:
    """Let a held commission mature when it is due. Raises IllegalTransition."""
    row = _locked(commission_id)
    before = row.state
    row.state = move(CommissionState(before), CommissionState.PENDING)
    row.save(update_fields=["state"])
    _note(row, "released", before, actor)


@needs(Deed.COMMISSIONS)
@transaction.atomic
def reject(commission_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Take a commission back for good; the promoter sees the reason.

    Raises IllegalTransition, InvalidInput.
    """
    row = _locked(commission_id)
    _need_reason(reason)
    before = CommissionState(row.state)
    row.state = move(before, CommissionState.REJECTED)
    promoter, currency = row.promoter.code, current().currency
    builders = (postings.pending, postings.available, postings.receivable)
    balances = ledger.lock([build(promoter) for build in builders], currency)
    amount = row.booked - row.reversed
    taken = sources(
        amount,
        pending=before is not CommissionState.AVAILABLE,
        available_balance=balances[postings.available(promoter)],
    )
    moves = postings.rejected([(promoter, taken)])
    row.reversed, row.state_reason, row.matured_at = row.booked, reason, None
    row.save(update_fields=["state", "state_reason", "reversed", "matured_at"])
    if moves:
        key = postings.rejected_key(row.order.number, row.line.number, row.level)
        ledger.post([Transfer(key, "commission_rejected", clock.now(), moves)], currency)
    _note(row, "rejected", before, actor, amount=amount)


def lock_commissions(ids: Iterable[UUID]) -> None:
    """Lock some commissions in the one order, for whoever decides on several at once."""
    rows = Commission.objects.select_for_update().filter(id__in=list(ids)).order_by("id")
    list(rows.values_list("id", flat=True))


def _locked(commission_id: UUID) -> Commission:
    row = (
        Commission.objects.select_for_update(of=("self",))
        .select_related("promoter", "order", "line")
        .filter(id=commission_id)
        .first()
    )
    if row is None:
        raise NotFound(what="commission")
    return row


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(field="reason", reason="the promoter sees it, so it must say why")


def _note(row: Commission, deed: str, before: str, actor: Actor, **more: object) -> None:
    audit.record(
        actor,
        f"commission.{deed}",
        f"commission:{row.id}",
        before=str(before),
        after=str(row.state),
        reason=row.state_reason,
        **more,
    )
