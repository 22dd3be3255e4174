"""Asking for money: what is asked for is reserved at once."""

import json
from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.core import postings
from kefen.core.balances import check_withdrawal
from kefen.core.errors import (
    IdentityMissing,
    InvalidInput,
    NumberConflict,
    PayoutAccountMissing,
    UnknownWithdrawal,
    WithdrawalNotOpen,
)
from kefen.core.ids import is_code, uuid7
from kefen.core.payees import AccountKind, Payee
from kefen.core.states import WithdrawalState, move
from kefen.core.tax import TaxComputation
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.actions.close import give_back
from kefen.payouts.contracts import RequestWithdrawal, WithdrawalRecord
from kefen.payouts.models import DEFAULT_CHANNEL, Withdrawal
from kefen.payouts.queries import payee_of, record_of
from kefen.payouts.tax import tax_on
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.personal import seal
from kefen.platform.merchants import actions as merchants
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord

_NOT_SENT = (WithdrawalState.REQUESTED, WithdrawalState.APPROVED)


def request(
    wanted: RequestWithdrawal, *, send_through: str | None = None, actor: Actor = SYSTEM
) -> WithdrawalRecord:
    """Reserve an amount of the available balance; once by its number, however often it is asked.

    With `send_through` (a channel's name) it is approved and sent at once, for an institution
    that looks at nothing by hand. Who asks for himself must have said who he is: tax is declared
    in his name. Raises NumberConflict, UnknownPromoter, IdentityMissing, PayoutAccountMissing,
    BelowMinimum, InsufficientBalance.
    """
    try:
        with transaction.atomic():
            return _request(wanted, send_through, actor)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != "withdrawal_number":
            raise
    # The same number was asked for at this moment: it exists now.
    with transaction.atomic():
        return _request(wanted, send_through, actor)


def _request(wanted: RequestWithdrawal, send_through: str | None, actor: Actor) -> WithdrawalRecord:
    known = _known(wanted)
    if known is not None:
        return known
    if not is_code(wanted.number):
        raise InvalidInput(field="withdrawal", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    promoter = promoters.by_code(wanted.promoter)
    if actor.kind is ActorKind.PROMOTER:
        _check_identity(promoter)
    payee = _payee(promoter, send_through)
    institution = current()
    account = postings.available(promoter.code)
    # Lock everything the posting touches, then decide by what is there.
    locked = ledger.lock([account, postings.in_transit(promoter.code)], institution.currency)
    # The same number may have been asked for while we waited: it has the balance then.
    known = _known(wanted)
    if known is not None:
        return known
    check_withdrawal(
        wanted.amount, minimum=institution.withdrawal_minimum, available=locked[account]
    )
    tax = None
    if send_through is not None:
        merchants.hold(send_through)
        tax = tax_on(institution, promoter.id, wanted.amount, wanted.at)
    record = _store(wanted, promoter.id, payee, tax)
    key = postings.withdrawal_requested_key(wanted.number)
    moves = postings.withdrawal_requested(promoter.code, wanted.amount)
    ledger.post([Transfer(key, "withdrawal_requested", wanted.at, moves)], institution.currency)
    verb = "withdrawal.requested" if tax is None else "withdrawal.sent"
    audit.record(actor, verb, f"withdrawal:{wanted.number}", amount=wanted.amount)
    return record


def _check_identity(promoter: PromoterRecord) -> None:
    if promoter.account_id is None or not identity.has_identity(promoter.account_id):
        raise IdentityMissing(promoter=promoter.code)


def _payee(promoter: PromoterRecord, send_through: str | None) -> Payee:
    """Where the money is to go; the sandbox knows promoters by their codes."""
    if send_through == DEFAULT_CHANNEL:
        return Payee(AccountKind(DEFAULT_CHANNEL), "")
    payee = payee_of(promoter.id, promoter.code, promoter.account_id)
    if send_through not in (None, payee.kind):
        raise PayoutAccountMissing(promoter=promoter.code)
    return payee


def _known(wanted: RequestWithdrawal) -> WithdrawalRecord | None:
    """The withdrawal that has this number already, if it is the same. Raises NumberConflict."""
    row = Withdrawal.objects.select_related("promoter").filter(number=wanted.number).first()
    if row is None:
        return None
    if (row.promoter.code, row.amount) != (wanted.promoter, wanted.amount):
        raise NumberConflict(number=wanted.number)
    return record_of(row)


def _store(
    wanted: RequestWithdrawal,
    promoter_id: UUID,
    payee: Payee,
    tax: TaxComputation | None,
) -> WithdrawalRecord:
    key, state = uuid7(), WithdrawalState.REQUESTED
    columns = ["id", "number", "promoter_id", "amount", "requested_at", "channel"]
    values: list[object] = [key, wanted.number, promoter_id, wanted.amount, wanted.at]
    values.append(payee.kind.value)
    if tax is not None:
        state = move(move(state, WithdrawalState.APPROVED), WithdrawalState.SENT)
        columns += ["tax", "net", "tax_computation", "approved_at", "sent_at"]
        values += [tax.tax, tax.net, json.dumps(asdict(tax)), wanted.at, wanted.at]
        if payee.account:  # what is approved keeps the receiver that it was approved with
            columns += ["receiver", "receiver_name"]
            values += [seal(payee.account), seal(payee.name) if payee.name else b""]
    insert_rows(
        Withdrawal,
        (*columns, "state", "state_reason"),
        [(*values, state.value, "")],
    )
    net = None if tax is None else tax.net
    withheld = None if tax is None else tax.tax
    return WithdrawalRecord(
        key, wanted.number, wanted.promoter, wanted.amount, withheld, net, state, wanted.at
    )


@transaction.atomic
def cancel(number: str, *, actor: Actor = SYSTEM) -> None:
    """The promoter takes a request back that was not sent; the amount is available again.

    Raises UnknownWithdrawal, WithdrawalNotOpen.
    """
    row = Withdrawal.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None:
        raise UnknownWithdrawal(withdrawal=number)
    if row.state not in _NOT_SENT:
        # The channel has it: only the channel can say that it is not paid.
        raise WithdrawalNotOpen(withdrawal=number)
    give_back(row, WithdrawalState.CANCELLED, at=clock.now(), reason="")
    audit.record(actor, "withdrawal.cancelled", f"withdrawal:{number}", amount=row.amount)
