"""Stray payments in the console: on their order's page, with what a person does about a refused
one."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.commissions import actions
from kefen.core import postings
from kefen.core.errors import DomainError, NotFound
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.refund_screens import StrayRow
from kefen.orders import queries
from kefen.orders.contracts import StrayRecord, StrayState


def rows(order_id: UUID) -> tuple[StrayRow, ...]:
    """The stray payments of an order."""
    return tuple(_row(one) for one in queries.strays_of(order_id))


def keys(shown: tuple[StrayRow, ...]) -> list[str]:
    """The keys of every transfer that they may have in the books."""
    events = ("received", "returned", "settled")
    return [postings.stray_key(one.number, event) for one in shown for event in events]


def _row(one: StrayRecord) -> StrayRow:
    state, at = one.state.value, one.ended_at or one.received_at
    if one.state is StrayState.ASKED and one.stuck_at is not None:
        state, at = "stuck", one.stuck_at
    elif one.state is StrayState.FAILED and one.settled_at is not None:
        state, at = "settled", one.settled_at
    return StrayRow(
        number=one.number,
        channel=one.channel,
        channel_number=one.channel_number,
        amount=one.amount,
        paid_at=one.paid_at,
        at=at,
        state=state,
        cause=one.cause,
        reason=one.reason,
    )


@require_POST
@operator_page(may="refund")
def again(entry: Entry, number: str) -> HttpResponse:
    """Let the channel be asked once more."""
    order = _order(number)
    try:
        actions.ask_stray_again(number, actor=entry.actor)
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
    else:
        entry.say(_("The channel is asked once more, under the same number."))
    return entry.to("operator_order", order)


@require_POST
@operator_page(may="refund")
def settle(entry: Entry, number: str) -> HttpResponse:
    """Note that the money was given back otherwise."""
    order = _order(number)
    try:
        actions.settle_stray(number, note=entry.posted.get("note", ""), actor=entry.actor)
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
    else:
        entry.say(_("Noted: the money was given back otherwise."))
    return entry.to("operator_order", order)


def _order(number: str) -> str:
    found = queries.stray_by_number(number)
    if found is None:
        raise NotFound(what="stray payment")
    return found.order
