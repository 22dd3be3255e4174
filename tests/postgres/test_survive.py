"""kill -9, reused process numbers, zombies, children that outlive their parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from kefen.postgres import EmbeddedPostgres
from kefen.postgres.account import account_for

from .conftest import FAST, ask, postmaster, tell

ZOMBIE_KEEPER = """
import ctypes, os, signal, sys, time
from pathlib import Path
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: like pid 1 without an init
from kefen.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
server.ensure()
pid = int((server.folder / "data/postmaster.pid").read_text().split()[0])
server.kill()
deadline = time.monotonic() + 10
while Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
    assert time.monotonic() < deadline
    time.sleep(0.01)
server.ensure()
assert server.running()
server.stop()
assert not server.running()
"""


class Writer(threading.Thread):
    """Inserts one row after the other and remembers which were acknowledged."""

    def __init__(self, url: str, first: int) -> None:
        super().__init__()
        self.url, self.first, self.acknowledged = url, first, []

    def run(self) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                for number in range(self.first, self.first + 1_000_000):
                    connection.execute("INSERT INTO rows VALUES (%s)", [number])
                    self.acknowledged.append(number)
        except psycopg.OperationalError:
            pass


def test_five_kills_lose_no_acknowledged_row(folder):
    server = EmbeddedPostgres(folder)
    server.ensure()
    tell(server, "CREATE TABLE rows (number bigint PRIMARY KEY)")
    acknowledged: set[int] = set()
    for turn in range(5):
        writer = Writer(server.url("owner"), turn * 1_000_000)
        writer.start()
        time.sleep(0.3)
        server.kill()
        server.ensure()
        writer.join()
        assert writer.acknowledged
        acknowledged.update(writer.acknowledged)
        with psycopg.connect(server.url("owner")) as connection:
            present = {number for (number,) in connection.execute("SELECT number FROM rows")}
        assert acknowledged <= present


def test_reused_process_number_does_not_keep_the_server_down(server):
    tell(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    pid_file = server.folder / "data" / "postmaster.pid"
    socket_lock = server.folder / "run" / ".s.PGSQL.5432.lock"
    server.kill()
    wait_for_death(server)
    stranger = subprocess.Popen(
        ["/bin/sleep", "60"], **account_for(server.folder).popen_arguments()
    )
    try:
        for stale in (pid_file, socket_lock):
            _, rest = stale.read_text().split("\n", 1)
            stale.write_text(f"{stranger.pid}\n{rest}")
        server.ensure()
        assert ask(server, "SELECT answer FROM kept") == (42,)
        assert postmaster(server) != stranger.pid
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_and_kill_never_signal_a_stranger(server):
    server.kill()
    wait_for_death(server)
    stranger = subprocess.Popen(
        ["/bin/sleep", "60"], **account_for(server.folder).popen_arguments()
    )
    try:
        pid_file = server.folder / "data" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{pid_file.read_text().split(chr(10), 1)[1]}")
        server.kill()
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_zombie_of_a_killed_server_does_not_count(folder):
    subprocess.run([sys.executable, "-c", ZOMBIE_KEEPER, str(folder)], check=True, timeout=60)


def test_child_that_outlives_its_parent_is_ended(server):
    children = Path(f"/proc/{postmaster(server)}/task/{postmaster(server)}/children")
    stubborn = int(children.read_text().split()[0])
    os.kill(stubborn, signal.SIGSTOP)  # it cannot notice that its parent dies
    server.kill()
    server.ensure()
    assert ask(server, "SELECT 1") == (1,)


def test_immediate_stop_after_kill(server):
    server.kill()
    server.stop()
    assert not server.running()
    EmbeddedPostgres(server.folder.parent, settings=FAST).ensure()


def wait_for_death(server: EmbeddedPostgres) -> None:
    deadline = time.monotonic() + 10
    while server.running():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)
