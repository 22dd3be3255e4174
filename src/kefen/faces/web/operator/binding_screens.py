"""What the console shows of students who are reserved for a promoter."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class BoundStudent:
    """A student, masked, and until when he is reserved."""

    id: str
    student: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class BoundStudents:
    """How many are reserved for a promoter, and those whose time ends soonest."""

    count: int
    rows: tuple[BoundStudent, ...]


@dataclass(frozen=True, slots=True)
class RebindScreen:
    """Before a student is moved: what follows. POST `rebind`: `promoter` (a code), `reason`."""

    bound: BoundStudent
    promoter_name: str
    promoter_code: str
    promoters: tuple[Option, ...]
    form: Form = field(default_factory=Form)
