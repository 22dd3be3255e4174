"""Encrypting what is kept with the newest key, after another one was put before it.

Page by page, each in a transaction of its own; what somebody changes meanwhile is not touched, for
it is encrypted with the newest key already. Killed, it goes on where it was.
"""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from kefen.platform.identity.personal import (
    PersonalField,
    SealedBytesField,
    newest_key,
    seal_bytes,
    unseal_bytes,
)
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import institution_ids

PAGE = 500
FILES = 8
"""A page of files: they are large."""


def reseal() -> int:
    """Encrypt every value of every institution with the newest key; answers how many were not.
    Only the owner of the tables may, because some of them are not to be changed by anybody else.
    """
    count = 0
    for institution in institution_ids():
        with scope.institution(institution):
            for model in apps.get_models():
                for column, page in _columns(model):
                    count += _reseal(model._meta.db_table, column, institution, page)  # noqa: SLF001
    return count


def _columns(model: type[Model]) -> Iterator[tuple[str, int]]:
    for one in model._meta.local_fields:  # noqa: SLF001 - Django's documented meta API
        if isinstance(one, PersonalField | SealedBytesField) and one.column is not None:
            yield one.column, PAGE if isinstance(one, PersonalField) else FILES


def _reseal(table: str, column: str, institution: UUID, size: int) -> int:
    after, count = UUID(int=0), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_query(_OLD, table, column), [institution, after, _mark(), size])
            page = cursor.fetchall()
            for key, stored in page:
                cursor.execute(
                    _query(_NEW, table, column),
                    [seal_bytes(unseal_bytes(bytes(stored))), institution, key, bytes(stored)],
                )
                count += cursor.rowcount
        if len(page) < size:
            return count
        after = page[-1][0]


_OLD = """
SELECT id, {column} FROM {table}
 WHERE institution_id = %s AND id > %s
   AND octet_length({column}) > 0 AND substring({column} FROM 1 FOR 1) <> %s
 ORDER BY id LIMIT %s
"""
_NEW = "UPDATE {table} SET {column} = %s WHERE institution_id = %s AND id = %s AND {column} = %s"


def _query(text: str, table: str, column: str) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(table), column=sql.Identifier(column))


def _mark() -> bytes:
    """How a value begins that is encrypted with the newest key."""
    return bytes([newest_key()])
