"""What other rooms may know of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """Who acts."""

    SYSTEM = "system"
    PLATFORM = "platform"
    OPERATOR = "operator"
    PROMOTER = "promoter"
    STUDENT = "student"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, for the audit log: a kind and, for people, the user's id."""

    kind: ActorKind
    user: UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """Who somebody is by his papers, masked: all that a page may show."""

    name: str
    id_number: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account; `name` and `phone` in plain text, to be masked on every page."""

    id: UUID
    code: str
    name: str
    phone: str
