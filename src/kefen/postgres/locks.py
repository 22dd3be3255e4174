"""Advisory file locks. The kernel drops them when their last holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kefen.postgres.account import Account
from kefen.postgres.errors import FolderUnusable

POLL_SECONDS = 0.02


def open_private(path: Path, account: Account, flags: int = os.O_RDWR) -> int:
    """Open (or create) a file that only the account may read, never through a symbolic link."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise FolderUnusable(
            f"The file {path} cannot be opened.",
            f"The system says: {problem.strerror}.",
            "Check who owns the folder, or set KEFEN_HOME to a folder of your own.",
        ) from problem
    account.take_over(descriptor)
    return descriptor


def try_exclusive(descriptor: int) -> bool:
    """Take the lock for us alone if nobody has it."""
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def take_shared(descriptor: int) -> None:
    """Take the lock together with others, waiting for one who holds it alone."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def exclusively(path: Path, account: Account, patience_seconds: float) -> Iterator[None]:
    """Hold the lock alone for the length of the block."""
    descriptor = open_private(path, account)
    try:
        deadline = time.monotonic() + patience_seconds
        while not try_exclusive(descriptor):
            if time.monotonic() > deadline:
                raise FolderUnusable(
                    f"Another process has been starting or stopping {path.parent.parent} "
                    f"for more than {patience_seconds:.0f} seconds.",
                    f"It holds the lock {path}.",
                    "Look for a hanging kefen process, end it and try again.",
                )
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)
