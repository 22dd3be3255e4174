"""Agreeing once instead of confirming each time, where a channel has that."""

from uuid import UUID

from django.db import transaction

from kefen.core.errors import ChannelRejected, NotFound, NotOffered
from kefen.core.ids import public_id, uuid7
from kefen.core.payees import Payee
from kefen.payouts import queries
from kefen.payouts.models import PayoutAuthorisation, Withdrawal
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.personal import blind_index
from kefen.platform.inbox.queries import notify_url
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.payouts import Authorisation, Authorise, PayOut, PayoutChannel
from kefen.promoters import queries as promoters


def ask_authorisation(promoter: str, *, actor: Actor) -> str:
    """Ask the promoter's channel for his word; answers where he gives it, empty if he did. The
    same number asks once. Call it outside of any transaction.

    Raises UnknownPromoter, PayoutAccountMissing, NotOffered, ChannelError.
    """
    owner = promoters.by_code(promoter)
    payee = queries.payee_of(owner.id, owner.code, owner.account_id)
    channel = registry.authorised(payee.kind.value)
    if channel is None:
        raise NotOffered(what="Agreeing once to all payouts")
    row = _open(owner.id, payee, actor)
    if row.state == "active":
        return ""
    request = Authorise(
        institution=current().slug,
        number=row.number,
        receiver=payee.account,
        name=payee.name,
        notify_url=notify_url(payee.kind.value),
    )
    return _take(row, channel.authorise(request), actor).url


def refresh_authorisations(*, actor: Actor = SYSTEM) -> None:
    """Ask what became of those that were asked for, and whether those given still stand; by the
    clock. One that the channel cannot answer for now keeps its state."""
    for row in PayoutAuthorisation.objects.exclude(state="ended").order_by("id")[:500]:
        refresh(row, actor=actor)


def refresh(row: PayoutAuthorisation, *, actor: Actor = SYSTEM) -> PayoutAuthorisation:
    """What the channel says of one now. Raises ChannelUnavailable, OutcomeUnknown."""
    channel = registry.authorised(row.channel)
    if channel is None:
        return row
    try:
        answer = channel.query_authorisation(current().slug, row.number)
    except (NotFound, ChannelRejected):
        answer = Authorisation(active=False)
    return _take(row, answer, actor)


@transaction.atomic
def end_authorisation(promoter_id: UUID, channel: str, *, actor: Actor) -> None:
    """No longer use a promoter's word: his payouts wait for his confirmation again."""
    found = PayoutAuthorisation.objects.select_for_update().filter(
        promoter_id=promoter_id, channel=channel
    )
    for row in found.exclude(state="ended"):
        _end(row, actor)


def paid_by_authorisation(channel: PayoutChannel, row: Withdrawal, request: PayOut) -> bool:
    """Pay without a confirmation where the receiver agreed once; answers whether the channel took
    it. Where he took his word back since, it says no, and nothing was paid: then he is asked to
    confirm as before, under the same number. Raises ChannelRejected for every other no."""
    word = PayoutAuthorisation.objects.filter(
        promoter_id=row.promoter_id,
        channel=row.channel,
        state="active",
        receiver_index=blind_index(row.receiver),
    ).first()
    if word is None:
        return False
    number = word.channel_number
    try:
        channel.pay_out(_with(request, number))
    except ChannelRejected:
        if refresh(word).state == "active":
            raise
        return False
    return True


def _with(request: PayOut, authorisation: str) -> PayOut:
    return PayOut(
        institution=request.institution,
        withdrawal=request.withdrawal,
        receiver=request.receiver,
        amount=request.amount,
        currency=request.currency,
        notify_url=request.notify_url,
        name=request.name,
        authorisation=authorisation,
    )


@transaction.atomic
def _open(promoter_id: UUID, payee: Payee, actor: Actor) -> PayoutAuthorisation:
    """The one of this account that is asked for or active, made where there is none; one of two
    wins a race, and that of an earlier account ends."""
    now, channel, index = clock.now(), payee.kind.value, blind_index(payee.account)
    earlier = PayoutAuthorisation.objects.select_for_update().filter(
        promoter_id=promoter_id, channel=channel
    )
    for row in earlier.exclude(state="ended").exclude(receiver_index=index):
        _end(row, actor)
    row, made = PayoutAuthorisation.objects.get_or_create(
        {"number": public_id("aut", uuid7()), "asked_at": now, "changed_at": now, "state": "asked"},
        promoter_id=promoter_id,
        channel=channel,
        receiver_index=index,
        state__in=["asked", "active"],
    )
    if made:
        audit.record(actor, "payout_authorisation.asked", f"authorisation:{row.number}")
    return row


@transaction.atomic
def _take(row: PayoutAuthorisation, answer: Authorisation, actor: Actor) -> PayoutAuthorisation:
    """Note what the channel says: given, still waiting (it names where), or over."""
    row = PayoutAuthorisation.objects.select_for_update().get(id=row.id)
    if row.state == "ended":
        return row
    if answer.active and answer.number:
        if row.state != "active" or row.channel_number != answer.number:
            row.state, row.channel_number, row.url = "active", answer.number, ""
            row.changed_at = clock.now()
            row.save()
            audit.record(actor, "payout_authorisation.active", f"authorisation:{row.number}")
    elif row.state == "asked" and answer.url:
        if row.url != answer.url:
            row.url, row.changed_at = answer.url, clock.now()
            row.save()
    else:
        _end(row, actor)
    return row


def _end(row: PayoutAuthorisation, actor: Actor) -> None:
    row.state, row.url, row.changed_at = "ended", "", clock.now()
    row.save()
    audit.record(actor, "payout_authorisation.ended", f"authorisation:{row.number}")
