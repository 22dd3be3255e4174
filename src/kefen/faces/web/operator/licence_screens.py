"""What the console shows of the school's licences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kefen.faces.web.shared.licence_screens import LicenceRow
from kefen.faces.web.shared.screens import Form


@dataclass(frozen=True, slots=True)
class StandingRow:
    """How the school stands with one kind: until when, and what is to be done (a code of the family
    `licence_need`). `in_force` without `until` has no end."""

    kind: str
    in_force: bool
    until: date | None
    days_left: int | None
    waits: bool
    need: str


@dataclass(frozen=True, slots=True)
class LicencesScreen:
    """GET `kind` to renew one. POST `kind`, `licence_number`, `holder`, `valid_from`,
    `valid_until` (empty: without an end) and the file `scan`."""

    standings: tuple[StandingRow, ...]
    licences: tuple[LicenceRow, ...]
    waiting: Mapping[str, int]
    kind: str = ""
    form: Form = field(default_factory=Form)
    section: str = "licences"
