"""`/healthz`: does this process reach its database, and is somebody doing the work?"""

from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_OLDEST = """
SELECT current_setting('server_version'),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'
           AND (scheduled_at IS NULL OR scheduled_at <= now())),
       (SELECT extract(epoch FROM now() - min(greatest(e.at, j.scheduled_at)))
          FROM procrastinate_jobs j
          JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
         WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())),
       (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers)
"""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's way of calling
    """200 with what was found, 503 if the database cannot be reached."""
    try:
        found = facts()
    except (DatabaseError, InterfaceError) as error:
        return JsonResponse(
            {"status": "database_unreachable", "error": type(error).__name__}, status=503
        )
    return JsonResponse({"status": "ok", **found})


def facts() -> dict[str, Any]:
    """The database's version, jobs that wait to be started, the age of the oldest, and how long
    ago a worker was heard of (None: there is none)."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        version, waiting, oldest, heard = cursor.fetchone()
    return {
        "server_version": version,
        "jobs_waiting": waiting,
        "oldest_job_seconds": None if oldest is None else round(float(oldest), 1),
        "worker_heard_seconds": None if heard is None else round(float(heard), 1),
    }
