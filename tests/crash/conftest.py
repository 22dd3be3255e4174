"""A durable server of its own, in a folder that goes away; one migrated database to copy."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kefen.postgres import EmbeddedPostgres
from tests import databases
from tests.crash.siege import Siege, environment

# Durable, as in production (fsync and synchronous_commit are on by default); a slow WAL writer,
# so that whoever does not wait for the disk is found out.
SETTINGS = {"shared_buffers": "32MB", "wal_writer_delay": "10s", "checkpoint_timeout": "30s"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long siege runs where it is asked for by its marker."""
    if "soak" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("soak") and "crash" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="minutes long; -m soak"))


@pytest.fixture(scope="session")
def durable_server() -> Iterator[EmbeddedPostgres]:
    """A started, migrated server that waits for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="kefen-crash-", dir="/tmp"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder, settings=SETTINGS).hold() as server:
        command = [sys.executable, "-m", "kefen.config.cli", "migrate", "--verbosity", "0"]
        given = {**environment(folder, "kefen"), "KEFEN_DATABASE_ROLE": "owner"}
        subprocess.run(command, check=True, env=given, cwd=databases.ROOT)
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def siege(
    durable_server: EmbeddedPostgres, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Siege]:
    """Workers around a fresh copy of the database, all ended afterwards."""
    name = f"siege_{os.urandom(4).hex()}"
    made = Siege(durable_server, name, tmp_path, seed=getattr(request, "param", 1))
    made.begin()
    yield made
    made.end()
