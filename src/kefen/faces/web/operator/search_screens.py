"""What the console's search shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found; `kind` is `order`, `promoter` or `course`, `note` tells it from others."""

    kind: str
    name: str
    note: str
    url: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class SearchScreen:
    """GET `q`; `by_phone`: an exact phone number finds people too, for this role."""

    text: str
    hits: tuple[Hit, ...]
    by_phone: bool = False
