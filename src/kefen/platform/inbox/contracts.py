"""What others hand to the inbox and get from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.platform.inbox.models import State

__all__ = ["DONE", "Arrived", "Outcome", "State", "Stored"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A verified notification as it came. `event` is the channel's number of it, `subject` our
    number of what it is about, `order` the order it belongs to, where it belongs to one; `content`
    is what it says, by which a repeat is told from a number used twice; `account` is the shut
    account that wrote it, None for the one in place."""

    channel: str
    event: str
    kind: str
    subject: str
    order: str
    content: str
    body: bytes
    headers: Mapping[str, str]
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A notification locked for working on it."""

    id: UUID
    channel: str
    kind: str
    order: str
    body: bytes
    received_at: datetime
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notification: done, waiting or parked, with a reason code."""

    state: State
    reason: str = ""


DONE = Outcome(State.DONE)
