"""Settlements: what is paid out for a time, prepared by one person and released by another.

A settlement is a batch (batch.py) that waits. It is no second way for money: once released, its
items are approved and handed on one by one by the batch's job. Who prepared it never releases it,
whatever windows he has open: the action asks for another person under the batch's lock, and a CHECK
refuses the same one.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count, Sum

from kefen.core.errors import InvalidInput, NotFound, ReleasedByPreparer
from kefen.core.states import WithdrawalState
from kefen.payouts.actions.batch import locked, once
from kefen.payouts.models import PayoutBatchItem
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs


@needs(Deed.WITHDRAWALS)
def prepare_settlement(
    number: str,
    withdrawals: Sequence[str],
    *,
    expected: tuple[int, int],
    period: tuple[date, date],
    actor: Actor,
) -> None:
    """Put these requested withdrawals before a second person; nothing leaves until then. The same
    number again is the same settlement; `expected` as for a batch, `period` its first and last day.

    Raises InvalidInput, NotAllowed, NumberConflict.
    """
    once(number, withdrawals, expected, actor, period)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def release_settlement(number: str, *, expected: tuple[int, int], actor: Actor) -> None:
    """Let a prepared settlement go; released already, nothing changes. `expected` is the number and
    sum that were reviewed: what was taken back or decided since is not among them.

    Raises NotFound, NotAllowed, ReleasedByPreparer, InvalidInput (it is not what was reviewed any
    more, or was stopped).
    """
    releaser = rights.require_person(Deed.WITHDRAWALS, actor)
    batch = locked(number)
    if not batch.reviewed:
        raise NotFound(what=number)
    if batch.made_by == releaser:
        raise ReleasedByPreparer(amount=batch.amount)
    if batch.released_by is not None:
        return
    if batch.ended_at is not None:
        raise InvalidInput(field="withdrawals", reason="the settlement was stopped")
    sums = PayoutBatchItem.objects.filter(
        batch_id=batch.id, withdrawal__state=WithdrawalState.REQUESTED
    ).aggregate(count=Count("id"), sum=Sum("withdrawal__amount"))
    count, amount = int(sums["count"]), int(sums["sum"] or 0)
    if (count, amount) != expected or not count:
        raise InvalidInput(
            field="withdrawals", reason="they changed since you looked; look again and confirm"
        )
    batch.released_by, batch.released_at = releaser, clock.now()
    batch.save(update_fields=["released_by", "released_at"])
    told = {"number": count, "amount": amount, "prepared_by": str(batch.made_by)}
    audit.record(actor, "settlement.released", f"batch:{number}", **told)
    jobs.enqueue("payouts.run_batch", once=True, batch=number)
