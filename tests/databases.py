"""Databases for tests: one embedded server, one migrated template, cheap copies of it.

The server is shared by everybody who tests in this checkout at the same time and stops with the
last one. It does not wait for the disk: tests of durability start a server of their own.
"""

import hashlib
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg

from kefen.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("KEFEN_TEST_HOME", ROOT / ".kefen" / "test"))
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_stack = ExitStack()


def start_server() -> EmbeddedPostgres:
    """Start or join the test server and hold it until this process ends."""
    HOME.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(HOME, settings=_FAST)
    _stack.enter_context(server.hold())
    return server


def stop_server() -> None:
    """Let the server go."""
    _stack.close()


def _schema_digest() -> str:
    digest = hashlib.sha256()
    sources = sorted((ROOT / "src").rglob("migrations/0*.py"))
    sources += sorted((ROOT / "src").rglob("*.sql"))
    sources += [ROOT / "src/kefen/platform/tenancy/distribution.py", ROOT / "uv.lock"]
    sources += [*sorted((ROOT / "src").rglob("models.py")), ROOT / "src/kefen/ops/privileges.py"]
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def template(server: EmbeddedPostgres) -> str:
    """The name of a migrated database to copy; made once for each state of the schema."""
    name = f"template_{_schema_digest()}"
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        # Several test runs may come here at once: the lock lets one make it.
        connection.execute("SELECT pg_advisory_lock(4242)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            draft = f"{name}_draft"
            connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {draft}")
            _migrate(draft)
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def _migrate(database: str) -> None:
    environment = {
        **os.environ,
        "KEFEN_HOME": str(HOME),
        "KEFEN_DATABASE_NAME": database,
        "KEFEN_DATABASE_ROLE": "owner",
    }
    command = [sys.executable, "-m", "kefen.config.cli", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, env=environment, cwd=ROOT)


def copy_template(server: EmbeddedPostgres, name: str) -> None:
    """A fresh database, as the template is."""
    source = template(server)
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(4243)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")


def drop(server: EmbeddedPostgres, name: str) -> None:
    """Take a database away, whoever is connected to it."""
    # The superuser: an autovacuum worker may be connected, whom the owner must not end.
    with psycopg.connect(server.url("superuser"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
