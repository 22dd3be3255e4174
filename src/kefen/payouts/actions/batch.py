"""Many withdrawals at once: one confirmation, then a job that works one by one.

Each item is approved and handed on in a transaction of its own, under the withdrawal's lock and
number; so a job that is killed, comes twice or meets another batch pays nothing twice. Lock
order: the batch, its item, then as `approve` says.
"""

from collections.abc import Sequence
from datetime import date

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Sum

from kefen.core.errors import (
    DomainError,
    InvalidInput,
    NotFound,
    NumberConflict,
    PayoutAccountChanged,
)
from kefen.core.ids import is_code, uuid7
from kefen.core.states import WithdrawalState
from kefen.payouts.actions.send import approve_and_send
from kefen.payouts.models import PayoutAccount, PayoutBatch, PayoutBatchItem, Withdrawal
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.bulk import insert_rows

logger = structlog.get_logger(__name__)
LARGEST = 5_000


@needs(Deed.WITHDRAWALS)
def begin_batch(
    number: str, withdrawals: Sequence[str], *, expected: tuple[int, int], actor: Actor
) -> None:
    """Approve and send these requested withdrawals by a job; the same number again is the same
    batch. `expected` is the number and sum that were confirmed: if others were taken back or
    decided since, nothing happens, and who asked looks again.

    Raises InvalidInput, NotAllowed, NumberConflict.
    """
    once(number, withdrawals, expected, actor)


def once(
    number: str,
    withdrawals: Sequence[str],
    expected: tuple[int, int],
    actor: Actor,
    period: tuple[date, date] | None = None,
) -> None:
    """Make a batch, or with a `period` a settlement, of a number that has none yet."""
    if not is_code(number) or not withdrawals or len(withdrawals) > LARGEST:
        raise InvalidInput(field="withdrawals", reason="choose 1 to 5000 withdrawals")
    try:
        with transaction.atomic():
            _begin(number, withdrawals, expected, actor, period)
    except IntegrityError as error:  # asked for at this moment by the same form
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != "payout_batch_number":
            raise
        with transaction.atomic():
            _begin(number, withdrawals, expected, actor, period)


def _begin(
    number: str,
    withdrawals: Sequence[str],
    expected: tuple[int, int],
    actor: Actor,
    period: tuple[date, date] | None,
) -> None:
    maker = rights.require_person(Deed.WITHDRAWALS, actor)
    known = PayoutBatch.objects.filter(number=number).first()
    if known is not None:
        if known.made_by != maker or known.reviewed != (period is not None):
            raise NumberConflict(number=number)
        return
    found = Withdrawal.objects.filter(
        number__in=withdrawals, state=WithdrawalState.REQUESTED
    ).order_by("id")
    keys = list(found.values_list("id", flat=True))
    amount = int(found.aggregate(sum=Sum("amount"))["sum"] or 0)
    if (len(keys), amount) != expected or not keys:
        raise InvalidInput(
            field="withdrawals", reason="they changed since you looked; look again and confirm"
        )
    batch = PayoutBatch.objects.create(
        number=number,
        made_by=maker,
        made_at=clock.now(),
        total=len(keys),
        amount=amount,
        reviewed=period is not None,
        period_from=None if period is None else period[0],
        period_to=None if period is None else period[1],
    )
    columns = ("id", "batch_id", "withdrawal_id", "state", "problem", "details")
    insert_rows(
        PayoutBatchItem, columns, [(uuid7(), batch.id, key, "waiting", "", "{}") for key in keys]
    )
    audit.record(
        actor,
        "payout_batch.begun" if period is None else "settlement.prepared",
        f"batch:{number}",
        number=len(keys),
        amount=amount,
    )
    if period is None:
        jobs.enqueue("payouts.run_batch", once=True, batch=number)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def stop_batch(number: str, *, actor: Actor) -> None:
    """Work on nothing more of a batch; what was handed on goes on. Raises NotFound."""
    batch = locked(number)
    if batch.stopped_at is not None or batch.ended_at is not None:
        return
    batch.stopped_at = batch.ended_at = clock.now()
    batch.save(update_fields=["stopped_at", "ended_at"])
    audit.record(actor, "payout_batch.stopped", f"batch:{number}")


def run_batch(number: str) -> None:
    """Work until nothing waits or somebody stopped it. Call it outside of any transaction."""
    while _one_more(number):
        pass


@transaction.atomic
def _one_more(number: str) -> bool:
    """One item, whole or not at all; answers whether there may be more."""
    batch = locked(number)
    if batch.ended_at is not None or (batch.reviewed and batch.released_by is None):
        return False
    waiting = PayoutBatchItem.objects.filter(batch_id=batch.id, state="waiting")
    item = waiting.select_related("withdrawal__promoter").order_by("id").first()
    if item is None:
        batch.ended_at = clock.now()
        batch.save(update_fields=["ended_at"])
        return False
    try:
        with transaction.atomic():
            state = _approve(batch, item.withdrawal)
        item.state = "halved" if state is WithdrawalState.REQUESTED else "done"
    except DomainError as refusal:
        item.state, item.problem, item.details = "refused", refusal.code, _plain(refusal)
        logger.info("payout_refused", batch=number, code=refusal.code)
    item.save(update_fields=["state", "problem", "details"])
    return True


def _approve(batch: PayoutBatch, row: Withdrawal) -> WithdrawalState:
    """Approve a withdrawal in the name of the batch's persons: of a settlement's two each who has
    not approved it yet, so that a large one has both of them and needs no third.

    Raises PayoutAccountChanged, and as `approve_and_send` does.
    """
    persons = [batch.made_by]
    if batch.released_by is not None:
        if row.first_approver is None:
            _check_account(batch, row)
        persons = [one for one in (batch.released_by, *persons) if one != row.first_approver]
    for person in persons:
        actor = Actor(ActorKind.OPERATOR, person)
        state = approve_and_send(row.number, actor=actor).state
        if state is not WithdrawalState.REQUESTED:
            break
    return state


def _check_account(batch: PayoutBatch, row: Withdrawal) -> None:
    """Two persons looked at where the money goes; what changed since leaves by another look."""
    mine = PayoutAccount.objects.filter(promoter_id=row.promoter_id)
    if mine.filter(changed_at__gt=batch.made_at).exists():
        raise PayoutAccountChanged(promoter=row.promoter.code)


def _plain(refusal: DomainError) -> dict[str, object]:
    return {
        name: value if isinstance(value, int) else str(value)
        for name, value in refusal.params.items()
    }


def locked(number: str) -> PayoutBatch:
    """A batch that nobody else changes until the transaction ends. Raises NotFound."""
    batch = PayoutBatch.objects.select_for_update().filter(number=number).first()
    if batch is None:
        raise NotFound(what=number)
    return batch


def resume_batches() -> None:
    """Let batches go on whose job was lost; by the clock."""
    open_ones = PayoutBatch.objects.filter(ended_at=None).exclude(reviewed=True, released_by=None)
    for number in open_ones.values_list("number", flat=True):
        jobs.enqueue("payouts.run_batch", once=True, batch=number)
