"""The frame around pages of the sandboxes, in the dress of the web face."""

from types import SimpleNamespace

from django.conf import settings
from django.http import HttpRequest

from kefen.platform import clock


def frame(request: HttpRequest) -> SimpleNamespace:
    """What the web face's own pages are framed by, for a page that belongs to no school."""
    chosen = request.COOKIES.get("kefen_theme", "")
    return SimpleNamespace(
        now=clock.now(),
        path=request.get_full_path() if request.method == "GET" else "/",
        zone="Asia/Shanghai",
        institution_slug="",
        institution_name="",
        active="",
        person_name="",
        person_role="",
        theme=chosen if chosen in ("light", "dark") else "",
        demo=settings.DEMO,
        counts={},
        notice=None,
    )
