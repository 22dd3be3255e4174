"""Words on a picture: which letters there are, how wide a text is, where a line ends.

A letter that no font of a face has is left out, never drawn as a box: names carry emoji.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import ImageDraw, ImageFont

SANS: Final = "sans-400"
BOLD: Final = "sans-700"
SERIF: Final = "serif-700"

ELLIPSIS: Final = "…"
_FOLDER: Final = Path(__file__).parent / "fonts"
# Coverage is asked at a size that posters use anyway, so that no font is opened for it alone.
_PROBE_PX: Final = {SANS: 26, BOLD: 30, SERIF: 28}
# A code point that is no character, so that every font draws its box for it.
_NOBODY: Final = "\uffff"
# What may not begin a line, and what may not end one.
_CLOSING: Final = frozenset("，。！？、；：）》」』”’…·,.!?;:)%")
_OPENING: Final = frozenset("（《「『“‘(¥$")

Paint = tuple[int, int, int]


def _files(face: str) -> tuple[str, str]:
    """The fonts of a face, in the order in which they are asked for a letter."""
    family, weight = face.split("-")
    name = "noto-{}-sc-{}-{}-normal.woff2"
    return (
        name.format(family, "chinese-simplified", weight),
        name.format(family, "latin", weight),
    )


# A font of one size takes some megabytes and 50 ms to open; a poster needs a dozen.
@lru_cache(maxsize=40)
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FOLDER / file, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8)
def _box(file: str, size: int) -> tuple[tuple[int, int], bytes]:
    mask = _font(file, size).getmask(_NOBODY)
    return mask.size, bytes(mask)


@lru_cache(maxsize=20_000)
def _file_for(face: str, letter: str) -> str:
    """The font of the face that has this letter, empty for none."""
    if letter != " " and unicodedata.category(letter)[0] in "CZ":
        return ""
    size = _PROBE_PX[face]
    for file in _files(face):
        mask = _font(file, size).getmask(letter)
        if (mask.size, bytes(mask)) != _box(file, size):
            return file
    return ""


def legible(text: str, face: str = SANS) -> str:
    """The text with what can be drawn of it; whatever is left out leaves no gap."""
    # NFC and not NFKC: full-width punctuation is correct Chinese.
    letters = unicodedata.normalize("NFC", " ".join(text.split()))
    return " ".join("".join(one for one in letters if _file_for(face, one)).split())


def _runs(text: str, face: str) -> list[tuple[str, str]]:
    """The text by the font that draws each part."""
    first = _files(face)[0]
    return [
        (file, "".join(letters))
        for file, letters in groupby(text, key=lambda one: _file_for(face, one) or first)
    ]


def width(text: str, face: str, size: int) -> int:
    """How many pixels wide a text is."""
    return round(sum(_font(file, size).getlength(part) for file, part in _runs(text, face)))


def write(
    canvas: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    face: str,
    size: int,
    paint: Paint,
    *,
    anchor: str = "l",
) -> int:
    """Write one line; `at` is on its baseline, at its left (`l`), middle (`m`) or right (`r`).

    Answers where the line ends.
    """
    x, y = at
    wide = width(text, face, size)
    x -= {"l": 0, "m": wide // 2, "r": wide}[anchor]
    pen = float(x)
    for file, part in _runs(text, face):
        font = _font(file, size)
        canvas.text((round(pen), y), part, font=font, fill=paint, anchor="ls")
        pen += font.getlength(part)
    return x + wide


def cut(text: str, face: str, size: int, room: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width(text, face, size) <= room:
        return text
    kept = text
    while kept and width(kept + ELLIPSIS, face, size) > room:
        kept = kept[:-1]
    if kept and not _may_break(text, len(kept)) and " " in kept:
        kept = kept.rsplit(" ", 1)[0]  # not within a word
    return kept.rstrip(" ，、,") + ELLIPSIS


def shorten(text: str, length: int) -> str:
    """At most so many characters, the last one an ellipsis if something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + ELLIPSIS


def _may_break(text: str, place: int) -> bool:
    """May a line end before this place?"""
    before, after = text[place - 1], text[place]
    if after in _CLOSING or before in _OPENING:
        return False
    word = (before.isascii() and before.isalnum()) and (after.isascii() and after.isalnum())
    return not word


def in_two(text: str, face: str, size: int, room: int) -> tuple[str, ...]:
    """The text in one line or in two of about the same length, split where words end; empty if
    it does not fit."""
    if width(text, face, size) <= room:
        return (text,)
    best: tuple[int, tuple[str, ...]] | None = None
    for place in range(1, len(text)):
        if not _may_break(text, place):
            continue
        lines = (text[:place].rstrip(), text[place:].lstrip())
        wide = [width(line, face, size) for line in lines]
        if max(wide) > room:
            continue
        # A space is where a writer pauses: it is worth an uneven pair of lines.
        paused = text[place - 1] == " " or text[place - 1] in _CLOSING
        cost = abs(wide[0] - wide[1]) + (0 if paused else 3 * size)
        if best is None or cost < best[0]:
            best = (cost, lines)
    return () if best is None else best[1]


def wrap(text: str, face: str, size: int, room: int, most: int) -> tuple[str, ...]:
    """The text in at most so many lines; what does not fit is cut."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most - 1 and width(rest, face, size) > room:
        places = [p for p in range(1, len(rest)) if _may_break(rest, p)]
        fitting = [p for p in places if width(rest[:p].rstrip(), face, size) <= room]
        if not fitting:
            break
        lines.append(rest[: fitting[-1]].rstrip())
        rest = rest[fitting[-1] :].lstrip()
    return (*lines, cut(rest, face, size, room))
