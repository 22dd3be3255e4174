"""What a promoter's page of links shows."""

from dataclasses import dataclass, field

from kefen.faces.web.shared.screens import Form, Option, Window


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link; `poster_of` is the code of the course whose poster can carry it, empty for none."""

    code: str
    address: str
    label: str
    course: str
    session: str
    clicks: int
    poster_of: str = ""


@dataclass(frozen=True, slots=True)
class LinksScreen:
    """POST `target` (one of `targets`), `label`. `made` is the link that was just made."""

    code: str
    links: tuple[LinkRow, ...]
    targets: tuple[Option, ...]
    made: str = ""
    window: Window = field(default_factory=Window)
    form: Form = field(default_factory=Form)
