"""Whose turn it is, until when to wait, and the next state."""

from datetime import datetime, timedelta

from django.db.models import F

from kefen.core.states import SplitState, move
from kefen.platform import clock
from kefen.splits.models import OrderSplit

# Whoever works on a split keeps others away for so long; who dies is followed by another.
LEASE = timedelta(minutes=5)
_PATIENCE_MINUTES = (1, 1, 2, 5, 15, 30, 60)


def take_turn(number: str) -> OrderSplit | None:
    """The split, for this process alone; None where it is not its time, or somebody has it."""
    now = clock.now()
    mine = OrderSplit.objects.filter(number=number, next_at__lte=now)
    if not mine.update(next_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    return read(number)


def read(number: str) -> OrderSplit:
    """The split as it stands, with its order."""
    return OrderSplit.objects.select_related("order").get(number=number)


def locked(row: OrderSplit) -> OrderSplit:
    """The split, locked. Call it inside a transaction."""
    return OrderSplit.objects.select_for_update(of=("self",), no_key=True).get(id=row.id)


def enter(row: OrderSplit, state: SplitState, *, reason: str = "", **changes: object) -> None:
    """The next state of a locked split; its turn goes on, unless it is an end."""
    row.state = move(SplitState(row.state), state)
    row.reason, row.attempts = reason[:200], 0
    for name, value in changes.items():
        setattr(row, name, value)
    fields = ["state", "reason", "attempts", *changes]
    if state in (SplitState.DONE, SplitState.FAILED):
        row.next_at, row.closed_at = None, clock.now()
        fields += ["next_at", "closed_at"]
    row.save(update_fields=fields)


def wait(row: OrderSplit, until: datetime, reason: str) -> None:
    """Look again at an instant."""
    row.next_at, row.reason, row.attempts = until, reason[:200], 0
    row.save(update_fields=["next_at", "reason", "attempts"])


def pause(row: OrderSplit, reason: str) -> None:
    """Look again after a pause that grows with the attempts since the last step."""
    minutes = _PATIENCE_MINUTES[min(row.attempts, len(_PATIENCE_MINUTES) - 1)]
    open_one = OrderSplit.objects.filter(id=row.id, next_at__isnull=False)
    open_one.update(next_at=clock.now() + timedelta(minutes=minutes), reason=reason[:200])
