"""`kefen jobs`: what the queue holds, and trying failed jobs again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.utils import utcnow
from rich.console import Console
from rich.table import Table

from kefen.faces.api.health import facts

_COUNTS = """
SELECT task_name,
       count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()),
       count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()),
       count(*) FILTER (WHERE status = 'doing'),
       count(*) FILTER (WHERE status = 'failed')
  FROM procrastinate_jobs GROUP BY task_name ORDER BY task_name
"""
_FAILED = (
    "SELECT id, task_name, attempts, args::text FROM procrastinate_jobs"
    " WHERE status = 'failed' ORDER BY id DESC LIMIT 100"
)


class Command(BaseCommand):
    help = "Show the queue; --failed lists failed jobs, --retry ID runs one again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true")
        parser.add_argument("--retry", type=int, metavar="ID")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["retry"] is not None:
            app.job_manager.retry_job_by_id(options["retry"], retry_at=utcnow())
            return
        console = Console()
        if options["failed"]:
            console.print(_table(_FAILED, "job", "task", "attempts", "arguments"))
            return
        console.print(_table(_COUNTS, "task", "waiting", "later", "running", "failed"))
        found = facts()
        console.print(
            f"oldest waiting: {found['oldest_job_seconds']} s, "
            f"a worker was heard {found['worker_heard_seconds']} s ago"
        )


def _table(statement: str, *titles: str) -> Table:
    table = Table(*titles)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for row in cursor.fetchall():
            table.add_row(*(str(value) for value in row))
    return table
