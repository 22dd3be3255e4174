"""Releasing what was not shared, so that it is the institution's to use."""

from django.db import transaction
from django.db.models import Sum

from kefen.core.errors import ChannelRejected, NotFound
from kefen.core.states import SplitState, WithdrawalState
from kefen.orders import queries as orders
from kefen.orders.contracts import PaidThrough
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from kefen.ports.splits import SplitChannel
from kefen.splits.actions.turns import enter, locked, pause
from kefen.splits.channels import channel_of, payment_of
from kefen.splits.models import OrderSplit, SplitShare


def release(row: OrderSplit) -> bool:
    """Release the rest under a number of its own, once; answers whether to go on.

    What the channel refuses to release it releases by itself at its deadline, so that is an end,
    too, which somebody should look at. Raises ChannelUnavailable, OutcomeUnknown.
    """
    channel, payment = channel_of(row), payment_of(row)
    facts = channel.split_facts(current().slug)
    rest = _rest(row, payment)
    over = clock.now() >= payment.paid_at + facts.latest
    if not facts.freezes or rest <= 0 or over:
        return _end(row, SplitState.DONE, payment, row.reason)
    try:
        done = _asked(channel, row, payment)
        if done is None:
            channel.finish(
                current().slug,
                row.release_number,
                order=payment.order,
                channel_number=payment.channel_number,
                amount=_noted(row, rest),
            )
            done = _asked(channel, row, payment)
    except ChannelRejected as refusal:
        reason = str(refusal.params.get("reason", refusal))
        return _end(row, SplitState.FAILED, payment, reason)
    if done:
        return _end(row, SplitState.DONE, payment, row.reason)
    pause(row, row.reason)
    return False


def _rest(row: OrderSplit, payment: PaidThrough) -> int:
    """What is left of the payment at the channel."""
    lines = orders.lines_of(row.order_id)
    refunded = sum(line.refunded for line in lines)
    paid_out = SplitShare.objects.filter(
        split_id=row.id, withdrawal__state=WithdrawalState.SUCCEEDED
    )
    shared = paid_out.aggregate(total=Sum("withdrawal__net"))["total"] or 0
    return payment.amount - refunded - int(shared)


def _asked(channel: SplitChannel, row: OrderSplit, payment: PaidThrough) -> bool | None:
    """Whether the rest was released; None where the channel never got the number."""
    try:
        return channel.query_finish(
            current().slug,
            row.release_number,
            order=payment.order,
            channel_number=payment.channel_number,
        )
    except NotFound:
        return None


def _noted(row: OrderSplit, rest: int) -> int:
    """The amount that goes with the number, from the first time it is named."""
    if row.released is None:
        row.released = rest
        row.save(update_fields=["released"])
    return row.released


@transaction.atomic
def _end(row: OrderSplit, state: SplitState, payment: PaidThrough, reason: str) -> bool:
    row = locked(row)
    if row.state != SplitState.RELEASING:
        return False
    enter(row, state, reason=reason)
    audit.record(
        SYSTEM,
        f"split.{state.value}",
        f"order:{payment.order}",
        released=row.released or 0,
        reason=reason,
    )
    return False
