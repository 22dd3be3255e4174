"""What can go wrong with the embedded server.

EmbeddedPostgresError
├── BinariesMissing      no PostgreSQL for this platform or Python
├── BinariesUnusable     found, but they do not run here
├── FolderUnusable       the folder belongs to somebody else or cannot be written
├── InitialisationFailed initdb or the first set-up refused
├── VersionMismatch      the data were written by another major version
├── NotInitialised       asked for a URL before the first start
├── StartFailed          the server did not come up
└── StopFailed           the server did not go down

Every sentence says what happened, why, and what to do about it.
"""

from pathlib import Path

OWN_SERVER = "or set KEFEN_DATABASE_URL to a PostgreSQL server (16 or newer) of your own"


class EmbeddedPostgresError(Exception):
    """Root of this tree; `what`, `why` and `advice` are complete sentences."""

    def __init__(self, what: str, why: str, advice: str) -> None:
        """Keep the three sentences apart so that a page or a terminal can lay them out."""
        super().__init__(f"{what} {why} {advice}")
        self.what = what
        self.why = why
        self.advice = advice


class BinariesMissing(EmbeddedPostgresError):
    """No PostgreSQL binaries were found."""


class BinariesUnusable(EmbeddedPostgresError):
    """PostgreSQL binaries were found and do not run."""


class FolderUnusable(EmbeddedPostgresError):
    """The folder, or a folder made for its socket, is not ours to use."""


class InitialisationFailed(EmbeddedPostgresError):
    """The first start could not create the database."""


class VersionMismatch(EmbeddedPostgresError):
    """The data folder belongs to another major version."""


class NotInitialised(EmbeddedPostgresError):
    """The folder has seen no first start yet."""


class StartFailed(EmbeddedPostgresError):
    """The server did not start."""


class StopFailed(EmbeddedPostgresError):
    """The server did not stop."""


def last_lines(log: Path, count: int = 15) -> str:
    """Give the end of a log file, ready to stand in an error's `why`."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 16_384))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError as problem:
        return f"Its log {log} could not be read ({problem.strerror})."
    end = "\n".join(f"    {line}" for line in lines[-count:])
    return f"The log {log} ends with:\n{end}\n"
