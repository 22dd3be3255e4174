"""Writing the audit log; called inside the transaction of the deed itself.

What the platform's people do, and whatever is done to an institution's limits, state or licence,
stands in two logs: the institution's and the platform's.
"""

import json
from typing import Any, Final
from uuid import UUID

from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.identity import acting
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id, institution_id_or_none

OF_THE_PLATFORM: Final = ("institution.", "limits.", "licence.")
"""How verbs begin that the platform's log has, whoever did it."""

_COLUMNS: Final = (
    *("id", "verb", "subject", "actor_kind", "actor_user", "details"),
    *("network", "device", "at"),
)


def record(actor: Actor, verb: str, subject: str, **details: object) -> None:
    """Note that `actor` did `verb` (`promoter.suspended`) to `subject` (`promoter:yu`)."""
    values = _values(actor, verb, subject, details)
    insert_rows(Record, _COLUMNS, [tuple(values.values())])
    if actor.kind is ActorKind.PLATFORM or verb.startswith(OF_THE_PLATFORM):
        _of_platform(institution_id(), values)


def record_for_platform(actor: Actor, verb: str, subject: str, **details: object) -> None:
    """Note in the platform's log alone what concerns no institution, like a job that is tried
    again; in the scope of one it is named."""
    _of_platform(institution_id_or_none(), _values(actor, verb, subject, details))


def _values(actor: Actor, verb: str, subject: str, details: dict[str, object]) -> dict[str, Any]:
    origin = acting.current().origin
    values = (
        uuid7(),
        verb,
        subject,
        actor.kind.value,
        actor.user,
        json.dumps(details, default=str),
        origin.network,
        origin.device,
        clock.now(),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _of_platform(institution: UUID | None, values: dict[str, Any]) -> None:
    plain = {**values, "details": json.loads(values["details"])}
    PlatformRecord(institution_id=institution, **plain).save(force_insert=True)
