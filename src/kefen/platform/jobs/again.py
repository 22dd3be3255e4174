"""A failed job runs again because a person of the platform says so."""

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.utils import utcnow

from kefen.core.errors import NotFound
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs

_FAILED = "SELECT task_name FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE"


@needs(Deed.JOBS)
@transaction.atomic
def retry(job: int, *, actor: Actor = SYSTEM) -> None:
    """Let a failed job run again at once. Raises NotFound for one that did not fail, or whose next
    turn by the clock waits already and does its work."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [job])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(what="job")
    try:
        with transaction.atomic():
            JobManager(connector=DjangoConnector()).retry_job_by_id(job, retry_at=utcnow())
    except IntegrityError as error:
        raise NotFound(what="job") from error
    audit.record_for_platform(actor, "job.retried", f"job:{job}", task=row[0])
