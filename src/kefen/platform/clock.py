"""The one place all code takes the time from.

A replay owns the clock for the length of an event (`at`), the demo may push it ahead
(`shift_source`), everything else gets the machine's UTC time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_pinned: ContextVar[datetime | None] = ContextVar("kefen_pinned_instant", default=None)
_shift: Callable[[], timedelta] | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    pinned = _pinned.get()
    if pinned is not None:
        return pinned
    real = datetime.now(UTC)  # noqa: TID251 - this is the one place
    return real if _shift is None else real + _shift()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Everything inside happens at `instant` (aware); used by the replay and by tests."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone, got {instant!r}")
    token = _pinned.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pinned.reset(token)


def machine_seconds() -> float:
    """The machine's own time as files carry it, whatever a demo or a test says."""
    return datetime.now(UTC).timestamp()  # noqa: TID251 - this is the one place


def shift_by(source: Callable[[], timedelta] | None) -> None:
    """Let `source` say by how much this process's clock runs ahead (the demo only)."""
    global _shift  # noqa: PLW0603 - set once at start-up by config.wiring
    _shift = source
