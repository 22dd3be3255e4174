"""What the console shows of the platform's looks at personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kefen.faces.web.shared.screens import Window


@dataclass(frozen=True, slots=True)
class RevealRow:
    """One look: who (a handle of the platform's), at whom (codes of `reveal_subject` and
    `reveal_kind`), why, from when until when, from where, and each reading."""

    id: str
    who: str
    subject: str
    key: str
    kind: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    network: str
    device: str
    views: tuple[datetime, ...] = ()
    is_open: bool = False
    noted: bool = False


@dataclass(frozen=True, slots=True)
class RevealsScreen:
    """GET `after`, `before`. POST nothing to `operator_reveal_noted`."""

    reveals: tuple[RevealRow, ...]
    window: Window
    waiting: Mapping[str, int]
    section: str = "reveals"
