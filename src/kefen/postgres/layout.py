"""Where everything lies inside the one folder, and where its socket goes.

<folder>/postgres/            0700, owned by the account that runs the server
    data/                     the cluster; appears by one rename when it is complete
    setup-*/                  a first start in progress, or what a killed one left behind
    run/                      socket, locks, the address of the socket
    log/                      server.log, setup.log
    passwords/                one file per role, 0600
"""

import hashlib
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kefen.postgres.account import Account, account_for
from kefen.postgres.errors import FolderUnusable
from kefen.postgres.locks import open_private
from kefen.postgres.probe import socket_file

PORT = 5432  # part of the socket's file name only; nothing listens on the network
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
SHORT_FOLDER = Path("/tmp")  # noqa: S108  a private folder is made and checked inside
LARGEST_LOG = 16 * 1024 * 1024  # bytes, checked at every start


def default_folder() -> Path:
    """`$KEFEN_HOME`, otherwise `.kefen` in the current folder."""
    return Path(os.environ.get("KEFEN_HOME") or ".kefen")


@dataclass(frozen=True)
class Layout:
    """The paths of one embedded server."""

    root: Path
    account: Account

    @classmethod
    def of(cls, folder: Path) -> "Layout":
        """Lay out the folder without touching the disk."""
        root = folder.expanduser().resolve() / "postgres"
        try:
            return cls(root, account_for(root))
        except PermissionError as problem:
            raise _not_ours(root, problem.strerror or "permission denied") from problem

    @property
    def data(self) -> Path:
        """The database cluster."""
        return self.root / "data"

    @property
    def run(self) -> Path:
        """Locks and, if its path is short enough, the socket."""
        return self.root / "run"

    @property
    def server_log(self) -> Path:
        """What the server writes."""
        return self.root / "log" / "server.log"

    @property
    def setup_log(self) -> Path:
        """What the first start writes."""
        return self.root / "log" / "setup.log"

    @property
    def passwords(self) -> Path:
        """One file per role."""
        return self.root / "passwords"

    @property
    def start_stop_lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.run / "start-stop.lock"

    @property
    def server_lock(self) -> Path:
        """Inherited by every process of the server: free means that none is left."""
        return self.run / "server.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by everybody who currently needs the server."""
        return self.run / "users.lock"

    def prepare(self) -> None:
        """Make the folders, and refuse one that belongs to somebody else."""
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            for folder in (
                self.root, self.run, self.server_log.parent, self.passwords,
            ):  # fmt: skip
                make_private(folder, self.account)
        except OSError as problem:
            raise _not_ours(self.root, problem.strerror or str(problem)) from problem

    def turn_over_server_log(self) -> None:
        """Begin a new log if the last has grown large; only while no server writes to it."""
        if self.server_log.exists() and self.server_log.stat().st_size > LARGEST_LOG:
            self.server_log.replace(self.server_log.with_suffix(".log.1"))

    def open_log(self, log: Path) -> int:
        """Open a log for appending."""
        return open_private(log, self.account, os.O_WRONLY | os.O_APPEND)

    def write_private(self, path: Path, text: str) -> None:
        """Write a small file all at once, readable by the account alone."""
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        with open(open_private(fresh, self.account), "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)

    def sweep_unfinished_setups(self) -> None:
        """Remove what killed first starts left; one may still be writing, then the next sweeps."""
        for leftover in self.root.glob("setup-*"):
            shutil.rmtree(leftover, ignore_errors=True)

    @property
    def _socket_note(self) -> Path:
        return self.run / "socket-folder"

    def choose_socket_folder(self) -> Path:
        """Decide where the next server listens, make that folder, and write it down.

        `run/` is the place, unless its path is too long for a socket or the account cannot walk
        there; then a private folder in /tmp stands in, named after this one.
        """
        folder = self.run
        longest = len(os.fsencode(socket_file(folder, PORT)))
        if longest > LONGEST_SOCKET_PATH or not self.account.can_enter(folder):
            digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
            folder = SHORT_FOLDER / f"kefen-{self.account.uid}-{digest}"
            make_private(folder, self.account)
        self.write_private(self._socket_note, str(folder))
        return folder

    def socket_folder(self) -> Path:
        """Tell where the present (or last) server listens."""
        try:
            return Path(self._socket_note.read_text(encoding="utf-8"))
        except OSError:
            return self.run

    def remove_stand_in_socket_folder(self) -> None:
        """Leave nothing in /tmp once the server has stopped; the next start makes it again."""
        folder = self.socket_folder()
        if folder != self.run:
            with suppress(OSError):
                folder.rmdir()


def make_private(folder: Path, account: Account) -> None:
    """Make a 0700 folder of the account's own, or check that the existing one is exactly that."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise _not_ours(folder, "it is not a folder") from None
        if found.st_uid not in {account.uid, os.geteuid()}:
            why = f"it belongs to uid {found.st_uid}, and the server runs as uid {account.uid}"
            raise _not_ours(folder, why) from None
    if not account.drops or folder.lstat().st_uid != account.uid:
        folder.chmod(0o700)
    account.take_over(folder)


def _not_ours(folder: Path, why: str) -> FolderUnusable:
    return FolderUnusable(
        f"The folder {folder} cannot be used for the embedded PostgreSQL.",
        f"The reason: {why}.",
        "Set KEFEN_HOME to a folder of your own, or start as the user who owns this one.",
    )
