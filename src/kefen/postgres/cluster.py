"""Make the cluster, its roles and its database: all of it, or nothing.

Everything happens in a folder `setup-*`; one rename at the end makes it `data`. A first start may
be killed at any moment: the next one begins anew. The roles are made by PostgreSQL in single-user
mode, so no server runs, and no client library is needed, before the cluster is complete.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kefen.postgres.binaries import Binaries
from kefen.postgres.errors import (
    OWN_SERVER,
    InitialisationFailed,
    VersionMismatch,
    last_lines,
)
from kefen.postgres.layout import Layout, make_private
from kefen.postgres.passwords import LOGIN_OF, Role, ensure_passwords
from kefen.postgres.settings import SETTINGS_FILE

DATABASE = "kefen"
FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17


def existing_major(layout: Layout) -> int | None:
    """Tell which major version wrote the data, or None before the first start."""
    try:
        text = (layout.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if not layout.data.exists():
            return None
        text = ""
    if not text.isdigit():
        raise VersionMismatch(
            f"The folder {layout.data} is not a database Kefen could start.",
            "Its file PG_VERSION is missing or holds no version.",
            "Bring the folder back from a backup, or move it away to begin with an empty one.",
        )
    return int(text)


def make_cluster(layout: Layout, binaries: Binaries, *, durable: bool) -> None:
    """Make a complete cluster and put it in place by one rename."""
    layout.sweep_unfinished_setups()
    passwords = ensure_passwords(layout)
    fresh = layout.root / f"setup-{secrets.token_hex(6)}"
    make_private(fresh, layout.account)
    log = layout.open_log(layout.setup_log)
    try:
        wrapper = _naming_wrapper(layout)
        _initdb(layout, binaries, fresh, log, durable=durable, wrapper=wrapper)
        with (fresh / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write(f"\n# Kefen\ninclude_if_exists = '{SETTINGS_FILE}'\n")
        binaries.run(
            "postgres", "--single", "-c", "exit_on_error=on", "-c", "log_checkpoints=off",
            "-c", f"fsync={'on' if durable else 'off'}", "postgres",
            data=fresh, log=log, log_path=layout.setup_log, stdin=_roles_and_database(passwords),
            wrapper=wrapper,
        )  # fmt: skip
        fresh.rename(layout.data)
    except subprocess.CalledProcessError as problem:
        raise InitialisationFailed(
            f"The database in {layout.root} could not be created.",
            last_lines(layout.setup_log),
            f"Put right what the log names (often: a full disk) and start again, {OWN_SERVER}.",
        ) from problem
    finally:
        os.close(log)
        shutil.rmtree(fresh, ignore_errors=True)
    _flush_folder(layout.root)


def _initdb(
    layout: Layout,
    binaries: Binaries,
    fresh: Path,
    log: int,
    *,
    durable: bool,
    wrapper: Sequence[str],
) -> None:
    if binaries.major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    binaries.run(
        "initdb", "-U", LOGIN_OF["superuser"], "-E", "UTF8", "-A", "scram-sha-256",
        f"--pwfile=../{layout.passwords.name}/superuser",  # relative: see Binaries.run
        *locale, *([] if durable else ["--no-sync"]),
        data=fresh, log=log, log_path=layout.setup_log, wrapper=wrapper,
    )  # fmt: skip


def _naming_wrapper(layout: Layout) -> Sequence[str]:
    """Lend a nameless uid a name: initdb and single-user mode refuse to work without one.

    `docker run --user 12345` and some platforms run programs under uids no password file knows. A
    user namespace in which the same uid is called `nobody` satisfies them; the files still
    belong to the real uid. The server itself never asks.
    """
    if layout.account.has_name():
        return ()
    named = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
    try:
        subprocess.run([*named, "true"], check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as problem:
        raise InitialisationFailed(
            f"The database in {layout.root} could not be created.",
            f"initdb insists that the user id {layout.account.uid} has a name; the system knows "
            "none, and does not allow a user namespace that would lend it one.",
            f"Start Kefen as a user who is listed in /etc/passwd, {OWN_SERVER}.",
        ) from problem
    return named


def _roles_and_database(passwords: dict[Role, str]) -> str:
    """Give the statements of the first start, one per line as single-user mode reads them."""
    owner, application = LOGIN_OF["owner"], LOGIN_OF["application"]
    below = "LOGIN NOSUPERUSER NOBYPASSRLS"
    statements = (
        f"CREATE ROLE {owner} {below} CREATEDB CREATEROLE PASSWORD '{passwords['owner']}'",
        f"CREATE ROLE {application} {below} PASSWORD '{passwords['application']}'",
        f"GRANT {application} TO {owner} WITH ADMIN TRUE, INHERIT FALSE, SET TRUE",
        f"CREATE DATABASE {DATABASE} OWNER {owner}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {application}",
    )
    return "".join(f"{statement};\n" for statement in statements)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
