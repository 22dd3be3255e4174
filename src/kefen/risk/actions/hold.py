"""Holding the commissions that a signal concerns: by itself from the institution's threshold on,
or because a person says so. Never more than that: nothing is rejected here."""

from uuid import UUID

from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.ids import uuid7
from kefen.core.risk import UNDECIDED
from kefen.core.states import CommissionState
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.tenancy.bulk import insert_rows
from kefen.risk.locks import alone
from kefen.risk.models import Hold, Signal

MOST = 500
"""So many commissions of one promoter are held for one signal; more is for a person."""


def hold_all() -> int:
    """Hold what every undecided signal wants held, a signal at a time; answers how many
    commissions. A signal that died half-way is taken up again."""
    waiting = Signal.objects.filter(
        wants_hold=True, held_at__isnull=True, state__in=UNDECIDED
    ).order_by("id")
    return sum(hold_for(one) for one in list(waiting.values_list("id", flat=True)))


@transaction.atomic
def hold_for(signal_id: UUID, *, actor: Actor = SYSTEM) -> int:
    """Hold what one undecided signal concerns; answers how many commissions it held. Each is held
    for it once: who releases one by hand is not overruled."""
    alone()
    row = Signal.objects.select_for_update().filter(id=signal_id, state__in=UNDECIDED).first()
    if row is None or row.held_at is not None:
        return 0
    found = commission_rows.pending_of(row.promoter_id, order_id=row.order_id, limit=MOST)
    shared = _held_for_others(row)
    commissions.lock_commissions([*found, *shared])
    states = commission_rows.by_ids([*found, *shared])
    held = []
    for one in found:
        # It may have matured since it was found.
        if states[one].state == CommissionState.PENDING:
            commissions.hold(one, reason=reason_code(row.kind), actor=actor)
            held.append(one)
    mine = [*held, *(o for o in shared if states[o].state == CommissionState.HELD)]
    now = clock.now()
    insert_rows(
        Hold,
        ("id", "signal_id", "commission_id", "at"),
        [(uuid7(), row.id, one, now) for one in mine],
        skip_known=True,
    )
    row.held_at = now
    row.save(update_fields=["held_at"])
    return len(held)


def reason_code(kind: str) -> str:
    """What stands on a commission that the system held: a code that pages put into words."""
    return f"risk:{kind}"


def _held_for_others(row: Signal) -> list[UUID]:
    """What other undecided signals hold already of what this one concerns."""
    others = Hold.objects.filter(
        signal__promoter_id=row.promoter_id, signal__state__in=UNDECIDED
    ).exclude(signal_id=row.id)
    if row.order_id is not None:
        others = others.filter(commission__order_id=row.order_id)
    return list(others.values_list("commission_id", flat=True).distinct()[:MOST])
