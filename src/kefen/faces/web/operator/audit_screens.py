"""What the console shows of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kefen.faces.web.shared.screens import Option


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
    """GET `who`, `action`, `q` (an object), `from`, `to`, `before` (a row: older ones follow it).
    POST the same to `operator_audit_file` with `format`. `older` is the address of the next page,
    empty at the end; `newest` says that this is not the first one."""

    rows: tuple[AuditRow, ...]
    filters: Mapping[str, str]
    people: tuple[Option, ...]
    actions: tuple[Option, ...]
    older: str = ""
    newest: str = ""
