"""Correcting our books by a difference, and taking that back when the difference is none."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kefen.core import postings
from kefen.core.errors import InvalidInput
from kefen.core.ids import public_id
from kefen.core.reconciliation import Subject
from kefen.ledger import actions as ledger
from kefen.ledger import queries as ledger_queries
from kefen.ledger.contracts import Transfer
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from kefen.reconciliation import queries
from kefen.reconciliation.models import Difference, DifferenceState


def correct(row: Difference) -> str:
    """Correct the money at the channel against the institution's own; answers the key.

    Call it with the day's row locked. Raises InvalidInput where nobody can say by how much.
    """
    delta = queries.difference_of(row).delta
    if not delta:
        raise InvalidInput(field="decision", reason="it does not fit this difference")
    # A difference that was corrected, reversed and came back is corrected under a key of its own.
    nth, name = 1, public_id(postings.DIFFERENCE, row.id)
    while ledger_queries.transfer_lines(postings.bill_correction_key(name, nth)):
        nth += 1
    key = postings.bill_correction_key(name, nth)
    _post(key, row, delta)
    return key


def reverse(row: Difference) -> None:
    """Take back a correction, once: the difference is not what it was when a person decided. It
    is open again until its day says that it is none. Call it with the day's row locked."""
    delta = queries.difference_of(row).delta or 0
    key = postings.bill_correction_reversed_key(row.ledger_key)
    _post(key, row, -delta)
    row.state, row.resolution, row.closed_at, row.closed_by = DifferenceState.OPEN, "", None, None
    row.note, row.ledger_key = f"{_why()} {row.note}"[:500], key
    row.save(update_fields=["state", "resolution", "closed_at", "closed_by", "note", "ledger_key"])
    audit.record(
        SYSTEM,
        "difference.reversed",
        f"bill:{row.channel}:{row.on}",
        number=row.number or row.channel_number,
        verdict=row.verdict,
        ledger_key=key,
    )


def _post(key: str, row: Difference, delta: int) -> None:
    payout = row.subject == Subject.PAYOUT
    account = postings.PAYOUT if payout else postings.channel(row.channel)
    moves = postings.corrected(account, delta)
    ledger.post([Transfer(key, "adjustment", clock.now(), moves)], current().currency)


def _why() -> str:
    """The note of a reversal, before the one of whoever corrected."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Books and bill say something else by now, so the correction was taken back.")
