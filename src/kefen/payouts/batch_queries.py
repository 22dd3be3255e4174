"""Reads of batches and bank files."""

import csv
import io
from collections.abc import Iterator

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
    found = _counted(PayoutBatch.objects.filter(number=number)).first()
    if found is None:
        raise NotFound(what=number)
    return _facts(found)


def batches(limit: int = 20) -> list[BatchFacts]:
    """The newest batches."""
    return [_facts(row) for row in _counted(PayoutBatch.objects.order_by("-id"))[:limit]]


def _counted(found: "QuerySet[PayoutBatch]") -> "QuerySet[PayoutBatch]":
    done, state = Q(items__state="done"), "items__withdrawal__state"
    held = Q(items__withdrawal__held_until__isnull=False)
    approved = Q(**{state: WithdrawalState.APPROVED})
    return found.annotate(
        waiting=Count("items", filter=Q(items__state="waiting")),
        halved=Count("items", filter=Q(items__state="halved")),
        refused=Count("items", filter=Q(items__state="refused")),
        held=Count("items", filter=done & approved & held),
        paid=Count("items", filter=done & Q(**{state: WithdrawalState.SUCCEEDED})),
        came_back=Count("items", filter=done & Q(**{f"{state}__in": _BACK})),
        done=Count("items", filter=done),
    )


def _facts(row: PayoutBatch) -> BatchFacts:
    counts = {
        name: int(getattr(row, name))
        for name in ("waiting", "halved", "refused", "held", "paid", "came_back")
    }
    on_way = int(getattr(row, "done")) - counts["held"] - counts["paid"] - counts["came_back"]  # noqa: B009
    return BatchFacts(
        number=row.number,
        made_at=row.made_at,
        total=row.total,
        amount=row.amount,
        on_way=on_way,
        stopped=row.stopped_at is not None,
        ended=row.ended_at is not None,
        **counts,
    )


def items(number: str) -> "QuerySet[PayoutBatchItem]":
    """The withdrawals of a batch with their promoters, in order of request."""
    found = PayoutBatchItem.objects.filter(batch__number=number)
    return found.select_related("withdrawal__promoter").order_by("id")


def bank_files(limit: int = 20) -> list[tuple[BankFile, int, int]]:
    """The newest bank files: each with how many withdrawals it has, and how many are open."""
    found = BankFile.objects.order_by("-id").annotate(
        number_of=Count("rows"), open=Count("rows", filter=Q(rows__withdrawal__closed_at=None))
    )
    return [(row, int(row.number_of), int(row.open)) for row in found[:limit]]


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
