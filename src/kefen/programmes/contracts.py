"""What other rooms may know of a programme."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kefen.core.compliance import WorstCase
from kefen.core.terms import PlatformLimits, Rule, Terms


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """An immutable version: its terms, and the stored id of each rule by its key."""

    id: UUID
    number: int
    terms: Terms
    rule_ids: dict[str, UUID]

    def rule(self, key: str) -> Rule:
        """The rule with this key."""
        return next(rule for rule in self.terms.rules if rule.key == key)


@dataclass(frozen=True, slots=True)
class Schedule:
    """All versions of an institution by the instant from which each counts, and the platform's
    limits in force now."""

    versions: tuple[PublishedVersion, ...]
    limits: PlatformLimits

    def in_force(self, at: datetime) -> PublishedVersion | None:
        """The version in force at `at`; None before the first (replay.md)."""
        found = None
        for version in self.versions:
            if version.terms.effective_from > at:
                break
            found = version
        return found


@dataclass(frozen=True, slots=True)
class Published:
    """The answer to publishing: the version, and the most that it may pay."""

    version: PublishedVersion
    worst: WorstCase | None
