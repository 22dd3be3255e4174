"""Handing a planned split to its channel, and taking the result of each share."""

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kefen.core.errors import ChannelRejected, InvariantBroken, NotFound
from kefen.core.splits import Reason
from kefen.core.states import SplitState, WithdrawalState
from kefen.orders.contracts import PaidThrough
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from kefen.ports.splits import Receiver, Share, ShareResult, ShareState, Split, SplitChannel
from kefen.splits.actions.turns import enter, locked, pause
from kefen.splits.channels import channel_of, is_too_late, payment_of
from kefen.splits.models import OrderSplit, PaidOtherwise, SplitShare

_TO_SEND = (WithdrawalState.APPROVED, WithdrawalState.SENT)
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Open:
    """A share without a result."""

    number: str
    receiver: Receiver
    net: int

    def is_meant_by(self, result: ShareResult) -> bool:
        """By our number, or by receiver and amount where the channel does not repeat it."""
        if result.number:
            return result.number == self.number
        return (result.account, result.amount) == (self.receiver.account, self.net)


def send(row: OrderSplit) -> bool:
    """Name the receivers, then mark what is sent; the channel is asked for the split by `ask`.

    Who cannot receive keeps his commission in the wallet, as does everybody when it is too late.
    Raises ChannelUnavailable, OutcomeUnknown: nothing was sent.
    """
    channel, payment, slug = channel_of(row), payment_of(row), current().slug
    late = is_too_late(payment, channel.split_facts(slug), clock.now())
    for share in _open_shares(row):
        if late:
            payouts.fail_share(share.number, reason=_too_late())
            continue
        try:
            channel.add_receiver(slug, share.receiver)
        except ChannelRejected as refusal:
            payouts.fail_share(share.number, reason=_why(refusal))
    with transaction.atomic():
        row = locked(row)
        if row.state != SplitState.PLANNED:
            return True
        sent = payouts.mark_shares_sent(share.number for share in _open_shares(row))
        if not sent:
            enter(row, SplitState.RELEASING, reason=Reason.NOTHING_TO_SHARE)
        else:
            enter(row, SplitState.SENT, sent_at=clock.now())
            audit.record(SYSTEM, "split.sent", f"order:{payment.order}", shares=len(sent))
    return True


def ask(row: OrderSplit) -> bool:
    """Ask what became of a split, and send it where the channel never got it: the same number, the
    same shares. Answers whether every share has its result; one that got another amount ends it."""
    channel, payment = channel_of(row), payment_of(row)
    results = _results(channel, row, payment)
    if results is None:
        results = _split(channel, row, payment)
    odd = {} if results is None else _take(row, results)
    with transaction.atomic():
        row = locked(row)
        if row.state != SplitState.SENT:
            return True
        if any(share.number not in odd for share in _open_shares(row)):
            pause(row, "")
            return False
        if odd:
            _stop(row, odd)
            return False
        enter(row, SplitState.RELEASING)
    return True


def _results(
    channel: SplitChannel, row: OrderSplit, payment: PaidThrough
) -> tuple[ShareResult, ...] | None:
    """What the channel says; None where it never got the number."""
    try:
        return channel.query_split(
            current().slug,
            row.number,
            order=payment.order,
            channel_number=payment.channel_number,
        )
    except NotFound:
        return None


def _split(
    channel: SplitChannel, row: OrderSplit, payment: PaidThrough
) -> tuple[ShareResult, ...] | None:
    """Send it; answers what the channel says then. What it refuses as a whole has failed, unless
    it got the number after all."""
    shares = _open_shares(row)
    request = Split(
        institution=current().slug,
        number=row.number,
        order=payment.order,
        channel_number=payment.channel_number,
        paid=payment.amount,
        currency=payment.currency,
        shares=tuple(Share(s.number, s.receiver, s.net, _description()) for s in shares),
    )
    try:
        channel.split(request)
    except ChannelRejected as refusal:
        found = _results(channel, row, payment)
        if found is None:
            for share in shares:
                payouts.fail_share(share.number, reason=_why(refusal))
        return found
    return _results(channel, row, payment)


def _take(row: OrderSplit, results: tuple[ShareResult, ...]) -> dict[str, int]:
    """Each result, once, in a transaction of its own: the locks of two promoters never nest.
    Answers what the channel paid instead, by number, where it is not what was asked for."""
    left, odd, unknown = list(results), dict[str, int](), []
    for share in _open_shares(row):
        mine = next((result for result in left if share.is_meant_by(result)), None)
        if mine is None:
            unknown.append(share)
            continue
        left.remove(mine)
        if mine.state is ShareState.FAILED:
            payouts.fail_share(share.number, reason=mine.reason or "failed")
        elif mine.state is ShareState.SUCCEEDED and mine.amount == share.net:
            payouts.succeed_share(share.number)
        elif mine.state is ShareState.SUCCEEDED:
            odd[share.number] = mine.amount
    for share in unknown:
        # A channel that does not repeat our number: what its receiver got must be meant.
        paid = [one for one in left if not one.number and one.account == share.receiver.account]
        if paid and all(one.state is ShareState.SUCCEEDED for one in paid):
            odd[share.number] = sum(one.amount for one in paid)
    return odd


def _stop(row: OrderSplit, odd: dict[str, int]) -> None:
    """Money left in another amount than was asked for: a person has to look, so nothing more is
    done by itself, and the rest stays where it is. The shares in question stay open until a person
    settles it (`settle`)."""
    enter(row, SplitState.FAILED, reason=Reason.AMOUNT_DIFFERS)
    numbers = SplitShare.objects.filter(split_id=row.id, withdrawal__number__in=list(odd))
    PaidOtherwise.objects.bulk_create(
        PaidOtherwise(split_id=row.id, withdrawal_id=key, paid=odd[number], found_at=clock.now())
        for key, number in numbers.values_list("withdrawal_id", "withdrawal__number")
        if key is not None
    )
    shares = ", ".join(f"{number}: {amount}" for number, amount in sorted(odd.items()))
    logger.error("split_amount_differs", split=row.number, paid=shares)
    order = payment_of(row).order
    audit.record(
        SYSTEM, "split.failed", f"order:{order}", reason=Reason.AMOUNT_DIFFERS, paid=shares
    )


def _open_shares(row: OrderSplit) -> list[_Open]:
    found = SplitShare.objects.filter(split_id=row.id, withdrawal__state__in=_TO_SEND)
    shares: list[_Open] = []
    for one in found.select_related("withdrawal").order_by("id"):
        withdrawal = one.withdrawal
        if withdrawal.net is None:
            raise InvariantBroken(invariant="an approved withdrawal has its net")
        receiver = Receiver(withdrawal.receiver, withdrawal.receiver_name)
        shares.append(_Open(withdrawal.number, receiver, withdrawal.net))
    return shares


def _description() -> str:
    """What the receiver reads at the channel: the same whenever it is sent."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Rebate of an order")


def _too_late() -> str:
    """Why it failed, as the promoter reads it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("too late for the channel, so it is in the wallet")


def _why(refusal: ChannelRejected) -> str:
    return str(refusal.params.get("reason", refusal))
