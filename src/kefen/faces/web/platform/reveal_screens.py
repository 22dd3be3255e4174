"""What the platform sees of persons: masked, or in full while a reveal is open."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.compliance.contracts import Revealed
from kefen.faces.web.operator.reveal_screens import RevealRow
from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class LooksScreen:
    """GET `institution`, `subject`, `key` leads to a subject; `reveals` are those of the chosen
    institution."""

    institutions: tuple[Option, ...]
    institution: str = ""
    reveals: tuple[RevealRow, ...] = ()
    window: Window = field(default_factory=Window)
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class SubjectScreen:
    """A subject, masked. POST `kind` and `reason` to open a reveal; `opened` is the reveal that is
    open for who looks, until `ends_at`."""

    slug: str
    school: str
    subject: str
    key: str
    person: Revealed
    opened: str = ""
    ends_at: datetime | None = None
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class RevealedScreen:
    """A subject in full; the page asks for itself again at `ends_at`, and is answered masked."""

    slug: str
    school: str
    row: RevealRow
    person: Revealed
