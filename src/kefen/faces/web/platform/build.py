"""The provider's screens."""

import time
from importlib.metadata import version
from typing import Any

from django.db import DatabaseError, InterfaceError

from kefen.commissions import queries as commissions
from kefen.faces.api.health import facts as queue_facts
from kefen.faces.web import books, names
from kefen.faces.web.platform import screens
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import money_text, percent_bps
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.platform.inbox import queries as inbox
from kefen.platform.inbox.contracts import State
from kefen.platform.jobs import queries as jobs
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters

_SHOWN = 50
_WORKER_SILENT_SECONDS = 30


def institutions(form: Form | None = None) -> screens.InstitutionsScreen:
    """The newest institutions. Each has its own scope, so each is asked for itself."""
    rows = []
    for facts, created_at in tenancy.founded()[:_SHOWN]:
        with scope.institution(facts.id):
            sales = sum(orders.collected_by_channel().values())
            commission = sum(commissions.left_by_state().values())
            rows.append(
                screens.InstitutionRow(
                    slug=facts.slug,
                    name=facts.name,
                    currency=facts.currency,
                    sales=sales,
                    paid_orders=orders.paid_count(),
                    promoters=sum(promoters.counts_by_status().values()),
                    cost_bps=commission * 10_000 // sales if sales > 0 else None,
                    cap_bps=tenancy.limits().max_rate_bps,
                    created_at=created_at,
                )
            )
    return screens.InstitutionsScreen("CNY", tuple(rows), form or Form())


def limits(facts: InstitutionFacts | None, form: Form | None = None) -> screens.LimitsScreen:
    """The limits of one institution, and whether its programme stands above them today."""
    choices = tuple(Option(f.slug, f.name) for f, _ in tenancy.founded())
    if facts is None:
        return screens.LimitsScreen(0, 0, False, 18, (), institutions=choices, form=form or Form())
    with scope.institution(facts.id):
        row, now = tenancy.limits_row(), tenancy.limits()
        note = audit.newest("limits.set")
        in_force = programmes.schedule().in_force(clock.now())
        affected: tuple[str, ...] = ()
        if in_force is not None and in_force.terms.max_rate_bps > now.max_rate_bps:
            affected = (f"{facts.name} {percent_bps(in_force.terms.max_rate_bps)}",)
        return screens.LimitsScreen(
            max_rate_bps=now.max_rate_bps,
            minimum_hold_days=now.minimum_hold_days,
            level2_allowed=now.level2_allowed,
            minimum_age=now.minimum_age,
            forbidden_words=now.forbidden_words,
            changed_at=row.decided_at,
            changed_by="" if note is None else names.actor_name(note.actor_kind, None, {}),
            affected=affected,
            institution=facts.slug,
            institutions=choices,
            form=form or Form(),
        )


def health() -> screens.HealthScreen:
    """Database, jobs, notifications, and the books of every institution against the ledger."""
    now, began = clock.now(), time.perf_counter()
    try:
        found: dict[str, Any] = queue_facts()
    except (DatabaseError, InterfaceError):
        return screens.HealthScreen(now, False, "", 0, 0, 0, None, False)
    took = round((time.perf_counter() - began) * 1000)
    heard = found["worker_heard_seconds"]
    findings, transfers, parked = _books()
    return screens.HealthScreen(
        checked_at=now,
        database_ok=True,
        database_version=f"PostgreSQL {found['server_version']}",
        database_ms=took,
        jobs_waiting=found["jobs_waiting"],
        jobs_failed=jobs.failed(),
        worker_seconds=None if heard is None else round(heard),
        worker_ok=heard is not None and heard < _WORKER_SILENT_SECONDS,
        books_ok=not findings,
        transfers=transfers,
        findings=tuple(findings),
        inbox_parked=parked,
        version=version("kefen"),
    )


def _books() -> tuple[list[str], int, int]:
    """What differs anywhere, how many transfers there are, how many notifications need a look."""
    findings, transfers, parked = [], 0, 0
    for facts, _ in tenancy.founded()[:_SHOWN]:
        with scope.institution(facts.id):
            findings += [
                f"{facts.name}: {line.account} {money_text(line.difference, facts.currency)}"
                for line in books.lines()
                if line.difference
            ]
            transfers += ledger.transfer_count()
            parked += inbox.counts()[State.PARKED]
    return findings, transfers, parked
