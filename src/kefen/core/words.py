"""Words that no public text may carry, and where they stand (`domain.md §1, §8`).

The lists follow the product's own rules of copy: never a reward for sharing or for inviting,
no promise of success or income, no language of pyramids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

FORBIDDEN_ZH: Final = (
    "分享得",
    "转发领",
    "邀请 N 人",
    "返学费",
    "助力",
    "砍价",
    "集赞",
    "躺赚",
    "稳赚",
    "保过",
    "最",
    "下线",
    "裂变",
    "拉人头",
    "N 级代理",
)
FORBIDDEN_EN: Final = (
    "share to earn",
    "share and earn",
    "forward to get",
    "invite N people",
    "invite N friends",
    "tuition back",
    "guaranteed pass",
    "guaranteed income",
    "passive income",
    "downline",
    "recruit",
    "level N agent",
)
FORBIDDEN: Final = FORBIDDEN_ZH + FORBIDDEN_EN
"""The default for texts of institutions; a platform may add to it."""

FORBIDDEN_IN_PRODUCT: Final = (*FORBIDDEN, "团队", "team")
"""For our own texts; a course may well speak of a team of teachers."""

_NUMBER: Final = r"[0-9一二两三四五六七八九十百千万n]+"
# What may stand between two characters of a word and not hide it: at most three marks, blanks or
# characters without width. A sentence ends at its point and a line at its break.
_GAP: Final = r"(?:[^\w。!?\n\r]|_){0,3}"
# Inside a Latin word a blank begins another one ("tea, milk"), unless every letter stands alone.
_GAP_LATIN: Final = r"(?:[^\w\s]|_){0,3}"


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all words, longer ones first."""
    folded = [_folded(word)[0] for word in words]
    return re.compile("|".join(_one(word) for word in sorted(folded, key=len, reverse=True)))


def _one(word: str) -> str:
    """Pattern of one word: ` N ` is any number; what hides a word does not."""
    parts = word.split()
    if not "".join(part for part in parts if part != "n").isascii():
        return _GAP.join(_NUMBER if part == "n" else _letters(part, _GAP) for part in parts)
    close = r"(?:[\W_]+)".join(
        _NUMBER if part == "n" else _letters(part, _GAP_LATIN) for part in parts
    )
    apart = r"[\W_]{1,3}".join(
        _NUMBER if part == "n" else _letters(part, r"[\W_]") for part in parts
    )
    return rf"(?<![a-z])(?:{close}|{apart}(?![a-z]))"


def _letters(part: str, gap: str) -> str:
    return gap.join(re.escape(letter) for letter in part)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in one width and case, and where in `text` each of its characters stands."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).casefold():
            characters.append(one)
            places.append(place)
    return "".join(characters), places


def forbidden(text: str, words: Iterable[str] = FORBIDDEN) -> list[tuple[int, int, str]]:
    """Return (start, end, what stands there) for every forbidden word in `text`, in order.

    Positions count characters, half-open, so that an editor can mark them. A word `N` inside an
    entry stands for any number; upper and lower case and full and half width are the same; marks,
    blanks and characters without width between the characters of a word do not hide it. A Latin
    entry also finds its endings (`recruit` in `recruiting`) but not its middle.
    """
    wanted = tuple(word for word in words if word.strip())
    if not wanted or not text:
        return []
    folded, places = _folded(text)
    found = []
    for hit in _pattern(wanted).finditer(folded):
        start, end = places[hit.start()], places[hit.end() - 1] + 1
        found.append((start, end, text[start:end]))
    return found
