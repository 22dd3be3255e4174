"""What happened to a promoter: from the audit log, and from what his rows know."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from kefen.commissions import queries as commissions
from kefen.faces.web import labels, names
from kefen.faces.web.shared.screens import TimelineStep
from kefen.platform.audit import queries as audit
from kefen.platform.audit.models import Record
from kefen.promoters.models import Promoter

_STEPS: Final = {
    "promoter.applied": "applied",
    "promoter.approved": "approved",
    "promoter.rejected": "rejected",
    "promoter.suspended": "suspended",
    "promoter.active": "reactivated",
    "promoter.left": "left",
    "promoter.grouped": "grouped",
    "promoter.gave_student": "gave_student",
    "promoter.got_student": "got_student",
    "way.chosen": "way",
    "payout_account.changed": "payout_account",
    "payout_account.removed": "no_payout_account",
}


def steps(row: Promoter) -> tuple[TimelineStep, ...]:
    """Oldest first; at least since when he is enrolled. Three queries."""
    members = names.members()
    found = [
        TimelineStep(_STEPS[note.verb], note.at, note=_note(note, members))
        for note in audit.of_subject(f"promoter:{row.code}").filter(verb__in=_STEPS)
    ]
    if not any(step.kind == "applied" for step in found):
        found.insert(0, TimelineStep("applied", row.applied_at))
    if row.agreed_at is not None:
        version = row.agreement_version
        found.append(TimelineStep("agreed", row.agreed_at, note=version))
    first = commissions.first_of(row.id)
    if first is not None:
        found.append(TimelineStep("first_sale", first.booked_at, note=first.order.number))
    return tuple(sorted(found, key=lambda step: step.at or row.applied_at))


def _note(note: Record, members: Mapping[UUID, str]) -> str:
    """What changed, why, and which colleague did it."""
    details = note.details
    before, after = details.get("before"), details.get("after")
    parts = [str(details.get("reason") or "")]
    if note.verb == "promoter.grouped":
        parts.append(f"{before or '–'} → {after or '–'}")
    elif note.verb == "way.chosen":
        parts.append(str(labels.label("way", str(after or ""))))
    elif note.verb == "promoter.gave_student":
        parts.append(_("to %(promoter)s") % {"promoter": after})
    elif note.verb == "promoter.got_student":
        parts.append(_("from %(promoter)s") % {"promoter": before})
    if note.actor_user is not None and note.actor_user in members:
        parts.append(members[note.actor_user])
    return " · ".join(part for part in parts if part)
