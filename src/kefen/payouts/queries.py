"""Reads of withdrawals."""

from uuid import UUID

from django.db.models import QuerySet

from kefen.core.errors import UnknownWithdrawal
from kefen.core.states import WithdrawalState
from kefen.payouts.contracts import WithdrawalRecord
from kefen.payouts.models import Withdrawal


def record_of(row: Withdrawal) -> WithdrawalRecord:
    """A stored withdrawal as a contract."""
    return WithdrawalRecord(
        row.id,
        row.number,
        row.promoter.code,
        row.amount,
        row.tax,
        row.net,
        WithdrawalState(row.state),
        row.requested_at,
    )


def by_number(number: str) -> Withdrawal:
    """The withdrawal with this number. Raises UnknownWithdrawal."""
    row = Withdrawal.objects.select_related("promoter").filter(number=number).first()
    if row is None:
        raise UnknownWithdrawal(withdrawal=number)
    return row


def of_promoter(promoter_id: UUID) -> "QuerySet[Withdrawal]":
    """A promoter's withdrawals, newest first."""
    return Withdrawal.objects.filter(promoter_id=promoter_id).order_by("-id")


def queue() -> "QuerySet[Withdrawal]":
    """Withdrawals that wait for somebody, oldest first."""
    waiting = ["requested", "approved", "sent", "awaiting_confirmation"]
    return (
        Withdrawal.objects.select_related("promoter").filter(state__in=waiting).order_by("id")
    )


def in_order_of_request() -> "QuerySet[Withdrawal]":
    """All withdrawals as they were requested."""
    return Withdrawal.objects.select_related("promoter").order_by("id")
