"""What stands on a poster. All words are ready to be drawn, in the language of the reader."""

from dataclasses import dataclass
from typing import Final

LOOKS: Final = ("cover", "paper", "night", "cinnabar")
"""The looks every course has, in the order in which they are offered."""

NAME_LENGTH: Final = 8
"""A promoter's name is cut at so many characters."""

LINK_LENGTH: Final = 34
"""A link up to here always fits a QR code of version 3, level M (29 modules)."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The sign of a course on its tone, 0 to 5, as the pages show it; `photo` is what its photo is
    known by, which stands in the sign's place."""

    glyph: str
    tone: int
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything on a poster; equal posters are the same picture.

    `price` is without its `currency` sign; `live` says when the next live lesson is, empty for
    none; `shade` picks the avatar's colour, 0 to 5.
    """

    school: str
    ad: str
    title: str
    facts: tuple[str, ...]
    teacher: str
    live: str
    cover: Cover
    currency: str
    price: str
    refund: str
    promoter: str
    shade: int
    recommends: str
    scan: tuple[str, str]
    responsible: str
    disclosure: str
    link: str
