"""Refunds that the bill of their day has and that came to nothing afterwards.

A channel may write a day's bill while a refund is under way (WeChat: PROCESSING or CHANGE) and
never changes it. If the refund fails later, its money is paid in again, by a line of another bill:
then it left and returned, and neither line is a difference.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from kefen.core.reconciliation import Match, Ours, Subject, Theirs, Verdict
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.reconciliation.models import BillDay, BillEntry

# For so long after it left its return may take; then somebody has to look.
PATIENCE = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Lost:
    """A refund of ours that failed, and whether a bill says that its money came back."""

    ours: Ours
    returned: bool


def failed_refunds(row: BillDay, numbers: Collection[str]) -> dict[str, Lost]:
    """Those of these numbers that failed."""
    if not numbers:
        return {}
    found = orders.refunds_by_number(row.channel, numbers, failed=True)
    bills = BillDay.objects.filter(channel=row.channel, bill_id__isnull=False)
    lines = BillEntry.objects.filter(
        bill_id__in=bills.values("bill_id"), subject=Subject.OTHER, number__in=list(found)
    )
    back = set(lines.values_list("number", flat=True)) if found else set()
    return {
        number: Lost(
            Ours(Subject.REFUND, number, "", one.amount, one.currency, one.at), number in back
        )
        for number, one in found.items()
    }


def came_to_nothing(lost: Lost, line: Theirs) -> Match:
    """What is to be said of the line: on its way back, and once it is back, that it moved nothing;
    one that does not come back is only the channel's."""
    if (lost.ours.amount, lost.ours.currency) != (line.amount, line.currency):
        return Match(Verdict.ONLY_THEIRS, None, line)
    if lost.returned:
        nothing = replace(line, subject=Subject.OTHER)
        return Match(Verdict.MATCHED, replace(lost.ours, subject=Subject.OTHER), nothing)
    if clock.now() < line.at + PATIENCE:
        return Match(Verdict.IN_TRANSIT, lost.ours, line)
    return Match(Verdict.ONLY_THEIRS, None, line)
