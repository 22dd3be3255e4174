"""Gathering what the platform sees of an institution: done by jobs, in the institution's scope.

No lock: figures that two jobs gather at one moment are both true.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kefen.commissions import queries as commissions
from kefen.compliance import queries as compliance
from kefen.core.periods import midnight
from kefen.core.states import PromoterStatus
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.oversight import queries
from kefen.oversight.contracts import DAYS, MONTHS, Cap, cap_state, is_burst
from kefen.oversight.models import Figures, Month
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.platform.inbox import queries as inbox
from kefen.platform.tenancy.queries import current
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters
from kefen.reconciliation import queries as reconciliation
from kefen.risk import queries as risk
from kefen.splits import queries as splits

_COUNTED: Final = (
    *("signals_open", "complaints_open", "alarms_open", "splits_stopped"),
    *("differences_open", "notifications_parked"),
)
_WEEK = timedelta(days=7)
_MOST_NAMED = 20


def gather() -> None:
    """The figures of the institution in scope, as they are now."""
    now = clock.now()
    values = {**_sales(now), **_terms(now), **_waiting(now)}
    values["cap"] = cap_state(values["cost_bps"], values["cap_bps"])
    values["attention"] = _attention(values)
    values["promoters"] = promoters.counts_by_status().get(PromoterStatus.ACTIVE, 0)
    values["last_activity_at"] = _last_activity()
    Figures.objects.update_or_create(
        institution_id=current().id, defaults={"gathered_at": now, **values}
    )


def _sales(now: datetime) -> dict[str, Any]:
    zone = current().zone
    since = midnight(now.astimezone(zone).date() - timedelta(days=DAYS - 1), zone)
    sales, paid_orders = orders.paid_total(since, now + timedelta(seconds=1))
    rebates = sum(commissions.by_day(since).values())
    return {
        "sales": sales,
        "paid_orders": paid_orders,
        "rebates": rebates,
        "cost_bps": rebates * 10_000 // sales if sales > 0 else None,
    }


def _terms(now: datetime) -> dict[str, Any]:
    """What its programme in force promises, beside the platform's cap."""
    schedule = programmes.schedule()
    version = schedule.in_force(now)
    found: dict[str, Any] = {"cap_bps": schedule.limits.max_rate_bps}
    return found | {
        "programme_number": None if version is None else version.number,
        "programme_cap_bps": None if version is None else version.terms.max_rate_bps,
        "programme_hold_days": None if version is None else version.terms.hold_days,
        "programme_level2": version is not None and version.terms.level2,
    }


def _waiting(now: datetime) -> dict[str, Any]:
    """What waits for a person there."""
    kinds, waiting = risk.open_by_kind(), compliance.waiting()
    week, before = compliance.complaints_raised(now - _WEEK, now - 5 * _WEEK)
    return {
        "signals": kinds,
        "signals_open": sum(kinds.values()),
        "complaints_open": waiting["complaints"],
        "complaints_week": week,
        "complaints_burst": is_burst(week, before),
        "alarms_open": waiting["graph_alarms"],
        "hits_open": waiting["text_hits"],
        "splits_stopped": splits.stopped_count(),
        "differences_open": reconciliation.open_count(),
        "notifications_parked": inbox.parked_count(),
    }


def _attention(values: dict[str, Any]) -> int:
    """How much there is to look at; a burst and a passed cap weigh as ten things do."""
    weights = {Cap.OVER: 10, Cap.NEAR: 1}
    more = weights.get(Cap(str(values["cap"])), 0) + (10 if values["complaints_burst"] else 0)
    return sum(int(values[name]) for name in _COUNTED) + more


def _last_activity() -> datetime | None:
    found = (audit.newest_by_people(), orders.newest_placed_at())
    return max((at for at in found if at is not None), default=None)


@transaction.atomic
def gather_months() -> None:
    """The months of the institution in scope, and whether its books agree with its ledger: what
    costs more to sum, and so is done less often."""
    now, zone = clock.now(), current().zone
    first = now.astimezone(zone).date().replace(day=1)
    for _ in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    since = midnight(first, zone)
    months: dict[date, list[int]] = {}
    for paid in orders.paid_sums(since, now + timedelta(seconds=1)).days:
        month = months.setdefault(paid.on.replace(day=1), [0, 0, 0])
        month[0], month[1] = month[0] + paid.sales, month[1] + paid.orders
    for day, amount in commissions.by_day(since).items():
        months.setdefault(day.replace(day=1), [0, 0, 0])[2] += amount
    Month.objects.bulk_create(
        (
            Month(
                institution_id=current().id,
                on=on,
                sales=sums[0],
                paid_orders=sums[1],
                rebates=sums[2],
            )
            for on, sums in months.items()
        ),
        update_conflicts=True,
        unique_fields=["institution", "on"],
        update_fields=["sales", "paid_orders", "rebates"],
    )
    differing = [one.account for one in queries.books() if one.difference]
    Figures.objects.update_or_create(
        institution_id=current().id,
        defaults={
            "transfers": ledger.transfer_count(),
            "book_differences": differing[:_MOST_NAMED],
        },
        create_defaults={
            "gathered_at": now,
            "transfers": ledger.transfer_count(),
            "book_differences": differing[:_MOST_NAMED],
        },
    )


def note_audit(findings: int) -> None:
    """Note what the audit of the institution in scope found."""
    now = clock.now()
    noted = {"audited_at": now, "audit_findings": findings}
    Figures.objects.update_or_create(
        institution_id=current().id,
        defaults=noted,
        create_defaults={"gathered_at": now, **noted},
    )
