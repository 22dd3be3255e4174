"""The platform's looks at personal data, as the school sees them; an owner notes each."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.compliance import actions, queries
from kefen.compliance.models import Reveal
from kefen.faces.web import keyset
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.reveal_screens import RevealRow, RevealsScreen
from kefen.faces.web.typed import identity_of
from kefen.platform import clock


def row_of(row: Reveal, now: datetime) -> RevealRow:
    """One look, with each reading."""
    return RevealRow(
        id=str(row.id),
        who=row.handle,
        subject=row.subject,
        key=row.key,
        kind=row.kind,
        reason=row.reason,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        network=row.network,
        device=row.device,
        views=tuple(sorted(one.at for one in row.views.all())),
        is_open=queries.is_open(row, now),
        noted=bool(row.noted.all()),
    )


@require_safe
@operator_page()
def listed(entry: Entry) -> HttpResponse:
    """Every look, newest first."""
    rows, window = keyset.window(entry, queries.reveals(), ("-id",))
    now = clock.now()
    screen = RevealsScreen(tuple(row_of(row, now) for row in rows), window, queries.waiting())
    return entry.show("web/operator/compliance_reveals.html", screen, "compliance")


@require_POST
@operator_page(may="reveal_notices")
def noted(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """An owner read it."""
    actions.note_reveal(identity_of(id), actor=entry.actor)
    entry.say(_("Noted; it stays in this list and in the audit log."))
    return entry.to("operator_reveals")
