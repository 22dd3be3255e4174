"""Jobs and health: what is asked of the database is little, what costs is gathered by jobs."""

import time
from importlib.metadata import version
from uuid import UUID

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError
from kefen.faces.api.health import facts as queue_facts
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform.oversight_screens import FailedJob, HealthScreen, QueueRow
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import account_label
from kefen.oversight import queries as oversight
from kefen.platform import clock
from kefen.platform.jobs import again, queries
from kefen.platform.tenancy import queries as tenancy

_WORKER_SILENT_SECONDS = 30
_SHOWN = 50
_PAGE = "web/platform/health.html"


@require_safe
@platform_page
def health(entry: Entry) -> HttpResponse:
    """Database, jobs, storage, notifications, books."""
    return entry.show(_PAGE, screen(), "health")


@require_POST
@platform_page
def retry(entry: Entry, job: int) -> HttpResponse:
    """Let a failed job run again."""
    entry.come_back = entry.address("platform_health")
    try:
        again.retry(job, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, {})
        return entry.show(_PAGE, screen(form), "health", problems.status_of(refusal))
    entry.say(_("The job runs again at once."))
    return entry.to("platform_health")


def screen(form: Form | None = None) -> HealthScreen:
    """Everything, or that the database does not answer."""
    now, began = clock.now(), time.perf_counter()
    try:
        found = queue_facts()
    except (DatabaseError, InterfaceError):
        return HealthScreen(now, database_ok=False)
    took = round((time.perf_counter() - began) * 1000)
    heard, oldest = found["worker_heard_seconds"], found["oldest_job_seconds"]
    gathered, kept, failed = oversight.health(_SHOWN), queries.storage(), queries.failed()
    return HealthScreen(
        checked_at=now,
        database_ok=True,
        database_version=f"PostgreSQL {found['server_version']}",
        database_ms=took,
        database_bytes=kept.database,
        export_bytes=kept.exports,
        disk_free_bytes=kept.disk_free,
        jobs_waiting=found["jobs_waiting"],
        jobs_failed=failed,
        oldest_seconds=None if oldest is None else round(oldest),
        worker_seconds=None if heard is None else round(heard),
        worker_ok=heard is not None and heard < _WORKER_SILENT_SECONDS,
        workers=queries.workers(),
        queues=tuple(
            QueueRow(
                *(one.queue, one.task, one.waiting, one.later, one.running, one.failed),
                None if one.oldest_seconds is None else round(one.oldest_seconds),
            )
            for one in queries.by_task()
        ),
        failed=_failed(),
        books_ok=not gathered.differing and not gathered.findings,
        transfers=gathered.transfers,
        findings=tuple(f"{name}: {account_label(code)}" for name, code in gathered.differing),
        audited_at=gathered.audited_at,
        audit_findings=gathered.findings,
        unaudited=gathered.unaudited,
        gathered_at=gathered.gathered_at,
        inbox_parked=gathered.parked,
        version=version("kefen"),
        form=form or Form(),
    )


def _failed() -> tuple[FailedJob, ...]:
    found = queries.failed_jobs(_SHOWN)
    known = tenancy.names({one.institution for one in found if one.institution is not None})
    return tuple(
        FailedJob(one.id, one.task, _name(one.institution, known), one.attempts, one.failed_at)
        for one in found
    )


def _name(institution: UUID | None, known: dict[UUID, str]) -> str:
    return "" if institution is None else known.get(institution, "")
