"""Every list of the console at 100,000 rows: how long a page takes, in process.

    uv run python benchmarks/lists.py [--rows 100000] [--rounds 5]

Needs no server: an embedded database of its own gets the large school of `kefen demo --size large`
(its orders are booked), and the lists that a school of that size would not fill get plain rows.
Each page is asked for through Django's test client, signed in, with its middleware, queries and
template: the first page, one deep in the middle, the last ones backwards, and each filter. Rounds
alternate; medians are shown with the ratio to the same page of a school with 1,000 orders, and to
the health check, measured in the same run, and the CPU time of a page: of Python and of the
database, which says more where others use the machine. `--home` keeps the database for the next
run.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import list_rows

SMALL = 1000


def main() -> None:
    """Fill two schools and print the table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="kefen-bench-") as folder:
        home = options.home or folder
        os.environ |= {"KEFEN_HOME": home, "DJANGO_SETTINGS_MODULE": "kefen.config.settings"}
        os.environ |= {"KEFEN_DEMO": "1", "KEFEN_SANDBOX": "1"}
        os.environ.pop("KEFEN_DATABASE_URL", None)
        from kefen.postgres import EmbeddedPostgres

        with EmbeddedPostgres(Path(home)).hold():
            import django

            django.setup()
            from kefen.ops.schema import ensure_current

            ensure_current()
            _fill(options.rows)
            _measure(options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", default="")
    return parser.parse_args()


def _fill(rows: int) -> None:
    from kefen.ops.demo import large
    from kefen.platform.inbox.models import Notification
    from kefen.platform.tenancy import queries, scope
    from kefen.splits.models import OrderSplit

    for slug, count in (("thousand", SMALL), (large.SLUG, rows)):
        if not any(one.slug == slug for one in queries.all_institutions()):
            start = time.perf_counter()
            for _step in large.seed(count, slug=slug):
                pass
            print(f"{slug}: {count} orders in {time.perf_counter() - start:.0f} s", flush=True)
        with scope.institution(queries.by_slug(slug).id):
            if not Notification.objects.exists():
                _plain_rows(count)
            if not OrderSplit.objects.exists():
                list_rows.fill(count)
    _settle()


def _settle() -> None:
    """What autovacuum does within minutes in a school that grows day by day."""
    import psycopg

    from kefen.config import database

    with psycopg.connect(database.url("owner"), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _plain_rows(count: int) -> None:
    """Rows that no deed made, in the tables whose lists are measured and would be short."""
    from kefen.commissions.models import Commission, Question
    from kefen.core.ids import uuid7
    from kefen.payouts.models import Withdrawal
    from kefen.platform import clock
    from kefen.platform.identity.personal import seal
    from kefen.platform.inbox.models import Notification
    from kefen.platform.tenancy.bulk import insert_rows
    from kefen.promoters.models import Promoter
    from kefen.promoters.queries import by_code

    now, one = clock.now(), by_code("w00001").id
    moments = [now - timedelta(seconds=place) for place in range(count)]
    who = [
        "id",
        "code",
        "nickname",
        "kind",
        "status",
        "applied_at",
        "about",
        "agreement_version",
        "adult_declared",
    ]
    rows: list[tuple[Any, ...]] = [
        (uuid7(), f"x{n}", f"候选{n:06d}", "student", "applied", moments[n], "", "", True, "")
        for n in range(count - Promoter.objects.count())
    ]
    insert_rows(Promoter, (*who, "decision_reason"), rows)
    asked_for = [
        "id",
        "number",
        "promoter_id",
        "amount",
        "state",
        "state_reason",
        "channel",
        "requested_at",
    ]
    rows = [
        (uuid7(), f"X{n}", one, 5000, "cancelled", "", "sandbox", moments[n], moments[n])
        for n in range(count - Withdrawal.objects.count())
    ]
    insert_rows(Withdrawal, (*asked_for, "closed_at"), rows)
    came = [
        "id",
        "channel",
        "event",
        "kind",
        "subject",
        "order_number",
        "content",
        "body",
        "headers",
        "attempts",
    ]
    rows = [
        (
            *(uuid7(), "sandbox", f"e{n}", "payment", f"X{n}", f"X{n}", "", b"{}", "{}", 1),
            *(("done", "") if n % 4 else ("parked", "unknown_order")),
            moments[n],
        )
        for n in range(count)
    ]
    insert_rows(Notification, (*came, "state", "reason", "received_at"), rows)
    text = seal("为什么？")
    known = Question.objects.values("commission_id")
    keys = Commission.objects.exclude(id__in=known).values_list("id", flat=True)
    asked = list(keys.order_by("id")[:count])
    insert_rows(
        Question,
        ("id", "commission_id", "text", "asked_at", "answer", "answered_at"),
        [
            (uuid7(), key, text, moments[n % count], text, moments[n % count])
            for n, key in enumerate(asked)
        ],
    )


_LISTS = {
    "overview, 30 days": "",
    "overview, 1 day": "?days=1",
    "overview, 7 days": "?days=7",
    "overview, 90 days": "?days=90",
    "overview, half a year": "{half}",
    "orders": "orders",
    "orders, paid": "orders?state=paid",
    "orders, waiting": "orders?state=placed",
    "orders, cancelled": "orders?state=cancelled",
    "orders, refunded": "orders?state=refunded",
    "orders, refund asked": "orders?state=refund_asked",
    "orders of the first promoter": "orders?promoter=w00001",
    "orders of a rare promoter": "orders?promoter=w00040",
    "orders, number": "orders?q=WJ00005",
    "orders, course": "orders?q=雅思",
    "orders, no such text": "orders?q=zzzz",
    "promoters": "promoters",
    "promoters, applied": "promoters?state=applied",
    "promoters, suspended": "promoters?state=suspended",
    "promoters, gold": "promoters?group=gold",
    "promoters, name": "promoters?q=笔记",
    "promoters, no such name": "promoters?q=zzzz",
    "withdrawals": "withdrawals",
    "withdrawals, requested": "withdrawals?state=requested",
    "withdrawals, failed": "withdrawals?state=failed",
    "questions": "questions",
    "questions, answered": "questions?state=answered",
    "notifications": "notifications",
    "notifications, parked": "notifications?state=parked",
    "notifications, waiting": "notifications?state=waiting",
    "reconciliation": "reconciliation",
    "reconciliation, open": "reconciliation?state=open",
    "batches": "payouts",
    "search, number": "search?q=WJ0005",
    "search, name": "search?q=小站",
    "search, nothing": "search?q=zzzz",
    "audit log": "audit",
    "audit log, a deed": "audit?action=bench.noted",
    "audit log, a number": "audit?q=x0500",
    "audit log, some days": "audit?from={day}&to={day}",
    "risk": "risk",
    "risk, a kind": "risk?kind=refund_ring&state=open",
    "texts": "compliance/texts",
    "complaints": "compliance/complaints",
    "complaints, open": "compliance/complaints?state=open",
    "compliance": "compliance",
    "inviters": "compliance/inviters",
    "courses": "courses",
    "courses, text": "courses?q=雅思",
    "files": "tasks",
    "a bill's day": "reconciliation/sandbox/1999-01-05",
    "stopped splits": "splits",
    "settlement": "settlement",
    "team": "team",
    "a promoter": "promoters/w00001",
}


def _addresses() -> dict[str, str]:
    from kefen.platform import clock

    today = clock.now().date()
    half = f"?from={today - timedelta(days=185)}&to={today - timedelta(days=1)}"
    return {name: path.format(half=half, day=today) for name, path in _LISTS.items()}


def _database_cpu(process: int) -> float:
    """Seconds that the session of the database used so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _measure(rounds: int) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from kefen.ops.demo import large
    from kefen.platform.identity.actions import make_user

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(make_user("demo-operator"))
    cases = list(_cases(client, large.SLUG))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    found: dict[str, list[float]] = {}
    used: dict[str, list[tuple[float, float]]] = {}
    for _round in range(rounds + 1):
        for name, run in cases:
            python, database = time.process_time(), _database_cpu(process)
            found.setdefault(name, []).append(run())
            cpu = (time.process_time() - python, _database_cpu(process) - database)
            used.setdefault(name, []).append(cpu)
    print(f"{'page':44} {'median ms':>9} {'Python':>8} {'database':>8}", end="")
    print(f" {'ratio to 1,000':>15} {'to health':>10}")
    health = statistics.median(found["health"][1:])
    for name, _run in cases:
        if name.startswith("small: ") or name == "health":
            continue
        middle = statistics.median(found[name][1:])  # the first round warms up
        small = found.get(f"small: {name}")
        ratio = "" if small is None else f"{middle / statistics.median(small[1:]):.2f}"
        python, database = (statistics.median(one) for one in zip(*used[name][1:], strict=True))
        print(f"{name:44} {middle * 1000:9.0f} {python * 1000:8.0f} {database * 1000:8.0f}", end="")
        print(f" {ratio:>15} {middle / health:10.1f}")


def _cases(client: Any, slug: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """What is measured: (name, run once)."""
    yield "health", lambda: _timed(client, "/healthz")
    addresses = _addresses()
    for name, path in addresses.items():
        yield f"small: {name}", lambda path=path: _timed(client, f"/o/thousand/{path}")
        yield name, lambda path=path: _timed(client, f"/o/{slug}/{path}")
    for name, path, cursor in _deep(slug):
        for way in ("after", "before"):
            mark = "&" if "?" in path else "?"
            address = f"/o/{slug}/{path}{mark}{way}={cursor}"
            yield f"{name}, in the middle, {way}", lambda a=address: _timed(client, a)


def _deep(slug: str) -> Iterator[tuple[str, str, str]]:
    """A place in the middle of each list: (name, path, cursor)."""
    from kefen.commissions import queries as commissions
    from kefen.faces.web.keyset import cursor
    from kefen.orders import queries as orders
    from kefen.payouts import queries as payouts
    from kefen.platform.inbox import queries as inbox
    from kefen.platform.tenancy import queries, scope
    from kefen.promoters import queries as promoters

    with scope.institution(queries.by_slug(slug).id):
        answered, keys = commissions.question_list(answered=True)
        for name, found, columns in (
            ("orders", orders.filtered(), orders.keys_of("")),
            ("orders, paid", orders.filtered(state="paid"), orders.keys_of("paid")),
            ("orders, refunded", orders.filtered(state="refunded"), orders.keys_of("refunded")),
            ("orders, course", orders.filtered(text="雅思"), orders.keys_of("")),
            ("promoters", promoters.listed(), promoters.NEWEST_FIRST),
            ("withdrawals", payouts.listed(), ("-id",)),
            ("questions, answered", answered, keys),
            ("notifications", inbox.listed(), inbox.NEWEST_FIRST),
        ):
            rows: Any = found
            middle = rows[rows.order_by().count() // 2]
            yield name, _LISTS[name], cursor(middle, [key.removeprefix("-") for key in columns])


def _timed(client: Any, address: str) -> float:
    start = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return taken


if __name__ == "__main__":
    main()
