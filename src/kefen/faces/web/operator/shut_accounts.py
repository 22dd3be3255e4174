"""An account that its channel shut for good: declaring it, and settling what was begun there."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.states import OrderState
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.channels import account_row
from kefen.faces.web.operator.shut_screens import LeftRow, ShutScreen
from kefen.faces.web.shared.screens import Form
from kefen.orders import queries
from kefen.orders.contracts import LeftRecord
from kefen.platform.merchants import queries as merchants
from kefen.ports import registry
from kefen.reconciliation import actions
from kefen.reconciliation.actions import Came


@require_http_methods(["GET", "POST"])
@operator_page(may="reconciliation")
def shut(entry: Entry, channel: str) -> HttpResponse:
    """What was begun at accounts that the channel shut; and saying so of the present one."""
    registry.channel(channel)
    if entry.request.method == "GET":
        return entry.show("web/operator/shut.html", _screen(entry, channel), "reconciliation")
    try:
        done = actions.declare_shut(
            channel, reason=entry.posted.get("reason", ""), actor=entry.actor
        )
    except NotFound:
        raise  # without an account there is nothing to declare
    except DomainError as refusal:
        form = problems.form_of(refusal, entry.posted, entry.school.currency)
        status = problems.status_of(refusal)
        screen = _screen(entry, channel, form)
        return entry.show("web/operator/shut.html", screen, "reconciliation", status)
    if done:
        entry.say(_("The account is declared shut. Another one can take its place at once."))
    else:
        entry.say(_("Noted. A second person has to declare the same."))
    return entry.to("operator_shut", channel)


@require_POST
@operator_page(may="reconciliation")
def settle(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - the name in the address
    """Say of one cashier whether the money came."""
    left = _left(id)
    try:
        done = actions.settle_left(
            left.id,
            _decision(entry),
            note=entry.posted.get("note", ""),
            channel_number=entry.posted.get("channel_number", ""),
            actor=entry.actor,
        )
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
    else:
        second = _("Noted. A second person has to decide the same.")
        entry.say(_("Settled, and noted in the audit log.") if done else second)
    return entry.to("operator_shut", left.channel)


def _left(text: str) -> LeftRecord:
    try:
        found = queries.left_by_id(UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise NotFound(what="left cashier")
    return found


def _decision(entry: Entry) -> Came:
    try:
        return Came(entry.posted.get("decision", ""))
    except ValueError:
        raise InvalidInput(field="decision", reason=_("choose one of the list")) from None


def _screen(entry: Entry, channel: str, form: Form | None = None) -> ShutScreen:
    present = account_row(channel)
    known = merchants.account(channel)
    declared = merchants.shut_accounts(channel) if channel in merchants.shut_waiting() else []
    waiting = next((one for one in declared if one.shut_at is None), None)
    user = None if entry.user is None else entry.user.id
    return ShutScreen(
        channel=channel,
        state=present.state,
        account=present.account,
        amount=queries.may_be_paid_at(channel),
        reason="" if waiting is None else waiting.reason,
        waits_since=None if waiting is None else waiting.first_at,
        shut_at=None if known is None else known.shut_at,
        rows=tuple(_row(one, user) for one in queries.left_cashiers(channel)),
        form=form or Form(),
    )


def _row(one: LeftRecord, user: UUID | None) -> LeftRow:
    return LeftRow(
        id=str(one.id),
        order=one.order,
        amount=one.amount,
        state=one.state.value,
        opened_at=one.opened_at,
        owed=one.order_state is OrderState.PLACED,
        asked_at=one.asked_at,
        ended_at=one.ended_at,
        decision=one.decision,
        note=one.note,
        mine=one.first_person is not None and one.first_person == user,
    )
