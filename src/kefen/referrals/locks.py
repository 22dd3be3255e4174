"""The one place that locks students."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from kefen.platform.tenancy.scope import institution_id


def lock_students(students: Iterable[UUID]) -> None:
    """Lock students' accounts in order of id, so that their bindings change one at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM identity_account WHERE institution_id = %s AND id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [institution_id(), list(students)],
        )
