"""Start, join, share and stop the embedded server.

Who is alive is a matter of locks, not of process numbers. Every process of the server inherits an
exclusive lock on `server.lock`, so a free lock proves that none is left: whatever `postmaster.pid`
says is then stale (a reused number, a zombie, a container that is gone) and may be removed. Whether
the server that holds the lock is any good, its socket tells.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from kefen.postgres import orphans
from kefen.postgres.binaries import Binaries, find_binaries
from kefen.postgres.cluster import DATABASE, existing_major, make_cluster
from kefen.postgres.errors import OWN_SERVER, StartFailed, StopFailed, last_lines
from kefen.postgres.layout import PORT, Layout, default_folder
from kefen.postgres.locks import exclusively, open_private, take_shared, try_exclusive
from kefen.postgres.passwords import LOGIN_OF, Role, read_password
from kefen.postgres.probe import Answer, ask, socket_file
from kefen.postgres.settings import SETTINGS_FILE, render

START_SECONDS = 600.0  # crash recovery of a large database takes its time
STOP_SECONDS = 60.0
ORPHAN_SECONDS = 3.0  # children of a killed server normally leave at once
SILENT_SECONDS = 60.0  # how long something may hold the lock without listening
POLL_SECONDS = 0.05


class EmbeddedPostgres:
    """The PostgreSQL server of one folder."""

    def __init__(
        self, folder: Path | None = None, *, settings: Mapping[str, str] | None = None
    ) -> None:
        """Choose the folder (default: `$KEFEN_HOME` or `.kefen`) and extra server settings.

        The settings apply when this object starts the server, not when it joins a running one.
        """
        self._layout = Layout.of(folder or default_folder())
        self._settings = dict(settings or {})
        render(self._settings)

    @property
    def folder(self) -> Path:
        """Where data, log, passwords and locks lie."""
        return self._layout.root

    @property
    def log(self) -> Path:
        """The server's log."""
        return self._layout.server_log

    @cached_property
    def binaries(self) -> Binaries:
        """PostgreSQL's programs, of the version that wrote the data."""
        return find_binaries(self._layout.account, existing_major(self._layout))

    def ensure(self) -> None:
        """Make the database if there is none; start its server or join the running one."""
        with self._start_stop():
            self._ensure()

    @contextmanager
    def hold(self) -> Iterator["EmbeddedPostgres"]:
        """Keep the server running for the length of the block; the last one out stops it.

        A killed holder holds nothing: the kernel has dropped its lock.
        """
        with self._start_stop():
            self._ensure()
            users = open_private(self._layout.users_lock, self._layout.account)
            take_shared(users)
        try:
            yield self
        finally:
            try:
                with self._start_stop():
                    if try_exclusive(users):
                        self._stop()
            finally:
                os.close(users)

    def stop(self) -> None:
        """Stop the server, whoever uses it; do nothing if it does not run."""
        if self._layout.root.exists():
            with self._start_stop():
                self._stop()

    def running(self) -> bool:
        """Tell whether the server accepts connections now."""
        return self._ask() is Answer.READY

    def url(self, role: Role, database: str = DATABASE) -> str:
        """Give the connection URL of a role.

        `owner` migrates, `application` serves; `superuser` is for backups alone, because
        row-level security hides rows from everybody else.
        """
        password = quote(read_password(self._layout, role), safe="")
        host = quote(str(self._layout.socket_folder()), safe="")
        return f"postgresql://{LOGIN_OF[role]}:{password}@{host}:{PORT}/{quote(database, safe='')}"

    def kill(self) -> None:
        """Kill the server's first process outright, as a power cut would; for tests."""
        pid = self._postmaster_pid()
        if pid and self._ask() is not Answer.ABSENT:
            os.kill(pid, signal.SIGKILL)

    def _start_stop(self) -> AbstractContextManager[None]:
        self._layout.prepare()
        return exclusively(self._layout.start_stop_lock, self._layout.account, START_SECONDS)

    def _ensure(self) -> None:
        if self._ask() is Answer.READY:
            return
        if existing_major(self._layout) is None:
            durable = self._settings.get("fsync", "on") != "off"
            make_cluster(self._layout, self.binaries, durable=durable)
        since = heard = time.monotonic()
        while (answer := self._ask()) is not Answer.READY:
            now = time.monotonic()
            heard = now if answer is Answer.BUSY else heard
            if now - since > START_SECONDS or now - heard > SILENT_SECONDS:
                raise self._start_failed("It neither answers nor ends.")
            if answer is Answer.ABSENT and now - heard > ORPHAN_SECONDS:
                orphans.end(self._cluster_name(), self._layout.account.uid)
            lock = open_private(self._layout.server_lock, self._layout.account)
            try:
                if try_exclusive(lock):
                    self._launch(lock)
                    heard = time.monotonic()
            finally:
                os.close(lock)
            time.sleep(POLL_SECONDS)

    def _launch(self, lock: int) -> None:
        """Start the server; the lock is ours, so no process of an earlier one is left."""
        layout = self._layout
        socket_folder = layout.choose_socket_folder()
        self._forget_dead_server(socket_folder)
        layout.write_private(layout.data / SETTINGS_FILE, render(self._settings))
        listed = '"' + str(socket_folder).replace('"', '""') + '"'
        fixed = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": listed,
            "cluster_name": self._cluster_name(),
        }
        options = " ".join(f"-c {shlex.quote(f'{k}={v}')}" for k, v in fixed.items())
        layout.turn_over_server_log()
        log = layout.open_log(layout.server_log)
        try:
            self.binaries.run(
                "pg_ctl", "start", "--silent", "--wait", f"--timeout={START_SECONDS:.0f}",
                "--options", options,
                data=layout.data, log=log, log_path=layout.server_log, pass_fds=[lock],
            )  # fmt: skip
        except subprocess.CalledProcessError as problem:
            raise self._start_failed("") from problem
        finally:
            os.close(log)

    def _stop(self) -> None:
        """Stop whatever process of this server there is, and wait until it has gone."""
        deadline = time.monotonic() + STOP_SECONDS
        asked = False
        while True:
            lock = open_private(self._layout.server_lock, self._layout.account)
            try:
                if try_exclusive(lock):
                    if self._layout.data.exists():
                        self._forget_dead_server(self._layout.socket_folder())
                        self._layout.remove_stand_in_socket_folder()
                    return
            finally:
                os.close(lock)
            if self._ask() is not Answer.ABSENT and not asked:
                asked = True
                self._ask_to_stop()
            elif time.monotonic() > deadline - STOP_SECONDS + ORPHAN_SECONDS:
                orphans.end(self._cluster_name(), self._layout.account.uid)
            if time.monotonic() > deadline:
                raise StopFailed(
                    f"PostgreSQL in {self.folder} did not stop.",
                    last_lines(self.log),
                    "Look for processes named 'postgres' that hang on this folder's disk.",
                )
            time.sleep(POLL_SECONDS)

    def _ask_to_stop(self) -> None:
        log = self._layout.open_log(self._layout.server_log)
        try:
            for mode, seconds in (("fast", STOP_SECONDS / 2), ("immediate", STOP_SECONDS / 4)):
                with suppress(subprocess.CalledProcessError):
                    self.binaries.run(
                        "pg_ctl", "stop", "--silent", "--wait", f"--timeout={seconds:.0f}",
                        f"--mode={mode}",
                        data=self._layout.data, log=log, log_path=self.log,
                    )  # fmt: skip
                    return
        finally:
            os.close(log)

    def _forget_dead_server(self, socket_folder: Path) -> None:
        """Remove the traces of a server that is proven dead, and its zombie if it is our child."""
        if pid := self._postmaster_pid():
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        socket = socket_file(socket_folder, PORT)
        for trace in (self._layout.data / "postmaster.pid", socket, Path(f"{socket}.lock")):
            trace.unlink(missing_ok=True)

    def _postmaster_pid(self) -> int:
        try:
            first = (self._layout.data / "postmaster.pid").read_text(encoding="utf-8")
            return max(0, int(first.split("\n", 1)[0]))
        except (OSError, ValueError):
            return 0

    def _ask(self) -> Answer:
        return ask(self._layout.socket_folder(), PORT, LOGIN_OF["application"], DATABASE)

    def _cluster_name(self) -> str:
        """Name the server in the process list after its data folder, wherever that is moved."""
        state = self._layout.data.stat()
        return f"kefen_{state.st_dev:x}_{state.st_ino:x}"

    def _start_failed(self, why: str) -> StartFailed:
        return StartFailed(
            f"PostgreSQL in {self.folder} did not start.",
            f"{why} {last_lines(self.log)}".strip(),
            f"Put right what the log names and start again, {OWN_SERVER}.",
        )
