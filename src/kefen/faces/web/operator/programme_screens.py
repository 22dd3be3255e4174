"""What the page of the programme shows: the version in force and the form for the next."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option, Rule


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version."""

    number: int
    effective_from: datetime
    published_by: str
    rule_count: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """Terms of a version besides its rules."""

    model: str
    window_days: int
    touch_scope: str
    self_purchase: bool
    binding_days: int
    protection_days: int
    hold_days: int
    max_rate_bps: int
    level2: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a version was refused: the sentence with number and reason, and its worst case."""

    sentence: str
    rule: str
    limit: str
    worst: str


@dataclass(frozen=True, slots=True)
class ProgrammeScreen:
    """The version in force and the form for the next.

    POST `programme_publish`: `model`, `window_days`, `touch_scope`, `self_purchase`,
    `binding_days`, `protection_days`, `hold_days`, `max_rate_percent`, `level2`,
    `effective_from` (local, empty: now); per rule row n of `rule_rows`:
    `rule_<n>_key`, `_promoter`, `_course` (`kind:value`), `_base`, `_kind`, `_value`
    (percent or amount as typed), `_steps` (`1=10%, 6=12%`), `_metric`, `_period`, `_level2`
    (`5%` or an amount), `_from`, `_to` (local).
    A row whose key is empty does not count.
    """

    currency: str
    version: int | None
    effective_from: datetime | None
    policy: Policy
    rules: tuple[Rule, ...]
    history: tuple[VersionRow, ...]
    rule_rows: tuple[int, ...]
    promoter_scopes: tuple[Option, ...]
    course_scopes: tuple[Option, ...]
    platform_cap_bps: int
    platform_minimum_hold_days: int
    platform_level2: bool
    refusal: Refusal | None = None
    form: Form = field(default_factory=Form)
