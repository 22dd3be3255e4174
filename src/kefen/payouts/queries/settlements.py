"""Reads for the review of what is paid out: figures of a time, who waits, and what needs a person
first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from kefen.core.periods import Period
from kefen.core.states import WithdrawalState
from kefen.payouts.contracts import BatchFacts
from kefen.payouts.models import PayoutAccount, PayoutBatch, PayoutBatchItem, Withdrawal
from kefen.payouts.queries import CAME_BACK, account_needed
from kefen.payouts.queries.batches import facts_of_batches
from kefen.platform.tenancy.queries import current
from kefen.platform.tenancy.scope import institution_id

LISTED: Final = 20

# Balances stand under the codes of core.postings; one look-up by key for each promoter.
_NOT_PAYABLE = """
SELECT p.id, p.code, a.posted, i.id IS NULL, y.promoter_id IS NULL
  FROM promoters_promoter p
  JOIN LATERAL (SELECT b.posted FROM ledger_account a
                  JOIN ledger_balance b
                    ON b.institution_id = a.institution_id AND b.account_id = a.id
                 WHERE a.institution_id = p.institution_id AND a.unit = %(currency)s
                   AND a.code = 'promoter:' || p.code || ':available' OFFSET 0) AS a ON true
  LEFT JOIN identity_identity i
    ON i.institution_id = p.institution_id AND i.account_id = p.account_id
  LEFT JOIN payouts_payoutaccount y
    ON y.institution_id = p.institution_id AND y.promoter_id = p.id AND length(y.account) > 0
 WHERE p.institution_id = %(institution)s AND a.posted >= %(least)s AND a.posted > 0
   AND (i.id IS NULL OR (%(account_needed)s AND y.promoter_id IS NULL))
 ORDER BY a.posted DESC, p.code
"""
_OWING = """
SELECT p.id, p.code, -b.posted
  FROM promoters_promoter p
  JOIN ledger_account a ON a.institution_id = p.institution_id AND a.unit = %(currency)s
   AND a.code = 'promoter:' || p.code || ':receivable'
  JOIN ledger_balance b ON b.institution_id = a.institution_id AND b.account_id = a.id
 WHERE p.institution_id = %(institution)s AND b.posted < 0
 ORDER BY b.posted, p.code
"""


@dataclass(frozen=True, slots=True)
class PaidFigures:
    """Withdrawals approved in a time that did not come back."""

    count: int
    amount: int
    tax: int
    net: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A promoter whose balance needs a person: `why` is `identity`, `account` or `owing`."""

    promoter_id: UUID
    code: str
    amount: int
    why: str


def approved_within(period: Period) -> PaidFigures:
    """What was approved in a period, without what came back."""
    sums = (
        Withdrawal.objects.filter(approved_at__gte=period.start, approved_at__lt=period.end)
        .exclude(state__in=CAME_BACK)
        .aggregate(n=Count("id"), amount=Sum("amount"), tax=Sum("tax"), net=Sum("net"))
    )
    found = {name: int(value or 0) for name, value in sums.items()}
    return PaidFigures(found["n"], found["amount"], found["tax"], found["net"])


def candidates(until: datetime) -> "QuerySet[Withdrawal]":
    """Withdrawals asked for before an instant that wait for review, oldest first; each with whether
    a settlement has it already (`prepared`) and whether its account changed after it was asked for
    (`moved`)."""
    return (
        Withdrawal.objects.filter(state=WithdrawalState.REQUESTED, requested_at__lt=until)
        .select_related("promoter")
        .annotate(
            prepared=Exists(
                PayoutBatchItem.objects.filter(
                    withdrawal_id=OuterRef("id"), batch__ended_at=None, state="waiting"
                )
            ),
            moved=Exists(
                PayoutAccount.objects.filter(
                    promoter_id=OuterRef("promoter_id"), changed_at__gt=OuterRef("requested_at")
                )
            ),
        )
        .order_by("id")
    )


def sum_of(numbers: list[str]) -> tuple[int, int]:
    """How many of these withdrawals exist, and their sum, whatever became of them."""
    sums = Withdrawal.objects.filter(number__in=numbers).aggregate(n=Count("id"), sum=Sum("amount"))
    return int(sums["n"]), int(sums["sum"] or 0)


def payouts_after(since: Mapping[UUID, datetime]) -> list[Withdrawal]:
    """The first withdrawals of some promoters, each asked for at or after an instant of his own,
    with their promoters; one query."""
    if not since:
        return []
    found = (
        Withdrawal.objects.filter(
            promoter_id__in=list(since), requested_at__gte=min(since.values())
        )
        .select_related("promoter")
        .order_by("id")[:LISTED]
    )
    return [row for row in found if row.requested_at >= since[row.promoter_id]]


def still_waiting(number: str) -> tuple[int, int]:
    """How many withdrawals of a settlement still wait, and their sum: what a release lets go."""
    sums = PayoutBatchItem.objects.filter(
        batch__number=number, withdrawal__state=WithdrawalState.REQUESTED
    ).aggregate(n=Count("id"), sum=Sum("withdrawal__amount"))
    return int(sums["n"]), int(sums["sum"] or 0)


def settlements(limit: int = LISTED) -> list[BatchFacts]:
    """The newest settlements, those that wait for a second person first."""
    waits = Q(released_by=None, ended_at=None)
    rows = PayoutBatch.objects.filter(reviewed=True).order_by(
        F("released_at").desc(nulls_first=True), "-id"
    )
    waiting = list(rows.filter(waits)[:limit])
    return facts_of_batches([*waiting, *rows.exclude(waits)[:limit]][:limit])


def waiting_for_release() -> int:
    """How many settlements wait for a second person."""
    return PayoutBatch.objects.filter(reviewed=True, released_by=None, ended_at=None).count()


def not_payable() -> tuple[int, list[Stuck]]:
    """Promoters with enough to withdraw and without identity, or without an account where one is
    needed: how many, and those with most."""
    institution = current()
    values = {
        "currency": institution.currency,
        "least": institution.withdrawal_minimum,
        "account_needed": account_needed(),
    }
    rows = _rows(_NOT_PAYABLE, values)
    named = [
        Stuck(key, code, amount, "identity" if no_identity else "account")
        for key, code, amount, no_identity, _ in rows[:LISTED]
    ]
    return len(rows), named


def owing() -> tuple[int, list[Stuck]]:
    """Promoters from whom more was taken back than they had left: how many, and who owes most."""
    rows = _rows(_OWING, {"currency": current().currency})
    return len(rows), [Stuck(key, code, amount, "owing") for key, code, amount in rows[:LISTED]]


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"institution": institution_id(), **values})
        return list(cursor.fetchall())
