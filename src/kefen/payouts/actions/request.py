"""Asking for money: what is asked for is reserved at once."""

from django.db import IntegrityError, transaction

from kefen.core import postings
from kefen.core.balances import check_withdrawal
from kefen.core.errors import InvalidInput, NumberConflict, UnknownWithdrawal
from kefen.core.ids import is_code, uuid7
from kefen.core.states import WithdrawalState
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.actions.close import give_back
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import record_of
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters


def request(wanted: RequestWithdrawal, *, actor: Actor = SYSTEM) -> WithdrawalRecord:
    """Reserve an amount of the available balance; once by its number, however often it is asked.

    Raises NumberConflict, UnknownPromoter, BelowMinimum, InsufficientBalance.
    """
    try:
        with transaction.atomic():
            return _request(wanted, actor)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != "withdrawal_number":
            raise
    # The same number was asked for at this moment: it exists now.
    with transaction.atomic():
        return _request(wanted, actor)


def _request(wanted: RequestWithdrawal, actor: Actor) -> WithdrawalRecord:
    known = (
        Withdrawal.objects.select_related("promoter").filter(number=wanted.number).first()
    )
    if known is not None:
        if (known.promoter.code, known.amount) != (wanted.promoter, wanted.amount):
            raise NumberConflict(number=wanted.number)
        return record_of(known)
    if not is_code(wanted.number):
        raise InvalidInput(field="withdrawal", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    promoter = promoters.by_code(wanted.promoter)
    institution = current()
    account = postings.available(promoter.code)
    # Lock everything the posting touches, then decide by what is there.
    locked = ledger.lock([account, postings.in_transit(promoter.code)], institution.currency)
    check_withdrawal(
        wanted.amount,
        minimum=institution.withdrawal_minimum,
        available=locked[account],
    )
    row = Withdrawal.objects.create(
        id=uuid7(),
        number=wanted.number,
        promoter_id=promoter.id,
        amount=wanted.amount,
        state=WithdrawalState.REQUESTED,
        requested_at=wanted.at,
    )
    key = postings.withdrawal_requested_key(wanted.number)
    moves = postings.withdrawal_requested(promoter.code, wanted.amount)
    ledger.post([Transfer(key, "withdrawal_requested", wanted.at, moves)], institution.currency)
    audit.record(
        actor, "withdrawal.requested", f"withdrawal:{wanted.number}", amount=wanted.amount
    )
    row.promoter_id = promoter.id
    return WithdrawalRecord(
        row.id,
        row.number,
        promoter.code,
        row.amount,
        None,
        None,
        WithdrawalState.REQUESTED,
        row.requested_at,
    )


@transaction.atomic
def cancel(number: str, *, actor: Actor = SYSTEM) -> None:
    """The promoter takes a request back that was not sent; the amount is available again.

    Raises UnknownWithdrawal, IllegalTransition.
    """
    row = Withdrawal.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None:
        raise UnknownWithdrawal(withdrawal=number)
    give_back(row, WithdrawalState.CANCELLED, at=clock.now(), reason="")
    audit.record(actor, "withdrawal.cancelled", f"withdrawal:{number}", amount=row.amount)
