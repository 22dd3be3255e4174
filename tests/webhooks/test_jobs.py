"""Jobs: every name exists, a rollback takes a job back, what is left behind runs again."""

import ast
import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

import kefen
from kefen.core.errors import ChannelUnavailable, InvariantBroken, OrderNotOpen
from kefen.ops import tasks
from kefen.platform import jobs
from kefen.platform.jobs.declare import in_every_institution
from kefen.platform.jobs.retry import ATTEMPTS, Patience
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.webhooks.shop import queued

SOURCES = Path(kefen.__file__).parent


def enqueued_names() -> dict[str, str]:
    """Every task that the source enqueues, with the file that does: literals, and constants of
    the same module."""
    found: dict[str, str] = {}
    for path in SOURCES.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(
                "jobs.enqueue"
            ):
                continue
            first = node.args[0]
            name = first.value if isinstance(first, ast.Constant) else constants[ast.unparse(first)]
            found[str(name)] = str(path.relative_to(SOURCES))
    return found


def test_every_enqueued_name_is_a_task() -> None:
    names = enqueued_names()
    assert {"notifications.work", "refunds.send", "payouts.send", "sandbox.deliver"} <= set(names)
    assert {name: where for name, where in names.items() if name not in app.tasks} == {}


def test_what_comes_round_by_the_clock() -> None:
    names = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert names >= {
        "commissions.mature",
        "ledger.fold",
        "standings.close_due",
        "notifications.wake",
        "payments.chase",
        "refunds.chase",
        "payouts.chase",
        "sandbox.deliver_due",
        "jobs.recover",
        "jobs.tidy",
    }


def test_an_unknown_name_is_our_bug(institution: InstitutionFacts) -> None:
    with pytest.raises(InvariantBroken):
        jobs.enqueue("refunds.sned", refund="rfd-1")


def test_a_rollback_takes_the_job_back(institution: InstitutionFacts) -> None:
    class Stop(Exception):
        pass

    def refused() -> None:
        with transaction.atomic():
            jobs.enqueue("refunds.send", refund="rfd-1")
            assert len(queued("refunds.send")) == 1
            raise Stop

    with pytest.raises(Stop):
        refused()
    assert queued("refunds.send") == []


def test_a_job_carries_its_institution(institution: InstitutionFacts) -> None:
    jobs.enqueue("refunds.send", refund="rfd-1")
    assert queued("refunds.send") == [{"refund": "rfd-1", "institution": str(institution.id)}]


def test_once_adds_no_second_while_the_first_waits(institution: InstitutionFacts) -> None:
    for number in ("rfd-1", "rfd-1", "rfd-2"):
        jobs.enqueue("refunds.send", once=True, refund=number)
    assert [job["refund"] for job in queued("refunds.send")] == ["rfd-1", "rfd-2"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    jobs.enqueue("refunds.send", once=True, refund="rfd-1")
    assert len(queued("refunds.send")) == 1, "the one that runs may have looked already"


def test_once_starts_the_one_that_backs_off(institution: InstitutionFacts) -> None:
    jobs.enqueue("refunds.send", after=timedelta(minutes=30), refund="rfd-1")
    jobs.enqueue("refunds.send", once=True, refund="rfd-1")
    assert len(queued("refunds.send")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at <= now() FROM procrastinate_jobs")
        assert cursor.fetchall() == [(True,)]


def test_one_institutions_failure_does_not_keep_the_others_waiting(
    institution: InstitutionFacts,
) -> None:
    other = found_institution(slug="other", name="Other")
    seen = []

    def work() -> None:
        seen.append(scope.institution_id())
        if scope.institution_id() == institution.id:
            raise ChannelUnavailable(channel="sandbox")

    with pytest.raises(ChannelUnavailable):
        in_every_institution(work)
    # Other tests of this process may have left institutions of their own.
    assert [one for one in seen if one in {institution.id, other.id}] == [institution.id, other.id]


@pytest.mark.parametrize(
    ("error", "attempts", "comes_back"),
    [
        (ChannelUnavailable(channel="x"), 0, True),
        (ChannelUnavailable(channel="x"), ATTEMPTS - 1, True),
        (ChannelUnavailable(channel="x"), ATTEMPTS, False),
        (RuntimeError(), 0, True),
        (OrderNotOpen(order="o"), 0, False),
        (InvariantBroken(invariant="x"), 0, False),
    ],
)
def test_what_is_tried_again(error: Exception, attempts: int, comes_back: bool) -> None:
    from procrastinate.jobs import Job

    job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
    decision = Patience().get_retry_decision(exception=error, job=job)
    assert (decision is not None) is comes_back


def test_jobs_left_behind_run_again_and_do_not_block_the_clock(
    own_database: str,
) -> None:
    """A dead worker's jobs: a plain one, and one by the clock whose next turn waits already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute'), (now()) RETURNING id"
        )
        (dead,), (alive,) = cursor.fetchall()
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, queueing_lock, worker_id) VALUES"
            " ('q', 'plain', 'doing', NULL, %(dead)s),"
            " ('q', 'clock', 'doing', 'clock', %(dead)s), ('q', 'clock', 'todo', 'clock', NULL),"
            " ('q', 'running', 'doing', NULL, %(alive)s), ('q', 'orphan', 'doing', NULL, NULL)",
            {"dead": dead, "alive": alive},
        )
    asyncio.run(_recover())
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [
            ("plain", "todo"),
            ("clock", "todo"),
            ("running", "doing"),
            ("orphan", "todo"),
        ]


async def _recover() -> None:
    class Context:
        pass

    context = Context()
    worker_app = app.replace_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    with worker_app as replaced:
        async with replaced.open_async():
            context.app = replaced  # type: ignore[attr-defined]
            await tasks.recover.func(context, 0)
