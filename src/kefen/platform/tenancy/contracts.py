"""What other rooms may know of an institution."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from kefen.core.tax import TaxRule


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """An institution's settings; amounts in minor units."""

    id: UUID
    slug: str
    name: str
    currency: str
    zone: ZoneInfo
    withdrawal_minimum: int
    tax_rule: TaxRule
