"""The books of a channel: documents in one SQLite file.

A request has one transaction under one lock, so whatever it wrote is there whole or not at all,
also after kill -9.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  kind TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL,
  place INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (kind, key)
);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Books:
    """Documents by (kind, key). `look_ups` are the fields by which `find` is fast.

    Everything is done inside `transaction`; a transaction inside another joins it.
    """

    def __init__(self, path: Path, *, look_ups: Sequence[str] = ()) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)
        for field in look_ups:
            self._database.execute(
                f"CREATE INDEX IF NOT EXISTS by_{field}"
                f" ON documents (kind, json_extract(document, '$.{field}'))"
            )

    @contextmanager
    def transaction(self) -> Iterator["Books"]:
        """One at a time; what it wrote is kept when it ends, and forgotten when it raises."""
        with self._lock:
            if self._depth:
                yield self
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield self
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            else:
                self._database.execute("COMMIT")
            finally:
                self._depth = 0

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        row = self._database.execute(
            "SELECT document FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, document: Document) -> None:
        """Write it, in the place of the one that was there."""
        self._database.execute(
            "INSERT INTO documents (kind, key, document) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document",
            (kind, key, json.dumps(document, ensure_ascii=False)),
        )

    def delete(self, kind: str, key: str) -> None:
        """Forget it."""
        self._database.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def find(self, kind: str, **fields: str | int) -> list[Document]:
        """Documents of a kind whose fields have these values, oldest first; none given: all."""
        where = "".join(f" AND json_extract(document, '$.{name}') = ?" for name in fields)
        rows = self._database.execute(
            f"SELECT document FROM documents WHERE kind = ?{where} ORDER BY place",
            (kind, *fields.values()),
        )
        return [json.loads(row[0]) for row in rows.fetchall()]

    def count(self, kind: str, **fields: str | int) -> int:
        """How many documents `find` would find."""
        where = "".join(f" AND json_extract(document, '$.{name}') = ?" for name in fields)
        row = self._database.execute(
            f"SELECT count(*) FROM documents WHERE kind = ?{where}", (kind, *fields.values())
        ).fetchone()
        return int(row[0])

    def until(self, kind: str, field: str, limit: float) -> list[Document]:
        """Documents of a kind in which a number has been reached, smallest first."""
        by = f"json_extract(document, '$.{field}')"
        rows = self._database.execute(
            f"SELECT document FROM documents WHERE kind = ? AND {by} <= ? ORDER BY {by}, place",
            (kind, limit),
        )
        return [json.loads(row[0]) for row in rows.fetchall()]

    def first(self, kind: str, **fields: str | int) -> Document | None:
        """The oldest that `find` finds, or None."""
        found = self.find(kind, **fields)
        return found[0] if found else None

    def kinds(self) -> list[str]:
        """What kinds of documents there are."""
        rows = self._database.execute("SELECT DISTINCT kind FROM documents ORDER BY kind")
        return [row[0] for row in rows.fetchall()]

    def next(self, name: str) -> int:
        """1, 2, 3… for the numbers that a channel gives."""
        row = self._database.execute(
            "INSERT INTO counters (name, value) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name,),
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()
