"""Screens of institutions, from what was gathered: no page sums what a school sold."""

from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kefen.faces.web import keyset, limits_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels import LABELS, label
from kefen.faces.web.platform import limits_build
from kefen.faces.web.platform.audit_build import deeds
from kefen.faces.web.platform.screens import (
    ChannelRow,
    InstitutionRow,
    InstitutionScreen,
    InstitutionsScreen,
    MonthRow,
    WorryRow,
)
from kefen.faces.web.shared.screens import Form, Option
from kefen.oversight import queries as oversight
from kefen.oversight.contracts import MONTHS, Worry
from kefen.oversight.models import Figures
from kefen.platform.audit import queries as audit
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.models import Institution

_LONGEST: Final = 60
_LINES: Final = 10
STATE_VERBS: Final = (
    *("institution.founded", "institution.paused", "institution.opened"),
    "institution.plan_set",
)
# What the list may be sorted by; what was not gathered yet stands last.
_SORTS: Final = {
    "sales": ("-sales", "-id"),
    "attention": ("-attention", "-id"),
    "activity": ("-active_at", "-id"),
    "newest": ("-created_at", "-id"),
}


def institutions(entry: Entry, form: Form | None = None) -> InstitutionsScreen:
    """One page of them; as many queries for two as for ten thousand."""
    state, sort = entry.query.get("state", ""), entry.query.get("sort", "")
    filters = {
        "q": entry.query.get("q", "").strip()[:_LONGEST],
        "state": state if state in LABELS["institution"] else "",
        "sort": sort if sort in _SORTS else "",
    }
    found = _gathered(tenancy.listed(text=filters["q"], state=filters["state"]))
    rows, window = keyset.window(entry, found, _SORTS[filters["sort"] or "sales"], filters)
    return InstitutionsScreen(tuple(map(row_of, rows)), window, filters, form or Form())


def _gathered(found: "QuerySet[Institution]") -> "QuerySet[Institution]":
    nothing = Value(-1, output_field=IntegerField())
    return found.select_related("figures").annotate(
        sales=Coalesce(F("figures__sales"), nothing),
        attention=Coalesce(F("figures__attention"), nothing),
        active_at=Coalesce(
            F("figures__last_activity_at"), F("created_at"), output_field=DateTimeField()
        ),
    )


def figures_of(row: Institution) -> Figures | None:
    """What was gathered of an institution, if it was read along."""
    try:
        found: Figures = row.figures
    except ObjectDoesNotExist:
        return None
    return found


def row_of(row: Institution, known: Figures | None = None) -> InstitutionRow:
    """One institution with its figures."""
    plain = InstitutionRow(
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        plan=row.plan,
        state=row.state,
        created_at=row.created_at,
    )
    found = known or figures_of(row)
    if found is None:
        return plain
    return InstitutionRow(
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        plan=row.plan,
        state=row.state,
        created_at=row.created_at,
        sales=found.sales,
        paid_orders=found.paid_orders,
        promoters=found.promoters,
        cost_bps=found.cost_bps,
        cap_bps=found.cap_bps,
        cap=found.cap,
        signals=found.signals_open,
        complaints=found.complaints_open,
        burst=found.complaints_burst,
        alarms=found.alarms_open,
        attention=found.attention,
        last_activity_at=found.last_activity_at,
        gathered_at=found.gathered_at,
    )


def institution(
    row: Institution, *, state_form: Form | None = None, plan_form: Form | None = None
) -> InstitutionScreen:
    """One institution whole: no order, no promoter and no student of it, only counts."""
    figures = oversight.of_institution(row.id)
    with scope.institution(row.id):
        history = tenancy.limits_history()
        connected = merchants.connected()
    timeline = audit.of_platform(row.id).filter(verb__in=STATE_VERBS)
    return InstitutionScreen(
        row=row_of(row, figures),
        zone=row.time_zone,
        rebates=0 if figures is None else figures.rebates,
        state_reason=row.state_reason,
        months=tuple(_months(row)),
        limits=limits_shown.locked(history),
        decisions=limits_build.decisions(history),
        worries=() if figures is None else worries(figures),
        signals=() if figures is None else _signals(figures),
        channels=tuple(
            ChannelRow(one.channel, one.active, one.splits, bool(one.contested), one.changed_at)
            for one in connected
        ),
        timeline=deeds(timeline[:_LINES]),
        log=deeds(audit.of_platform(row.id)[:_LINES]),
        state_form=state_form or Form(),
        plan_form=plan_form or Form(),
    )


def _months(row: Institution) -> Iterable[MonthRow]:
    for one in oversight.months_of(row.id, MONTHS):
        ratio = one.rebates * 10_000 // one.sales if one.sales > 0 else None
        yield MonthRow(one.on, one.sales, one.paid_orders, one.rebates, ratio)


def worries(found: Figures) -> tuple[WorryRow, ...]:
    """What waits for a person at an institution, and how much of it."""
    burst = _("many more than usual in the last seven days") if found.complaints_burst else ""
    books = len(found.book_differences) + found.audit_findings
    rows = (
        WorryRow(Worry.SIGNALS, found.signals_open),
        WorryRow(Worry.COMPLAINTS, found.complaints_open, burst),
        WorryRow(Worry.CAP, int(found.cap in ("near", "over")), str(label("cap", found.cap))),
        WorryRow(Worry.ALARMS, found.alarms_open),
        WorryRow(Worry.SPLITS, found.splits_stopped),
        WorryRow(Worry.DIFFERENCES, found.differences_open),
        WorryRow(Worry.NOTIFICATIONS, found.notifications_parked),
        WorryRow(Worry.BOOKS, books),
    )
    return tuple(row for row in rows if row.count or row.note in ("", burst))


def _signals(found: Figures) -> tuple[Option, ...]:
    """Open signals by kind, the most frequent first."""
    ordered = sorted(found.signals.items(), key=lambda one: (-one[1], one[0]))
    return tuple(
        Option(str(label("risk", kind)), _("%(n)d open") % {"n": n}) for kind, n in ordered
    )
