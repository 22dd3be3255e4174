"""Sending approved withdrawals through a payout channel (domain.md §5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kefen.core.errors import (
    AmountMismatch,
    ChannelRejected,
    InvalidInput,
    InvariantBroken,
    NotFound,
)
from kefen.core.payees import AccountKind
from kefen.core.payout_limits import name_sent
from kefen.core.states import PayoutWay, WithdrawalState
from kefen.payouts.actions.approve import approve
from kefen.payouts.actions.authorise import paid_by_authorisation
from kefen.payouts.actions.leave import leave_today
from kefen.payouts.actions.settle import await_confirmation, settle
from kefen.payouts.contracts import WithdrawalRecord
from kefen.payouts.models import DEFAULT_CHANNEL, Withdrawal
from kefen.payouts.queries import by_number
from kefen.payouts.queries.arrangements import channel_limits
from kefen.platform import clock, jobs
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import shut_since
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.ports.payouts import PayOut, PayoutChannel

_RESULTS = {
    EventKind.PAYOUT_SUCCEEDED: WithdrawalState.SUCCEEDED,
    EventKind.PAYOUT_FAILED: WithdrawalState.FAILED,
    EventKind.PAYOUT_EXPIRED: WithdrawalState.EXPIRED,
    EventKind.PAYOUT_CANCELLED: WithdrawalState.CANCELLED,
}
_UNDER_WAY = (WithdrawalState.SENT, WithdrawalState.AWAITING_CONFIRMATION)


@needs(Deed.WITHDRAWALS)
@transaction.atomic
def approve_and_send(number: str, *, actor: Actor = SYSTEM) -> WithdrawalRecord:
    """Approve a withdrawal and let a job hand it to its channel.

    Raises UnknownWithdrawal, IllegalTransition.
    """
    record = approve(number, actor=actor)
    # What goes to a bank waits for the next file.
    if record.state is WithdrawalState.APPROVED and by_number(number).channel != AccountKind.BANK:
        _enqueue(number)
    return record


def send(number: str, *, actor: Actor = SYSTEM) -> None:
    """Hand an approved withdrawal to its channel, unless the channel has it: an unclear answer is
    asked for under the same number, never sent again. Call it outside of any transaction.

    Only one at a time sends it: of two, the channel could refuse one and pay the other. Raises
    ChannelUnavailable, OutcomeUnknown: the job comes back.
    """
    with jobs.alone(by_number(number).id) as mine:
        if mine:
            _send(by_number(number), actor)


def _send(row: Withdrawal, actor: Actor) -> None:
    """Marked as sent before it is: a result may come at once, and after a crash the number is
    asked for. The account is that of the instant at which it was seen open, whatever is entered
    while the channel is asked: elsewhere its number is unknown, and what is unknown is sent."""
    number = row.number
    if row.way == PayoutWay.SPLIT:
        return  # the room of splits sends it, with the others of its order
    # Known before it is marked: without its channel a withdrawal stays approved.
    channel = registry.payouts(row.channel)
    with transaction.atomic():
        merchants.hold(row.channel)
        row = by_number(number)
        begun_at = clock.now() if row.sent_at is None else row.sent_at
        account = merchants.held_account(row.channel, shut_since(row.channel, begun_at))
        if row.state == WithdrawalState.APPROVED:
            if account.begins_nothing or not leave_today(number, actor=actor):
                return
        elif row.state not in _UNDER_WAY:
            return
    with merchants.speaking_as(account):
        _hand_on(row, channel, actor)


def _hand_on(row: Withdrawal, channel: PayoutChannel, actor: Actor) -> None:
    number, institution = row.number, current()
    try:
        event = channel.query_payout(institution.slug, number)
    except NotFound:
        request = _order_to_pay(row, institution)
        try:
            by_authorisation = paid_by_authorisation(channel, row, request)
            event = None if by_authorisation else channel.pay_out(request)
        except ChannelRejected as refusal:
            # An earlier request, given up for lost, may have come after all.
            try:
                event = channel.query_payout(institution.slug, number)
            except NotFound:
                reason = str(refusal.params.get("reason", refusal))[:200]
                settle(number, WithdrawalState.FAILED, at=clock.now(), reason=reason, actor=actor)
                return
    if event is not None:
        take_result(event, actor=actor)


def _order_to_pay(row: Withdrawal, institution: InstitutionFacts) -> PayOut:
    if row.net is None:
        raise InvariantBroken(invariant="an approved withdrawal has its net")
    if not row.receiver and row.channel != DEFAULT_CHANNEL:
        raise InvariantBroken(invariant="an approved withdrawal has its receiver")
    return PayOut(
        institution=institution.slug,
        withdrawal=row.number,
        receiver=row.receiver or row.promoter.code,
        amount=row.net,
        currency=institution.currency,
        notify_url=notify_url(row.channel),
        name=name_sent(channel_limits(row.channel), row.net, row.receiver_name),
    )


def take_result(event: ChannelEvent, *, actor: Actor = SYSTEM) -> bool:
    """Take what the channel says of a payout, its result or that it waits for the receiver, once;
    answers whether this call did it.

    Raises UnknownWithdrawal, WithdrawalNotOpen, AmountMismatch (another amount than was sent).
    """
    row = by_number(event.subject)
    if row.net != event.amount:
        raise AmountMismatch(order=event.subject, expected=row.net, got=event.amount)
    if event.kind is EventKind.PAYOUT_WAITING:
        if event.until is None:
            raise InvalidInput(field="until", reason="a payout that waits says until when")
        return await_confirmation(event.subject, until=event.until, url=event.url, actor=actor)
    if event.kind not in _RESULTS:
        raise InvalidInput(field="kind", reason="it is no result of a payout")
    result = _RESULTS[event.kind]
    return settle(event.subject, result, at=event.at, reason=event.reason[:200], actor=actor)


def chase(*, older_than: timedelta = timedelta(minutes=5)) -> None:
    """Ask about payouts that were sent a while ago and have no result, and send those that were
    approved a while ago and did not leave: the day's limit held them back, or their job was lost.
    By the clock."""
    before: datetime = clock.now() - older_than
    silent = Q(state__in=_UNDER_WAY, sent_at__lte=before)
    held = Q(state=WithdrawalState.APPROVED, held_until__isnull=False)
    forgotten = Q(state=WithdrawalState.APPROVED, approved_at__lte=before)
    found = Withdrawal.objects.filter(silent | held | forgotten).exclude(channel=AccountKind.BANK)
    found = found.filter(way=PayoutWay.TRANSFER)
    for number in list(found.order_by("id").values_list("number", flat=True)):
        _enqueue(number)


def _enqueue(number: str) -> None:
    jobs.enqueue("payouts.send", once=True, withdrawal=number)
