"""Splits in the console: how an order's payment is divided, and which way promoters are on."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.splits import Way
from kefen.faces.web import names, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.labels import label
from kefen.faces.web.operator.split_screens import ShareRow, SplitCard
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.splits import actions, queries
from kefen.splits.contracts import Reason, ShareFacts, SplitState


def card(order_id: UUID) -> SplitCard | None:
    """The split of an order, where its payment was kept divisible."""
    found = queries.of_order(order_id)
    if found is None:
        return None
    people = promoters.rows(share.promoter_id for share in found.shares)
    return SplitCard(
        number=found.number,
        state=found.state.value,
        reason=str(label("split_reason", found.reason)),
        next_at=found.next_at,
        sent_at=found.sent_at,
        released=found.released,
        closed_at=found.closed_at,
        shares=tuple(_row(one, people[one.promoter_id]) for one in found.shares),
        stopped=found.state is SplitState.FAILED and found.reason == Reason.AMOUNT_DIFFERS,
    )


def _row(share: ShareFacts, person: Promoter) -> ShareRow:
    return ShareRow(
        promoter_name=names.promoter_name(person),
        promoter_code=share.promoter,
        amount=share.amount,
        tax=share.tax,
        net=share.net,
        state="" if share.state is None else share.state.value,
        reason=str(label("split_reason", share.reason)),
    )


def way_shown(promoter_id: UUID) -> str:
    """A promoter's way; empty where the school divides no payments."""
    return queries.way_of(promoter_id).way.value if queries.offered() else ""


def default_shown() -> str:
    """The way of those who chose nothing; empty where the school divides no payments."""
    return queries.default_way().value if queries.offered() else ""


@require_POST
@operator_page(may="promoters")
def promoter_way(entry: Entry, code: str) -> HttpResponse:
    """Put a promoter on a way."""
    try:
        actions.choose_way(code, _way(entry), actor=entry.actor)
    except NotFound:
        raise  # somebody unknown has no page to come back to
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
        return entry.to("operator_promoter", code)
    entry.say(_("Noted; it counts for rebates that are not planned yet."))
    return entry.to("operator_promoter", code)


@require_POST
@operator_page(may="admission")
def default_way(entry: Entry) -> HttpResponse:
    """The way of everybody who chose nothing."""
    try:
        actions.set_default_way(_way(entry), actor=entry.actor)
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
        return entry.to("operator_promoters")
    entry.say(_("Noted; it counts for rebates that are not planned yet."))
    return entry.to("operator_promoters")


def _way(entry: Entry) -> Way:
    try:
        return Way(entry.posted.get("way", ""))
    except ValueError:
        raise InvalidInput(field="way", reason=_("choose one of the list")) from None
