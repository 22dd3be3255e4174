"""Root, ordinary users, users without a name, two users on one machine."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from kefen.postgres import (
    BinariesMissing,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    FolderUnusable,
    InitialisationFailed,
    NotInitialised,
    binaries,
)
from kefen.postgres.account import Account
from kefen.postgres.binaries import find_binaries

from .conftest import FAST, as_user, ask, own_folder, postmaster

ROOT = os.geteuid() == 0
ONE, OTHER = (1, 65534) if ROOT else (os.geteuid(), os.geteuid())
NAMELESS = 12345 if ROOT else os.geteuid()
only_root = pytest.mark.skipif(not ROOT, reason="only root can step down to another user")


def works(home: Path) -> None:
    """Start, ask, stop; the server runs as who we are."""
    server = EmbeddedPostgres(home, settings=FAST)
    server.ensure()
    assert Path(f"/proc/{postmaster(server)}").stat().st_uid == os.geteuid()
    assert ask(server, "SELECT 1", role="application") == (1,)
    server.stop()
    assert not server.running()


def test_server_never_runs_as_root(server):
    uid = Path(f"/proc/{postmaster(server)}").stat().st_uid
    assert uid != 0
    assert uid == server.folder.stat().st_uid


@only_root
def test_root_uses_a_folder_its_server_cannot_walk_to(folder):
    private = folder / "like-root-home"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres(private / ".kefen", settings=FAST)
    server.ensure()
    assert ask(server, "SELECT 1") == (1,)
    server.kill()
    server.ensure()
    assert ask(server, "SELECT 1") == (1,)
    server.stop()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert private.stat().st_uid == 0


@only_root
def test_root_with_unreadable_programs_runs_a_copy(folder, monkeypatch):
    installed = find_binaries(Account(0, 0, drops=False)).folder.parent
    wheel = folder / "private" / installed.parent.name
    shutil.copytree(installed, wheel / installed.name, symlinks=True)
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    shutil.copytree(libraries, wheel.with_name(libraries.name))
    wheel.parent.chmod(0o700)
    cache = folder / "cache"
    monkeypatch.setattr(binaries, "CACHES", (cache,))
    monkeypatch.setenv("KEFEN_POSTGRES_BIN", str(wheel / installed.name / "bin"))
    server = EmbeddedPostgres(folder / "home", settings=FAST)
    server.ensure()
    assert ask(server, "SELECT 1") == (1,)
    assert server.binaries.folder.is_relative_to(cache)
    assert stat.S_IMODE(wheel.parent.stat().st_mode) == 0o700
    psql = [str(server.binaries.folder / "psql"), "--version"]
    subprocess.run(psql, check=True, user=ONE, group=ONE, extra_groups=[], cwd="/")


@only_root
def test_root_does_not_use_a_cache_others_may_write(folder, monkeypatch):
    cache = folder / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    monkeypatch.setattr(binaries, "CACHES", (cache,))
    with pytest.raises(EmbeddedPostgresError, match="cannot be read"):
        binaries._copy_to_cache(find_binaries(Account(0, 0, drops=False)).folder)
    assert list(cache.iterdir()) == []


def test_ordinary_user(folder):
    home = own_folder(folder, "one", ONE)
    as_user(ONE, lambda: works(home))


def test_user_without_a_name(folder):
    """It works where the system lends a name; otherwise the error says what to do."""
    home = own_folder(folder, "nameless", NAMELESS)

    def body() -> None:
        try:
            works(home)
        except InitialisationFailed as refused:
            assert "/etc/passwd" in refused.advice  # noqa: PT017

    as_user(NAMELESS, body)


def test_two_users_on_one_machine(folder):
    first, second = own_folder(folder, "first", ONE), own_folder(folder, "second", OTHER)
    as_user(ONE, lambda: EmbeddedPostgres(first, settings=FAST).ensure())
    as_user(OTHER, lambda: works(second))
    assert EmbeddedPostgres(first).running()


@only_root
def test_folder_of_another_user_is_refused(folder):
    home = own_folder(folder, "first", ONE)
    home.chmod(0o777)
    EmbeddedPostgres(home, settings=FAST).ensure()

    def body() -> None:
        with pytest.raises(FolderUnusable, match="KEFEN_HOME"):
            EmbeddedPostgres(home).ensure()
        assert not EmbeddedPostgres(home).running()
        with pytest.raises(NotInitialised):
            EmbeddedPostgres(home).url("owner")

    as_user(OTHER if (home / "postgres").stat().st_uid != OTHER else ONE, body)


def test_platform_without_wheel_names_the_way_out(folder, monkeypatch):
    monkeypatch.delenv("KEFEN_POSTGRES_BIN", raising=False)
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel_anywhere")
    with pytest.raises(BinariesMissing, match="KEFEN_DATABASE_URL"):
        EmbeddedPostgres(folder).ensure()


def test_folder_without_programs_is_named(folder, monkeypatch):
    monkeypatch.setenv("KEFEN_POSTGRES_BIN", str(folder))
    with pytest.raises(BinariesMissing, match="initdb"):
        EmbeddedPostgres(folder).ensure()
