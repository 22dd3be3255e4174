"""The one place that locks students."""

from collections.abc import Iterable
from uuid import UUID

from kefen.platform.identity.actions import lock_accounts


def lock_students(students: Iterable[UUID]) -> None:
    """Lock students' accounts in order of id, so that their bindings change one at a time."""
    lock_accounts(students)
