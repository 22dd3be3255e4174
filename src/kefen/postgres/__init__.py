"""PostgreSQL as a part of Kefen: the binaries of a wheel under a small supervisor of our own.

Standard library only; knows nothing of Django. `EmbeddedPostgres(folder).hold()` is the usual way
in: it starts the server or joins it, and the last one out stops it.

`layout` lays out the folder, `account` picks who runs the server, `binaries` finds PostgreSQL,
`cluster` makes the first database, `locks` and `probe` tell who is alive, `supervisor` puts them
together.
"""

from kefen.postgres.errors import (
    BinariesMissing,
    BinariesUnusable,
    EmbeddedPostgresError,
    FolderUnusable,
    InitialisationFailed,
    NotInitialised,
    StartFailed,
    StopFailed,
    VersionMismatch,
)
from kefen.postgres.layout import default_folder
from kefen.postgres.passwords import Role
from kefen.postgres.supervisor import EmbeddedPostgres

__all__ = [
    "BinariesMissing",
    "BinariesUnusable",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "FolderUnusable",
    "InitialisationFailed",
    "NotInitialised",
    "Role",
    "StartFailed",
    "StopFailed",
    "VersionMismatch",
    "default_folder",
]
