"""Servers in folders of their own, and a way to act as another system user."""

import os
import shutil
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from kefen.postgres import EmbeddedPostgres, EmbeddedPostgresError
from kefen.postgres.account import Account
from kefen.postgres.binaries import find_binaries

FAST = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that every account may walk through; its server is stopped afterwards."""
    made = Path(tempfile.mkdtemp(prefix="kefen-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for home in (made, *(path for path in made.rglob("*") if (path / "postgres").is_dir())):
        if (home / "postgres").is_dir():
            with suppress(EmbeddedPostgresError):
                EmbeddedPostgres(home).stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> EmbeddedPostgres:
    """A started server that does not wait for the disk."""
    started = EmbeddedPostgres(folder, settings=FAST)
    started.ensure()
    return started


def ask(server: EmbeddedPostgres, question: str, role="owner"):
    """Ask one question on a connection of its own; give the first row."""
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        return connection.execute(question).fetchone()


def tell(server: EmbeddedPostgres, statement: str) -> None:
    """Run one statement as the owner."""
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        connection.execute(statement)


def postmaster(server: EmbeddedPostgres) -> int:
    """Read the number of the server's first process."""
    return int((server.folder / "data" / "postmaster.pid").read_text().split("\n")[0])


def as_user(uid: int, body: Callable[[], None]) -> None:
    """Run the body in a child process that has become the given user for good.

    Without root nobody can become somebody else: then the body runs as who we are.
    """
    if os.geteuid() != 0:
        body()
        return
    programs = str(find_binaries(Account(uid, uid, drops=True)).folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: child is small
        child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.environ["KEFEN_POSTGRES_BIN"] = programs
            body()
            status = 0
        except BaseException:  # noqa: BLE001
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def own_folder(parent: Path, name: str, uid: int) -> Path:
    """Make a private folder for a user."""
    made = parent / name
    made.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(made, uid, uid)
    return made
