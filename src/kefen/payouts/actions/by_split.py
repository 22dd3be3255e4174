"""Withdrawals whose money leaves from the payment of an order at its channel (decision 0028).

The room of splits makes them, sends them together, and brings their results to `settle`.
"""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from kefen.core import postings
from kefen.core.payees import Payee
from kefen.core.states import PayoutWay, WithdrawalState, move
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.actions.settle import mark_sent, settle
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import by_number, record_of
from kefen.payouts.tax import tax_on
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.personal import masked_account
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters


def withdraw_by_split(
    wanted: RequestWithdrawal, payee: Payee, *, order: str, actor: Actor = SYSTEM
) -> WithdrawalRecord:
    """Reserve and approve in one, with the tax of any withdrawal and without its minimum.

    Call it inside a transaction that holds the promoter's available and in_transit accounts and
    knows that the amount is there. Raises InsufficientBalance.
    """
    institution, promoter = current(), promoters.by_code(wanted.promoter)
    computation = tax_on(institution, promoter.id, wanted.amount, wanted.at)
    approved = move(WithdrawalState.REQUESTED, WithdrawalState.APPROVED)
    row = Withdrawal.objects.create(
        number=wanted.number,
        promoter_id=promoter.id,
        amount=wanted.amount,
        tax=computation.tax,
        net=computation.net,
        tax_computation=asdict(computation),
        state=approved,
        way=PayoutWay.SPLIT,
        channel=payee.kind.value,
        receiver=payee.account,
        receiver_name=payee.name,
        requested_at=wanted.at,
        approved_at=wanted.at,
    )
    key = postings.withdrawal_requested_key(wanted.number)
    moves = postings.withdrawal_requested(promoter.code, wanted.amount)
    ledger.post([Transfer(key, "withdrawal_requested", wanted.at, moves)], institution.currency)
    audit.record(
        actor,
        "withdrawal.split",
        f"withdrawal:{wanted.number}",
        order=order,
        amount=wanted.amount,
        tax=computation.tax,
        to=f"{row.channel} {masked_account(payee.account)}",
    )
    return record_of(row)


@transaction.atomic
def mark_shares_sent(numbers: Iterable[str], *, actor: Actor = SYSTEM) -> list[str]:
    """The channel gets these now; answers which, for one that its promoter took back is none."""
    open_ones = (WithdrawalState.APPROVED, WithdrawalState.SENT)
    rows = Withdrawal.objects.filter(number__in=list(numbers)).order_by("id")
    found = [row for row in rows.select_for_update(of=("self",)) if row.state in open_ones]
    for row in found:
        mark_sent(row.number, channel=row.channel, actor=actor)
    return [row.number for row in found]


@transaction.atomic
def fail_share(number: str, *, reason: str, actor: Actor = SYSTEM) -> bool:
    """The money stays at the institution, so it is the promoter's balance again; answers whether
    this call did it. Nothing happens to one that has its result."""
    row = Withdrawal.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None or row.closed_at is not None:
        return False
    mark_sent(number, channel=row.channel, actor=actor)
    at, why = clock.now(), reason[:200]
    return settle(number, WithdrawalState.FAILED, at=at, reason=why, actor=actor)


def succeed_share(number: str, *, actor: Actor = SYSTEM) -> bool:
    """The promoter has it; answers whether this call noted it."""
    if by_number(number).closed_at is not None:
        return False
    return settle(number, WithdrawalState.SUCCEEDED, at=clock.now(), actor=actor)
