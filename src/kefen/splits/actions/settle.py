"""Settling a split whose channel did another amount than was sent: by a person, or by two."""

from django.db import transaction

from kefen.core import postings
from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotFound,
    SecondPersonNeeded,
)
from kefen.core.splits import Reason, Settling
from kefen.core.states import SplitState
from kefen.ledger import actions as ledger
from kefen.payouts import actions as payouts
from kefen.payouts.queries import arrangements
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.queries import current
from kefen.splits.actions.turns import enter
from kefen.splits.models import OrderSplit, PaidOtherwise, Settlement, SplitShare


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def settle(number: str, decision: Settling, *, note: str, actor: Actor) -> bool:
    """Decide about a stopped split; answers whether it is settled by this call.

    `ACCEPT` books what the channel did in place of what was sent, and what is left of the share is
    the promoter's balance again; where the channel did more, that comes from his balance, and the
    rest he owes. `WALLET` takes the money as fetched back at the channel: the whole share is his
    balance again. Then the rest of the payment is released, as after any split. From the amount
    on that two persons approve, the first decision waits for the same one of another person.

    Raises NotFound, InvalidInput (no note), IllegalTransition (it was never stopped for this),
    NotAllowed, SecondPersonNeeded.
    """
    row = (
        OrderSplit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order")
        .filter(number=number)
        .first()
    )
    if row is None:
        raise NotFound(what=f"split {number}")
    text = note.strip()[:500]
    if not text:
        raise InvalidInput(field="note", reason="whoever looks later must see why")
    known = Settlement.objects.filter(split_id=row.id).first()
    if known is not None and known.settled_at is not None:
        return False
    if row.state != SplitState.FAILED or row.reason != Reason.AMOUNT_DIFFERS:
        raise IllegalTransition(machine="SplitState", current=row.state, to="releasing")
    odd = list(
        PaidOtherwise.objects.filter(split_id=row.id)
        .select_related("withdrawal__promoter")
        .order_by("withdrawal_id")
    )
    if _waits_for_second(row, known, odd, decision, text, actor):
        return False
    _apply(row, odd, decision, text, actor)
    enter(row, SplitState.RELEASING, next_at=clock.now(), closed_at=None)
    audit.record(
        actor,
        "split.settled",
        f"order:{row.order.number}",
        split=row.number,
        decision=decision.value,
        paid=_paid(odd),
        reason=text,
    )
    return True


def _waits_for_second(
    row: OrderSplit,
    known: Settlement | None,
    odd: list[PaidOtherwise],
    decision: Settling,
    note: str,
    actor: Actor,
) -> bool:
    """Note the decision; answers whether another person has to decide the same."""
    threshold, now = arrangements.policy().two_persons_from, clock.now()
    largest = max((max(one.withdrawal.amount, one.paid) for one in odd), default=0)
    said = {"decision": decision.value, "note": note, "first_person": actor.user, "first_at": now}
    # What began with two persons ends with two, whatever was decided since.
    if known is None and (threshold is None or largest < threshold):
        Settlement.objects.create(split_id=row.id, settled_at=now, **said)
        return False
    rights.require_person(Deed.WITHDRAWALS, actor)
    if known is not None and known.decision == decision:
        if known.first_person == actor.user:
            raise SecondPersonNeeded(amount=largest, minimum=threshold or largest)
        Settlement.objects.filter(id=known.id).update(second_person=actor.user, settled_at=now)
        return False
    if known is None:
        Settlement.objects.create(split_id=row.id, **said)
    else:
        # Another decision is a new first one.
        Settlement.objects.filter(id=known.id).update(**said)
    audit.record(
        actor,
        "split.first_settled",
        f"order:{row.order.number}",
        split=row.number,
        decision=decision.value,
        paid=_paid(odd),
        reason=note,
    )
    return True


def _apply(
    row: OrderSplit, odd: list[PaidOtherwise], decision: Settling, note: str, actor: Actor
) -> None:
    builders = (postings.in_transit, postings.available, postings.receivable)
    people = {one.withdrawal.promoter.code for one in odd}
    payouts.lock_shares(one.withdrawal.number for one in odd)
    # All at once and in the one order: the locks of two promoters never wait for each other.
    ledger.lock([build(code) for code in people for build in builders], current().currency)
    for one in odd:
        if decision is Settling.WALLET:
            payouts.fail_share(one.withdrawal.number, reason=note, actor=actor)
            continue
        made = payouts.replace_share(
            one.withdrawal.number, paid=one.paid, order=row.order.number, actor=actor
        )
        if made is not None:
            SplitShare.objects.create(
                split_id=row.id,
                promoter_id=one.withdrawal.promoter_id,
                amount=made.amount,
                withdrawal_id=made.id,
                instead_of=one.withdrawal_id,
            )


def _paid(odd: list[PaidOtherwise]) -> str:
    return ", ".join(f"{one.withdrawal.number}: {one.paid}" for one in odd)
