"""What stands around the console's lists: kept filters, files, deeds on many rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kefen.faces.web.shared.screens import Option

FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": ("q", "state", "promoter", "from", "to"),
    "promoters": ("q", "state", "group"),
    "withdrawals": ("state", "number"),
}
"""The lists with filters to keep, and what each may be filtered by."""


@dataclass(frozen=True, slots=True)
class KeptFilter:
    """A filter under a name; `owner` is empty for one's own."""

    id: str
    name: str
    query: str
    owner: str = ""
    is_shared: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """POST `operator_filter_save`: `name`, `shared` and the filters; `operator_filter_remove`:
    `id`; `operator_list_export`: `format`, perhaps `full`, and the filters."""

    place: str
    filters: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[KeptFilter, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Is there anything to keep?"""
        return any(self.filters.values())


@dataclass(frozen=True, slots=True)
class ChosenPromoter:
    """A promoter whom a deed is about."""

    code: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class ManyScreen:
    """What would become of the chosen promoters. POST `operator_promoters_do`: `decision`, every
    `promoter`, `reason` or `group`."""

    decision: str
    chosen: tuple[ChosenPromoter, ...]
    groups: tuple[Option, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one; `problem` is a sentence, empty where it was done."""

    code: str
    name: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ManyDoneScreen:
    """What became of each."""

    decision: str
    done: int
    refused: tuple[Outcome, ...]
