"""What every page shows around its screen: school, person, theme, demo banner, notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

THEME_COOKIE = "kefen_theme"
THEMES = ("light", "dark")
# The badges of the menu's entries: beside them `counts` has amounts, and parts of these numbers.
BADGES: Final = (
    *("orders", "questions", "promoters", "settlement", "withdrawals", "reconciliation"),
    *("splits", "risk", "compliance", "notifications"),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What just happened, said once at the top of the page.

    `tone` is `jade` (done), `amber` (look), `crimson` (refused) or empty; texts are translated.
    """

    text: str
    title: str = ""
    tone: str = "jade"


@dataclass(frozen=True, slots=True)
class Layout:
    """The frame of a page. `zone` is the institution's; `now` only decides whether a year shows.

    `active` is the key of the current entry in the navigation; `counts` are its badges by key;
    `path` is where the language and theme switches come back to; `theme` is `light`, `dark` or
    empty for the device's own. `may` are the deeds of rights.py that the person's role includes,
    `missing` says which of this page it does not. `paused`: the platform paused the school; its own
    people read why in `paused_reason`.
    """

    now: datetime
    path: str = "/"
    zone: str = "Asia/Shanghai"
    institution_slug: str = ""
    institution_name: str = ""
    active: str = ""
    person_name: str = ""
    person_role: str = ""
    theme: str = ""
    demo: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    notice: Notice | None = None
    may: frozenset[str] = frozenset()
    missing: str = ""
    paused: bool = False
    paused_reason: str = ""

    @property
    def waiting(self) -> int:
        """All that waits anywhere: the badge of the menu while it is folded."""
        return sum(self.counts.get(key, 0) for key in BADGES)

    @property
    def offset(self) -> int:
        """Minutes by which the institution's clock is ahead of UTC now (zone.js)."""
        ahead = self.now.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta()
        return int(ahead / timedelta(minutes=1))


def theme_of(request: HttpRequest) -> str:
    """The theme a visitor chose, empty if the device decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def show(
    request: HttpRequest, template: str, screen: Any, layout: Layout, status: int = 200
) -> HttpResponse:
    """Fill a template with its one screen and the frame around it."""
    return render(request, template, {"screen": screen, "layout": layout}, status=status)
