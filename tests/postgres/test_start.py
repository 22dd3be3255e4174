"""The first start, the next ones, and starts that were cut short."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from kefen.postgres import EmbeddedPostgres, FolderUnusable, StartFailed, VersionMismatch
from kefen.postgres.layout import Layout

from .conftest import FAST, ask, postmaster, tell

START = [sys.executable, "-m", "kefen.postgres", "start"]


def test_first_start_makes_database_and_roles(server):
    assert ask(
        server,
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider::text,"
        " current_setting('TimeZone'), current_setting('listen_addresses')"
        " FROM pg_database WHERE datname = current_database()",
    ) == ("kefen_owner", "UTF8", "b", "UTC", "")
    rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
    assert ask(server, f"{rights} WHERE rolname = 'kefen_owner'") == (False, True, True, False)
    assert ask(server, f"{rights} WHERE rolname = 'kefen_app'") == (False,) * 4
    assert ask(server, "SELECT current_user", role="application") == ("kefen_app",)


def test_application_owns_and_creates_nothing(server):
    with (
        psycopg.connect(server.url("application"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, "CREATE DATABASE mine", role="application")


def test_owner_takes_the_application_role_and_makes_databases(server):
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        connection.execute("SET ROLE kefen_app")
        assert connection.execute("SELECT current_user").fetchone() == ("kefen_app",)
        connection.execute("RESET ROLE")
        connection.execute("CREATE DATABASE test_kefen")
    with psycopg.connect(server.url("application", "test_kefen")) as connection:
        assert connection.info.dbname == "test_kefen"


def test_everything_is_private(server):
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    for password in (server.folder / "passwords").iterdir():
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
    wrong = server.url("owner").replace("kefen_owner:", "kefen_owner:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_restart_keeps_data_and_passwords(server):
    tell(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    url = server.url("owner")
    server.stop()
    assert not server.running()
    again = EmbeddedPostgres(server.folder.parent, settings=FAST)
    again.ensure()
    assert again.url("owner") == url
    assert ask(again, "SELECT answer FROM kept") == (42,)


def test_four_starts_at_once_make_one_server(folder):
    environment = {**os.environ, "KEFEN_HOME": str(folder)}
    starts = [
        subprocess.Popen(START, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(4)
    ]
    answers = [start.communicate(timeout=60)[0] for start in starts]
    assert [start.returncode for start in starts] == [0] * 4, answers
    log = EmbeddedPostgres(folder).log.read_text()
    assert log.count("ready to accept connections") == 1
    assert list((folder / "postgres").glob("setup-*")) == []


@pytest.mark.parametrize(
    ("seconds", "kill"),
    [(0.15, os.killpg), (0.4, os.kill), (0.4, os.killpg), (0.65, os.kill)],
    ids=["early", "supervisor-alone", "with-initdb", "late"],
)
def test_killed_first_start_leaves_a_usable_folder(folder, seconds, kill):
    start = subprocess.Popen(
        START,
        env={**os.environ, "KEFEN_HOME": str(folder)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    kill(start.pid, signal.SIGKILL)
    start.wait()
    server = EmbeddedPostgres(folder, settings=FAST)
    server.ensure()
    assert ask(server, "SELECT current_user", role="application") == ("kefen_app",)


PHONE, OTHER = "13812345678", "13987654321"


def test_log_tells_of_errors_without_what_they_were_about(server):
    """Not the statement, in which Django writes the values, nor the row, the key, a parameter."""
    tell(server, "CREATE TABLE phone (number text PRIMARY KEY, kind text CHECK (kind <> 'none'))")
    tell(server, f"INSERT INTO phone VALUES ('{PHONE}', 'own')")
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        for refused in (
            lambda: connection.execute(f"INSERT INTO phone VALUES ('{PHONE}', 'own')"),
            lambda: connection.execute("INSERT INTO phone VALUES (%s, %s)", [PHONE, "own"]),
            lambda: connection.execute("INSERT INTO phone VALUES (%s, %s)", [OTHER, "none"]),
            lambda: connection.execute("SELECT 1 / (length(%s::text) - 11)", [PHONE]),
        ):
            with pytest.raises(psycopg.Error):
                refused()
        # Whoever looks for slow statements sees these, and no parameters either.
        with psycopg.connect(server.url("superuser"), autocommit=True) as admin:
            admin.execute("SET log_min_duration_statement = 0")
            admin.execute("SELECT length(%s::text)", [PHONE])
    log = server.log.read_text()
    assert log.count("duplicate key value violates unique constraint") == 2
    assert "violates check constraint" in log
    assert "division by zero" in log
    assert "SELECT length($1::text)" in log
    assert PHONE not in log
    assert OTHER not in log


def test_too_long_path_moves_only_the_socket(folder):
    deep = folder.joinpath(*["a-folder-with-课分-in-its-name"] * 5)
    server = EmbeddedPostgres(deep, settings=FAST)
    server.ensure()
    place = Layout.of(deep).socket_folder()
    assert place.parent == Path("/tmp")  # noqa: S108
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert ask(server, "SELECT 1") == (1,)
    assert EmbeddedPostgres(deep).url("owner") == server.url("owner")
    server.stop()
    assert not place.exists()
    server.ensure()
    assert ask(server, "SELECT 1") == (1,)


def test_stand_in_socket_folder_made_by_somebody_else_is_refused(folder):
    deep = folder.joinpath(*["a-folder-with-课分-in-its-name"] * 5)
    server = EmbeddedPostgres(deep, settings=FAST)
    server.ensure()
    place = Layout.of(deep).socket_folder()
    server.stop()
    place.symlink_to(folder)
    try:
        with pytest.raises(FolderUnusable, match="not a folder"):
            server.ensure()
    finally:
        place.unlink()


def test_refused_setting_shows_the_log(folder):
    server = EmbeddedPostgres(folder, settings={"shared_buffers": "none at all"})
    with pytest.raises(StartFailed, match="shared_buffers") as caught:
        server.ensure()
    assert "KEFEN_DATABASE_URL" in caught.value.advice
    assert not server.running()
    EmbeddedPostgres(folder, settings=FAST).ensure()


def test_setting_that_is_none_is_refused_before_anything_happens(folder):
    with pytest.raises(ValueError, match="not a PostgreSQL setting"):
        EmbeddedPostgres(folder, settings={"a b": "c"})
    assert not (folder / "postgres").exists()


def test_data_without_version_are_not_touched(server):
    server.stop()
    (server.folder / "data" / "PG_VERSION").unlink()
    with pytest.raises(VersionMismatch, match="backup"):
        EmbeddedPostgres(server.folder.parent).ensure()
    assert (server.folder / "data" / "global" / "pg_control").exists()


def test_nothing_listens_on_the_network(server):
    inodes = {
        str(descriptor.readlink())
        for descriptor in Path(f"/proc/{postmaster(server)}/fd").iterdir()
        if str(descriptor.readlink()).startswith("socket:")
    }
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    tcp = "".join(table.read_text() for table in tables if table.exists())
    assert inodes
    assert not [inode for inode in inodes if f" {inode[8:-1]} " in tcp]
