"""Files for the institution's bank: what is approved to bank accounts leaves by them.

A withdrawal is in one file only (a key of the database) and is sent when it gets there; the file
can be written again, it never pays again. Lock order: the file, then withdrawals by id.
"""

from django.db import transaction
from django.db.models import QuerySet

from kefen.core.errors import Conflict, InvalidInput, NotFound, WithdrawalNotOpen
from kefen.core.ids import is_code
from kefen.core.payees import AccountKind
from kefen.core.states import WithdrawalState
from kefen.payouts.actions.settle import mark_sent, settle
from kefen.payouts.bank_columns import DEFAULT
from kefen.payouts.bank_results import BankResult, read_results
from kefen.payouts.models import BankFile, BankFileRow, Withdrawal
from kefen.payouts.queries import arrangements
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs

_AT_ONCE = 100
_OPEN = (WithdrawalState.SENT, WithdrawalState.AWAITING_CONFIRMATION)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def begin_bank_file(number: str, *, actor: Actor) -> None:
    """Let a job put everything that is approved to bank accounts into a file; the same number
    again is the same file. Raises InvalidInput (nothing is there)."""
    if not is_code(number):
        raise InvalidInput(field="number", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    if BankFile.objects.filter(number=number).exists():
        return
    waiting = _waiting().count()
    if not waiting:
        raise InvalidInput(field="number", reason="no approved withdrawal goes to a bank account")
    policy = arrangements.policy()
    values = {
        "made_by": actor.user,
        "made_at": clock.now(),
        "expected": _waiting().exclude(net=0).count(),
        "encoding": policy.bank_encoding,
        "columns": list(policy.bank_columns or DEFAULT),
    }
    _, made = BankFile.objects.get_or_create(values, number=number)
    if made:
        audit.record(actor, "bank_file.begun", f"bank_file:{number}", number=waiting)
        jobs.enqueue("payouts.fill_bank_file", once=True, number=number)


def fill_bank_file(number: str) -> None:
    """Put withdrawals in, some at a time, until none waits. Call it outside of any transaction."""
    while _some_more(number):
        pass


@transaction.atomic
def _some_more(number: str) -> bool:
    file = _locked(number)
    if file.ready_at is not None:
        return False
    actor = SYSTEM if file.made_by is None else Actor(ActorKind.OPERATOR, file.made_by)
    serial = BankFileRow.objects.filter(file_id=file.id).count()
    # Another file may be taking some at this moment: those are its.
    rows = list(
        _waiting()
        .filter(approved_at__lte=file.made_at)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("id")[:_AT_ONCE]
    )
    for row in rows:
        if row.net == 0:
            _close_empty(row.number, actor)
            continue
        serial += 1
        BankFileRow.objects.create(file_id=file.id, withdrawal_id=row.id, serial=serial)
        mark_sent(row.number, channel=AccountKind.BANK.value, actor=actor)
    if not rows:
        file.ready_at = clock.now()
        file.save(update_fields=["ready_at"])
        audit.record(actor, "bank_file.ready", f"bank_file:{number}", number=serial)
    return bool(rows)


def _close_empty(number: str, actor: Actor) -> None:
    """All of it is tax: there is nothing for the bank to do, and it is done."""
    mark_sent(number, channel=AccountKind.BANK.value, actor=actor)
    settle(number, WithdrawalState.SUCCEEDED, at=clock.now(), actor=actor)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def open_bank_file(number: str, *, actor: Actor) -> None:
    """Take the one download of a finished file. Raises NotFound, Conflict (it was taken: it must be
    made again first)."""
    file = _locked(number)
    if file.ready_at is None or file.downloaded_at is not None:
        raise Conflict
    file.downloaded_at, file.downloads = clock.now(), file.downloads + 1
    file.save(update_fields=["downloaded_at", "downloads"])
    audit.record(actor, "bank_file.downloaded", f"bank_file:{number}", times=file.downloads)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def make_bank_file_again(number: str, *, actor: Actor) -> None:
    """Allow one more download of the same content; it pays nobody again. Raises NotFound."""
    file = _locked(number)
    if file.downloaded_at is None:
        return
    file.downloaded_at = None
    file.save(update_fields=["downloaded_at"])
    audit.record(actor, "bank_file.made_again", f"bank_file:{number}")


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def settle_bank_row(number: str, *, paid: bool, reason: str = "", actor: Actor) -> bool:
    """The bank paid a withdrawal of a file, or sent the money back; answers whether this call
    noted it. Raises UnknownWithdrawal, WithdrawalNotOpen, InvalidInput (no reason)."""
    row = BankFileRow.objects.select_related("withdrawal").filter(withdrawal__number=number).first()
    if row is None:
        raise WithdrawalNotOpen(withdrawal=number)
    if not paid and not reason.strip():
        raise InvalidInput(field="reason", reason="the promoter sees it, so it must say why")
    result = WithdrawalState.SUCCEEDED if paid else WithdrawalState.FAILED
    return settle(number, result, at=clock.now(), reason=reason.strip()[:200], actor=actor)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def take_bank_results(file_number: str, content: bytes, *, actor: Actor) -> int:
    """Note what the bank's result file says, whole or not at all, and let a job book it; answers
    how many rows are news. Raises NotFound, InvalidInput naming the first line that cannot be."""
    results, file = read_results(content), _locked(file_number)
    rows = {
        row.withdrawal.number: row
        for row in BankFileRow.objects.filter(file_id=file.id).select_related("withdrawal")
    }
    changed = []
    for result in results:
        row = rows.get(result.number)
        if row is None:
            raise InvalidInput(
                field="results", reason="the file names a withdrawal that is not in this one"
            )
        told = "paid" if result.paid else "returned"
        if row.withdrawal.closed_at is not None:
            _check_same(row.withdrawal, result)
        elif (row.told, row.reason) != (told, result.reason):
            row.told, row.reason = told, result.reason
            changed.append(row)
    BankFileRow.objects.bulk_update(changed, ["told", "reason"])
    if changed:
        audit.record(actor, "bank_file.results", f"bank_file:{file_number}", number=len(changed))
        jobs.enqueue("payouts.settle_bank_file", once=True, number=file_number)
    return len(changed)


def _check_same(row: Withdrawal, result: BankResult) -> None:
    if (row.state == WithdrawalState.SUCCEEDED) is not result.paid:
        raise WithdrawalNotOpen(withdrawal=row.number)


def settle_bank_file(number: str) -> list[str]:
    """Book what was told of a file's withdrawals, one by one; again changes nothing. Answers which
    got another result meanwhile: those keep it, the others go on, and the audit log names them."""
    closed_already: list[str] = []
    found = BankFileRow.objects.filter(file__number=number, withdrawal__state__in=_OPEN)
    for row in found.exclude(told="").select_related("withdrawal").order_by("serial"):
        paid = row.told == "paid"
        try:
            settle_bank_row(row.withdrawal.number, paid=paid, reason=row.reason, actor=SYSTEM)
        except WithdrawalNotOpen:
            closed_already.append(row.withdrawal.number)
    if closed_already:
        subject = f"bank_file:{number}"
        audit.record(SYSTEM, "bank_file.closed_already", subject, withdrawals=closed_already)
    return closed_already


def _waiting() -> "QuerySet[Withdrawal]":
    return Withdrawal.objects.filter(channel=AccountKind.BANK.value, state=WithdrawalState.APPROVED)


def _locked(number: str) -> BankFile:
    file = BankFile.objects.select_for_update().filter(number=number).first()
    if file is None:
        raise NotFound(what=number)
    return file


def resume_bank_files() -> None:
    """Let files be filled on whose job was lost; by the clock."""
    for number in BankFile.objects.filter(ready_at=None).values_list("number", flat=True):
        jobs.enqueue("payouts.fill_bank_file", once=True, number=number)
