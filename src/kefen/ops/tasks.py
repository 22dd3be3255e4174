"""The jobs that keep the queue itself in order."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from kefen.ops.audit import audit_institution
from kefen.oversight import actions as oversight
from kefen.platform import jobs

# A worker reports every few seconds (ops/worker.py); one that was silent this long is dead.
SILENT_SECONDS = 20
KEPT_HOURS = 24 * 14
NAMED = 20

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(name="jobs.recover", pass_context=True)
async def recover(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the planned instant
    """Let jobs run again that a killed worker left behind."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        if job.id is None:
            continue
        logger.warning("job %s (%s) was left behind and runs again", job.id, job.task_name)
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # A job by the clock whose next turn waits already: that one does the work.
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
    await manager.prune_stalled_workers(SILENT_SECONDS)


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.tidy", queueing_lock="jobs.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the planned instant
    """Forget failed jobs after two weeks; successful ones are not kept at all."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@jobs.every_institution("41 2 * * *", "ops.audit_books")
def audit_books() -> None:
    """Check every single entry once a night, and note for the platform what was found."""
    findings = audit_institution()
    for finding in findings[:NAMED]:
        logger.error("the audit found: %s", finding)
    oversight.note_audit(len(findings))
