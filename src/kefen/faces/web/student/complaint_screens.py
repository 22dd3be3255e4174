"""What anybody may report."""

from dataclasses import dataclass, field

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class ComplaintScreen:
    """GET `about` (a link or a code, filled in). POST `kind`, `about`, `text`, `contact`; `sent`
    once it is taken in, with its `number`."""

    kinds: tuple[Option, ...]
    sent: bool = False
    number: str = ""
    form: Form = field(default_factory=Form)
