"""What the console shows of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kefen.faces.web.shared.screens import Option, Window


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to what, and from where; `before`, `after` and `details` are short texts."""

    at: datetime
    who: str
    action: str
    subject: str
    before: str = ""
    after: str = ""
    reason: str = ""
    details: str = ""
    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class AuditScreen:
    """GET `who`, `action`, `q` (how a number or code begins), `from`, `to`. POST the same to
    `operator_audit_file` with `format`."""

    rows: tuple[AuditRow, ...]
    filters: Mapping[str, str]
    people: tuple[Option, ...]
    actions: tuple[Option, ...]
    window: Window
