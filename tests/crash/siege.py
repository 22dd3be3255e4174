"""Workers that sell, refund and withdraw while they and the database are killed outright.

Each worker notes what it is about to do, does it through the actions, and notes the answer, with
fsync, right after it came. Whoever checks afterwards sends everything again and compares.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from kefen.postgres import EmbeddedPostgres
from tests import databases

READY_SECONDS = 40.0


def environment(folder: Path, database: str) -> dict[str, str]:
    """What a process needs to know to work on a database of the besieged server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEFEN_", "PYTEST_"))}
    return {
        **kept,
        "KEFEN_HOME": str(folder),
        "KEFEN_DATABASE_NAME": database,
        "KEFEN_SANDBOX": "1",
        "DJANGO_SETTINGS_MODULE": "kefen.config.settings",
        "PYTHONPATH": str(databases.ROOT),
    }


@dataclass
class Siege:
    """One database, its workers, their journals."""

    server: EmbeddedPostgres
    database: str
    folder: Path
    seed: int = 1
    variant: str = "honest"
    workers: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    lives: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def begin(self) -> None:
        """Make the database and the school in it."""
        self.dice.seed(self.seed)
        self.server.ensure()
        with psycopg.connect(self.server.url("owner"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.database} TEMPLATE kefen")
        self._run("prepare")

    def end(self) -> None:
        """End every worker; the database goes away with its server's folder."""
        self.kill_workers()
        self.server.ensure()

    def start(self, count: int) -> None:
        """Start workers until there are `count`, and wait until each has done something."""
        fresh = []
        for place in range(count):
            if place not in self.workers:
                journal = self._journal(self.lives)
                command = [*self._command("work"), str(self.lives), str(journal), self.variant]
                self.workers[place] = subprocess.Popen(
                    command,
                    env=environment(self.server.folder.parent, self.database),
                    cwd=databases.ROOT,
                )
                fresh.append((self.workers[place], journal))
                self.lives += 1
        deadline = time.monotonic() + READY_SECONDS
        for process, journal in fresh:
            while not journal.exists() or journal.read_bytes().count(b"\n") < 6:
                assert process.poll() is None, "a worker ended by itself"
                if time.monotonic() > deadline:
                    process.send_signal(signal.SIGABRT)  # says where it stands
                    pytest.fail(f"a worker does nothing: {self._activity()}")
                time.sleep(0.02)

    def strike(self) -> str:
        """Let them work for a moment, then kill somebody; answers whom."""
        time.sleep(self.dice.uniform(0.1, 0.6))
        assert all(process.poll() is None for process in self.workers.values())
        victim = self.dice.choice(["database", "database", "worker", "everybody"])
        if victim in {"database", "everybody"}:
            self.server.kill()
        if victim == "worker":
            self._kill(self.dice.choice(sorted(self.workers)))
        if victim == "everybody":
            self.kill_workers()
        self.server.ensure()
        return victim

    def kill_workers(self) -> None:
        """kill -9 of every worker."""
        for place in list(self.workers):
            self._kill(place)

    def check(self) -> list[str]:
        """What is missing, double or wrong, now that nobody works: as a process of its own."""
        self.kill_workers()
        self.server.ensure()
        journals = [str(self._journal(life)) for life in range(self.lives)]
        found: list[str] = json.loads(self._run("check", *journals))
        return found

    def acknowledged(self) -> int:
        """How many answers the workers have noted."""
        return sum(
            line.startswith(b'{"done"')
            for life in range(self.lives)
            for line in self._journal(life).read_bytes().split(b"\n")
        )

    def _activity(self) -> list[tuple[object, ...]]:
        """What the server says of its sessions."""
        with psycopg.connect(self.server.url("superuser"), autocommit=True) as connection:
            return connection.execute(
                "SELECT pid, state, wait_event_type, wait_event, pg_blocking_pids(pid),"
                "       left(query, 90), now() - xact_start"
                "  FROM pg_stat_activity WHERE datname = %s",
                [self.database],
            ).fetchall()

    def _kill(self, place: int) -> None:
        process = self.workers.pop(place)
        process.kill()
        process.wait()

    def _journal(self, life: int) -> Path:
        return self.folder / f"journal-{life}.jsonl"

    def _command(self, what: str) -> list[str]:
        return [sys.executable, "-X", "faulthandler", "-m", "tests.crash.worker", what]

    def _run(self, what: str, *arguments: str) -> str:
        ended = subprocess.run(
            [*self._command(what), *arguments],
            check=True,
            env=environment(self.server.folder.parent, self.database),
            cwd=databases.ROOT,
            stdout=subprocess.PIPE,
            timeout=120,
        )
        return ended.stdout.decode()


def rounds(siege: Siege, count: int, *, workers: int = 3) -> Sequence[str]:
    """Strike several times, with all workers back at work in between."""
    victims = []
    for _ in range(count):
        siege.start(workers)
        victims.append(siege.strike())
    return victims
