"""Where files stand: an institution's with the institution, the platform's own beside all of them.

Whoever works in the scope of an institution works on its files; outside of any, on the platform's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kefen.platform import jobs
from kefen.platform.audit import actions as audit
from kefen.platform.exports.models import Export, Part, PlatformExport, PlatformPart
from kefen.platform.identity.contracts import Actor
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import current

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_NOBODYS: Final = UUID(int=0)


def exports() -> Any:
    """The table of files at hand."""
    return PlatformExport if scope.institution_id_or_none() is None else Export


def parts() -> Any:
    """The table of their parts."""
    return PlatformPart if scope.institution_id_or_none() is None else Part


def owner() -> UUID:
    """By whose key parts are sealed; no institution has the platform's."""
    return scope.institution_id_or_none() or _NOBODYS


def zone() -> ZoneInfo:
    """In whose time files say when something was."""
    return _ZONE if scope.institution_id_or_none() is None else current().zone


def write_soon(export: UUID, *, once: bool = False) -> None:
    """Let a job write a file of this shelf; with `once` only if none is about to."""
    if owner() == _NOBODYS:
        jobs.enqueue("exports.write_for_platform", once=once, export=str(export))
    else:
        jobs.enqueue("exports.write", once=once, export=str(export))


def note(actor: Actor, verb: str, subject: str, **details: object) -> None:
    """Note a deed where the file belongs."""
    write = audit.record_for_platform if owner() == _NOBODYS else audit.record
    write(actor, verb, subject, **details)


@contextmanager
def again(institution: UUID | None) -> Iterator[None]:
    """At the same shelf as before, where that scope has ended meanwhile."""
    if institution is None:
        yield
        return
    with scope.institution(institution):
        yield
