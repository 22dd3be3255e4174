"""What other rooms may know of an institution."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from kefen.core.states import InstitutionState
from kefen.core.tax import TaxRule


class Plan(StrEnum):
    """What a school has agreed with the platform."""

    TRIAL = "trial"
    STANDARD = "standard"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """An institution's settings; amounts in minor units. `state_reason` is why the platform paused
    it, for its operators' eyes."""

    id: UUID
    slug: str
    name: str
    currency: str
    zone: ZoneInfo
    withdrawal_minimum: int
    tax_rule: TaxRule
    plan: Plan = Plan.STANDARD
    state: InstitutionState = InstitutionState.OPEN
    state_reason: str = ""

    @property
    def paused(self) -> bool:
        """Is no new order placed and does nobody new promote?"""
        return self.state is InstitutionState.PAUSED


@dataclass(frozen=True, slots=True)
class LimitWhy:
    """Why one limit is what it is: the reason of the decision that made it so, and when; the
    reason is empty for the limits a school was founded with."""

    reason: str
    decided_at: datetime
