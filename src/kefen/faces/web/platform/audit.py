"""The platform's log: who of the platform did what, and what was done to institutions."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform import audit_build as build


@require_safe
@platform_page
def audit(entry: Entry) -> HttpResponse:
    """The log, a page at a time."""
    return entry.show("web/platform/audit.html", build.audit_log(entry), "platform_audit")
