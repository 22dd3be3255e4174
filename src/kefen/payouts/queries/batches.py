"""Reads of batches and bank files."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kefen.core.errors import InvariantBroken, NotFound
from kefen.core.states import WithdrawalState
from kefen.payouts.bank_columns import COLUMNS, BankLine, cells
from kefen.payouts.contracts import BatchFacts
from kefen.payouts.models import BankFile, BankFileRow, PayoutBatch, PayoutBatchItem

_BACK = (
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
    WithdrawalState.CANCELLED,
    WithdrawalState.REJECTED,
)


def batch(number: str) -> BatchFacts:
    """A batch as it stands. Raises NotFound."""
    found = PayoutBatch.objects.filter(number=number)
    if not found:
        raise NotFound(what=number)
    return facts_of_batches(list(found))[0]


def batches() -> "QuerySet[PayoutBatch]":
    """All batches, the newest first."""
    return PayoutBatch.objects.order_by("-id")


def facts_of_batches(rows: list[PayoutBatch]) -> list[BatchFacts]:
    """Batches with what became of their withdrawals, in one more query."""
    done, state = Q(state="done"), "withdrawal__state"
    held = Q(withdrawal__state=WithdrawalState.APPROVED, withdrawal__held_until__isnull=False)
    counted = (
        PayoutBatchItem.objects.filter(batch_id__in=[row.id for row in rows])
        .order_by()
        .values("batch_id")
        .annotate(
            waiting=Count("id", filter=Q(state="waiting")),
            halved=Count("id", filter=Q(state="halved")),
            refused=Count("id", filter=Q(state="refused")),
            held=Count("id", filter=done & held),
            paid=Count("id", filter=done & Q(**{state: WithdrawalState.SUCCEEDED})),
            came_back=Count("id", filter=done & Q(**{f"{state}__in": _BACK})),
            done=Count("id", filter=done),
        )
    )
    by_batch: dict[UUID, dict[str, int]] = {}
    for found in counted:
        counts: dict[str, Any] = dict(found)
        by_batch[counts.pop("batch_id")] = counts
    return [_one(row, by_batch[row.id]) for row in rows]


def _one(row: PayoutBatch, counts: dict[str, int]) -> BatchFacts:
    done = counts.pop("done")
    return BatchFacts(
        number=row.number,
        made_at=row.made_at,
        total=row.total,
        amount=row.amount,
        on_way=done - counts["held"] - counts["paid"] - counts["came_back"],
        stopped=row.stopped_at is not None,
        ended=row.ended_at is not None,
        made_by=row.made_by,
        reviewed=row.reviewed,
        released_by=row.released_by,
        released_at=row.released_at,
        period_from=row.period_from,
        period_to=row.period_to,
        **counts,
    )


def items(number: str) -> "QuerySet[PayoutBatchItem]":
    """The withdrawals of a batch with their promoters, in order of request."""
    found = PayoutBatchItem.objects.filter(batch__number=number)
    return found.select_related("withdrawal__promoter").order_by("id")


def bank_files() -> "QuerySet[BankFile]":
    """All bank files, the newest first."""
    return BankFile.objects.order_by("-id")


def counted(files: list[BankFile]) -> list[tuple[BankFile, int, int]]:
    """Bank files with how many withdrawals each has, and how many are open."""
    found = (
        BankFileRow.objects.filter(file_id__in=[file.id for file in files])
        .order_by()
        .values_list("file_id")
        .annotate(all=Count("id"), open=Count("id", filter=Q(withdrawal__closed_at=None)))
    )
    counts = {key: (number, still) for key, number, still in found}
    return [(file, *counts.get(file.id, (0, 0))) for file in files]


def bank_file(number: str) -> BankFile:
    """A bank file. Raises NotFound."""
    found = BankFile.objects.filter(number=number).first()
    if found is None:
        raise NotFound(what=number)
    return found


def rows_of(file: BankFile) -> "QuerySet[BankFileRow]":
    """The rows of a file with their withdrawals, in order."""
    return file.rows.select_related("withdrawal__promoter").order_by("serial")


def content_of(file: BankFile) -> bytes:
    """The file as the bank takes it, the same each time: written from what was frozen when the
    withdrawals were approved."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = tuple(file.columns)
    writer.writerow([COLUMNS[name].heading for name in columns])
    writer.writerows(cells(columns, line) for line in _lines(file))
    return out.getvalue().encode(file.encoding)


def _lines(file: BankFile) -> Iterator[BankLine]:
    for row in rows_of(file).iterator(chunk_size=2000):
        paid = row.withdrawal
        if paid.net is None:
            raise InvariantBroken(invariant="an approved withdrawal has its net")
        yield BankLine(
            row.serial, paid.number, paid.receiver_name, paid.receiver, paid.receiver_bank, paid.net
        )
