"""Writing the audit log; called inside the transaction of the deed itself."""

import json

from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import acting
from kefen.platform.identity.contracts import Actor
from kefen.platform.tenancy.bulk import insert_rows


def record(actor: Actor, verb: str, subject: str, **details: object) -> None:
    """Note that `actor` did `verb` (`promoter.suspended`) to `subject` (`promoter:yu`)."""
    origin = acting.current().origin
    insert_rows(
        Record,
        ("id", "verb", "subject", "actor_kind", "actor_user", "details", "network", "device", "at"),
        [
            (
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
        ],
    )
