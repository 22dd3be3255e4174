"""What the task centre shows: files that were asked for."""

from dataclasses import dataclass
from datetime import datetime

from kefen.faces.web.shared.screens import Window


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One file; `kind`, `state` and `reason` are codes of the families `export_kind`, `export` and
    `export_reason`. `percent` is empty while nobody knows of how many rows."""

    id: str
    kind: str
    format: str
    asked_at: datetime
    state: str
    done: int = 0
    total: int | None = None
    percent: int | None = None
    who: str = ""
    file_name: str = ""
    size: int = 0
    reason: str = ""
    detail: str = ""
    expires_at: datetime | None = None
    filters: str = ""
    may: bool = True

    @property
    def share(self) -> str:
        """How much is written: `25%`."""
        return f"{self.percent or 0}%"


@dataclass(frozen=True, slots=True)
class ExportsScreen:
    """POST `…_retry` without fields. `moving` says that the page is worth reading again."""

    exports: tuple[ExportRow, ...]
    window: Window
    moving: bool = False
