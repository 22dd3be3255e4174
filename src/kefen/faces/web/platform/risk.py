"""Risk over all institutions: what waits for a person, where, and how much of it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kefen.faces.web import keyset
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.labels import label
from kefen.faces.web.platform.institution_build import row_of
from kefen.faces.web.platform.oversight_screens import RiskRow, RiskScreen, WorryTotal
from kefen.faces.web.shared.screens import Option
from kefen.oversight import queries
from kefen.oversight.contracts import Worry
from kefen.oversight.models import Figures

_LONGEST = 60


@require_safe
@platform_page
def risk(entry: Entry) -> HttpResponse:
    """Institutions with something to look at, those with the most first."""
    return entry.show("web/platform/risk.html", screen(entry), "platform_risk")


def screen(entry: Entry) -> RiskScreen:
    """One page of it; a fixed number of queries."""
    worry = entry.query.get("worry", "")
    filters = {
        "worry": worry if worry in set(Worry) else "",
        "q": entry.query.get("q", "").strip()[:_LONGEST],
    }
    chosen = Worry(filters["worry"]) if filters["worry"] else None
    found = queries.worrying(chosen, text=filters["q"])
    rows, window = keyset.window(entry, found, ("-attention", "-institution_id"), filters)
    totals = queries.totals()
    return RiskScreen(
        totals=tuple(
            WorryTotal(one, totals.things[one], totals.institutions[one]) for one in Worry
        ),
        signals=tuple(
            Option(str(label("risk", kind)), _("%(n)d open") % {"n": n})
            for kind, n in totals.signals.items()
        ),
        rows=tuple(map(_row, rows)),
        window=window,
        filters=filters,
        gathered_at=totals.oldest_at,
        bursts=totals.bursts,
        over=totals.over,
    )


def _row(row: Figures) -> RiskRow:
    return RiskRow(
        institution=row_of(row.institution, row),
        splits=row.splits_stopped,
        differences=row.differences_open,
        notifications=row.notifications_parked,
        books=len(row.book_differences) + row.audit_findings,
    )
