"""Words that no public text may carry, and where they stand (`domain.md §1, §8`).

The lists follow the product's own rules of copy: never a reward for sharing or for inviting,
no promise of success or income, no language of pyramids.
"""

from __future__ import annotations

import re
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

_NUMBER: Final = r"[0-9０-９一二两三四五六七八九十百千万N]+"


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all words, longer ones first."""
    return re.compile(
        "|".join(_one(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE
    )


def _one(word: str) -> str:
    """Pattern of one word: ` N ` is any number, spaces are free, Latin words begin a word."""
    parts = [_NUMBER if part == "N" else re.escape(part) for part in word.split()]
    latin = word.replace("N ", "").isascii()
    spaced = (r"\s+" if latin else r"\s*").join(parts)
    return rf"(?<![A-Za-z]){spaced}" if latin else spaced


def forbidden(text: str, words: Iterable[str] = FORBIDDEN) -> list[tuple[int, int, str]]:
    """Return (start, end, what stands there) for every forbidden word in `text`, in order.

    Positions count characters, half-open, so that an editor can mark them. A word `N` inside an
    entry stands for any number; upper and lower case are the same; a Latin entry also finds its
    endings (`recruit` in `recruiting`) but not its middle.
    """
    wanted = tuple(word for word in words if word.strip())
    if not wanted:
        return []
    return [
        (found.start(), found.end(), found.group()) for found in _pattern(wanted).finditer(text)
    ]
