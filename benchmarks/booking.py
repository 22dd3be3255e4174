"""Orders booked per second through the real path: attribution, rules, commission, ledger.

    uv run python benchmarks/booking.py [--seconds 6] [--rounds 3] [--writers 2]

Each order is placed (attribution decided, evidence stored) and paid (commission computed, money
split, one ledger transfer), committed and durable. One by one means two transactions per order
from eight clients; batches of 100 and 1000 use the same actions with lists. Every figure is a
ratio to pgbench's TPC-B (scale 50, 8 clients) on the same server in the same run; slices
alternate, medians are shown, and the books are audited at the end.
"""

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from kefen.postgres import EmbeddedPostgres

SCALE, CLIENTS = 50, 8
PROMOTERS, STUDENTS = 200, 2000


def main() -> None:
    """Run all slices and print the table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="kefen-bench-") as folder:
        os.environ |= {"KEFEN_HOME": folder, "DJANGO_SETTINGS_MODULE": "kefen.config.settings"}
        os.environ.pop("KEFEN_DATABASE_URL", None)
        server = EmbeddedPostgres(
            Path(folder), settings={"shared_buffers": "1GB", "max_wal_size": "4GB"}
        )
        with server.hold():
            _prepare(server)
            _measure(server, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=2)
    return parser.parse_args()


def _measure(server: EmbeddedPostgres, options: argparse.Namespace) -> None:
    cases: list[tuple[str, Callable[[int], float]]] = [
        (f"pgbench TPC-B, {CLIENTS} clients", lambda _: _pgbench(server, options.seconds)),
        (f"one by one, {CLIENTS} clients", lambda r: _book(r, CLIENTS, 1, options.seconds)),
        (
            f"batches of 100, {options.writers} writers",
            lambda r: _book(r, options.writers, 100, options.seconds),
        ),
        (
            f"batches of 1000, {options.writers} writers",
            lambda r: _book(r, options.writers, 1000, options.seconds),
        ),
        ("batches of 1000, 1 writer", lambda r: _book(r, 1, 1000, options.seconds)),
    ]
    found: dict[str, list[float]] = {name: [] for name, _ in cases}
    ratios: dict[str, list[float]] = {name: [] for name, _ in cases}
    for round_ in range(options.rounds):
        base = 0.0
        for place, (name, run) in enumerate(cases):
            rate = run(round_ * 10 + place)
            base = rate if place == 0 else base
            found[name].append(rate)
            ratios[name].append(rate / base)
    print(f"{'case':34} {'per second':>12} {'min..max':>18} {'ratio to TPC-B':>15}")
    for name, rates in found.items():
        span = f"{min(rates):.0f}..{max(rates):.0f}"
        ratio = statistics.median(ratios[name])
        print(f"{name:34} {statistics.median(rates):12.0f} {span:>18} {ratio:15.2f}")
    _breakdown()
    _audit()


def _prepare(server: EmbeddedPostgres) -> None:
    environment = {**os.environ, "KEFEN_DATABASE_ROLE": "owner"}
    command = [sys.executable, "-m", "kefen.config.cli", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, env=environment)
    import psycopg

    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE tpcb")
    url = server.url("owner", database="tpcb")
    subprocess.run(
        [server.binaries.folder / "pgbench", "-i", "-q", "-s", str(SCALE), url],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    _world()


def _pgbench(server: EmbeddedPostgres, seconds: float) -> float:
    url = server.url("owner", database="tpcb")
    command = [
        server.binaries.folder / "pgbench",
        "-n",
        "-M",
        "prepared",
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-T",
        str(max(1, round(seconds))),
        url,
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return next(float(row.split()[2]) for row in output.splitlines() if row.startswith("tps"))


def _world() -> None:
    """An institution with courses, promoters, a programme, students and their visits."""
    import django

    django.setup()
    from kefen.catalog import actions as catalog
    from kefen.core import terms as t
    from kefen.platform.identity.actions import ensure_accounts
    from kefen.platform.tenancy import scope
    from kefen.platform.tenancy.actions import found_institution
    from kefen.programmes.actions import publish
    from kefen.promoters import actions as promoters
    from kefen.referrals import actions as referrals
    from kefen.referrals.contracts import Visit

    now, random = datetime.now(UTC), Random(1)
    since = now - timedelta(days=1)
    institution = found_institution(slug="bench", name="Bench")
    with scope.institution(institution.id):
        catalog.take_over(
            [catalog.NewCourse(f"c{n}", f"Course {n}", f"k{n % 3}", 29900) for n in range(12)]
        )
        promoters.enrol(
            [
                promoters.Enrolment(
                    f"p{n}",
                    t.PromoterKind.STUDENT,
                    "gold" if n % 4 == 0 else None,
                    None,
                    since,
                    None,
                )
                for n in range(PROMOTERS)
            ]
        )
        base = t.Rule("base", t.PromoterScope(), t.CourseScope(), t.Percent(2000))
        gold = t.Rule(
            "gold",
            t.PromoterScope(t.PromoterScopeKind.GROUP, "gold"),
            t.CourseScope(t.CourseScopeKind.CATEGORY, "k1"),
            t.Fixed(5000),
        )
        publish(
            t.Terms(
                since, t.AttributionPolicy(), 7, 3000, False, (base, gold), t.PointsTerms(10, 1)
            ),
            take_over=True,
        )
    with scope.institution(institution.id):
        students = ensure_accounts(f"s{n}" for n in range(STUDENTS))
        for student in students.values():
            referrals.record_visits(
                [Visit(student, f"p{random.randrange(PROMOTERS)}", None, now) for _ in range(2)]
            )
            referrals.identify(student, student, at=now)


def _book(seed: int, writers: int, batch: int, seconds: float) -> float:
    """Orders per second over all writers, each a process of its own."""
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(writers), context.Queue()
    processes = [
        context.Process(target=_writer, args=(barrier, queue, f"{seed}-{n}", batch, seconds))
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    rates = [queue.get(timeout=seconds * 5 + 120) for _ in processes]
    for process in processes:
        process.join()
    return sum(rates)


def _writer(barrier: object, queue: object, name: str, batch: int, seconds: float) -> None:
    import django

    django.setup()
    from kefen.platform.tenancy import queries, scope

    random = Random(name)
    with scope.institution(queries.by_slug("bench").id):
        _one_batch(random, f"{name}-warm", batch)
        barrier.wait()  # type: ignore[attr-defined]
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            _one_batch(random, f"{name}-{done}", batch)
            done += batch
        queue.put(done / (time.perf_counter() - start))  # type: ignore[attr-defined]


def _one_batch(random: Random, name: str, size: int) -> None:
    from kefen.commissions.actions import book
    from kefen.commissions.contracts import Payment
    from kefen.orders.actions import place
    from kefen.orders.contracts import LineRequest, PlaceOrder

    now = datetime.now(UTC)
    orders = [
        PlaceOrder(
            f"{name}-{n}",
            f"s{random.randrange(STUDENTS)}",
            now,
            [LineRequest(1, f"c{random.randrange(12)}", 1, 29900)],
        )
        for n in range(size)
    ]
    place(orders)
    book([Payment(order.number, "sandbox", now, 29900) for order in orders])


def _breakdown() -> None:
    """Where the time of a batch of 1000 goes: SQL by statement, the rest is Python."""
    from collections import defaultdict

    from django.db import connection

    from kefen.platform.tenancy import queries, scope

    spent: dict[str, float] = defaultdict(float)

    def watch(execute: Callable[..., object], sql: str, *rest: object) -> object:
        start = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            spent[" ".join(sql.split())[:48]] += time.perf_counter() - start

    with scope.institution(queries.by_slug("bench").id):
        random = Random("breakdown")
        _one_batch(random, "breakdown-warm", 1000)
        with connection.execute_wrapper(watch):
            start = time.perf_counter()
            _one_batch(random, "breakdown", 1000)
            whole = time.perf_counter() - start
    print(f"\nA batch of 1000, {whole * 1000:.0f} ms: share of the time")
    print(f"{1 - sum(spent.values()) / whole:6.0%}  Python: deciding, packing, reading answers")
    for sql, seconds in sorted(spent.items(), key=lambda item: -item[1])[:8]:
        print(f"{seconds / whole:6.0%}  {sql}")


def _audit() -> None:
    from kefen.ops.audit import audit_institution
    from kefen.platform.tenancy import queries, scope

    with scope.institution(queries.by_slug("bench").id):
        findings = audit_institution()
    print(f"\naudit: {'everything agrees' if not findings else findings[:5]}")
    if findings:
        sys.exit(1)


if __name__ == "__main__":
    main()
