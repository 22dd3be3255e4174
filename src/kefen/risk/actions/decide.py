"""What a person decides about a signal: let go, reject, hold, or keep watching; with a reason.

A person's word is final for the signal. What is released matures when it is due, unless another
undecided signal wants it held; what is rejected is reversed by the rebates' own verb, and the
promoter reads the reason. Signals themselves are never removed.
"""

from uuid import UUID

from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.errors import InvalidInput, NotFound, SignalDecided
from kefen.core.risk import OF_CLICKS, UNDECIDED, Kind, Limits, State
from kefen.core.states import CommissionState
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.risk.actions.hold import hold_for
from kefen.risk.locks import alone
from kefen.risk.models import Hold, Signal, Threshold

LONGEST = 200


@needs(Deed.COMMISSIONS)
@transaction.atomic
def release(signal_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> int:
    """Nothing is wrong: let go what was held for this signal alone. Answers how many commissions.

    Raises InvalidInput, NotFound, SignalDecided."""
    row = _undecided(signal_id, reason)
    mine = _held(row.id)
    wanted = set(
        Hold.objects.filter(commission_id__in=mine, signal__state__in=UNDECIDED)
        .exclude(signal_id=row.id)
        .values_list("commission_id", flat=True)
    )
    free = [one for one in mine if one not in wanted]
    for one in free:
        commissions.release(one, actor=actor)
    _decide(row, State.RELEASED, reason, actor, released=len(free))
    return len(free)


@needs(Deed.COMMISSIONS)
@transaction.atomic
def reject(signal_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> int:
    """Something is wrong: take back for good what is held for this signal. The promoter reads the
    reason. Answers how many commissions. Raises InvalidInput, NotFound, SignalDecided."""
    row = _undecided(signal_id, reason)
    mine = _held(row.id)
    if not mine:
        raise InvalidInput(field="decision", reason="nothing is held that could be rejected")
    for one in mine:
        commissions.reject(one, reason=reason.strip(), actor=actor)
    _decide(row, State.REJECTED, reason, actor, rejected=len(mine))
    return len(mine)


@needs(Deed.COMMISSIONS)
@transaction.atomic
def watch(signal_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> None:
    """Looked at, not decided: it leaves the work that waits, and what is held stays held.

    Raises InvalidInput, NotFound, SignalDecided."""
    row = _undecided(signal_id, reason)
    _decide(row, State.WATCHING, reason, actor)


@needs(Deed.COMMISSIONS)
@transaction.atomic
def hold(signal_id: UUID, *, reason: str, actor: Actor = SYSTEM) -> int:
    """Hold what a signal concerns that did not hold by itself, and keep watching. Answers how many
    commissions. Raises InvalidInput (clicks earn nothing; it was held before), NotFound,
    SignalDecided."""
    row = _undecided(signal_id, reason)
    if Kind(row.kind) in OF_CLICKS:
        raise InvalidInput(field="decision", reason="clicks earn nothing that could be held")
    if row.held_at is not None:
        raise InvalidInput(field="decision", reason="it was held before; use the order's page")
    number = hold_for(row.id, actor=actor)
    row.refresh_from_db()
    _decide(row, State.WATCHING, reason, actor, held=number)
    return number


@needs(Deed.PROGRAMME)
@transaction.atomic
def set_limits(limits: Limits, *, actor: Actor = SYSTEM) -> None:
    """What is usual here, from now on; signals that stand keep their score. Raises InvalidInput."""
    for name in ("usual_link", "usual_network", "usual_automated"):
        _within(name, getattr(limits, name), 1, 100_000)
    _within("usual_refunds", limits.usual_refunds, 0, 99)
    _within("hold_at", limits.hold_at, 1, 101)
    _within("show_at", limits.show_at, 1, min(100, limits.hold_at))
    alone()
    row = Threshold.objects.first() or Threshold()
    before = {name: getattr(row, name) for name in Limits.__dataclass_fields__}
    after = {name: getattr(limits, name) for name in Limits.__dataclass_fields__}
    for name, value in after.items():
        setattr(row, name, value)
    row.save()
    audit.record(actor, "risk.limits_set", "risk:limits", before=before, after=after)


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(field=field, reason="this number is too small or too large")


def _undecided(signal_id: UUID, reason: str) -> Signal:
    said = reason.strip()
    if not said:
        raise InvalidInput(field="reason", reason="whoever looks at it later has to know why")
    if len(said) > LONGEST:
        raise InvalidInput(field="reason", reason="at most 200 characters")
    alone()
    row = Signal.objects.select_for_update().filter(id=signal_id).first()
    if row is None:
        raise NotFound(what="signal")
    if row.state not in UNDECIDED:
        raise SignalDecided(state=row.state)
    return row


def _held(signal_id: UUID) -> list[UUID]:
    """What is held for a signal now, locked; what people decided otherwise is left out."""
    ids = list(Hold.objects.filter(signal_id=signal_id).values_list("commission_id", flat=True))
    commissions.lock_commissions(ids)
    rows = commission_rows.by_ids(ids)
    return sorted(key for key, row in rows.items() if row.state == CommissionState.HELD)


def _decide(row: Signal, state: State, reason: str, actor: Actor, **done: int) -> None:
    row.state, row.reason = state.value, reason.strip()
    row.decided_by, row.decided_at = actor.user, clock.now()
    row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(
        actor, f"signal.{state.value}", f"signal:{row.id}", kind=row.kind, reason=row.reason, **done
    )
