"""The console: doing. One action each, then back to where its effect is seen."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.errors import DomainError, InvalidInput
from kefen.core.ids import is_code, parse_public_id
from kefen.core.states import PromoterStatus, WithdrawalState
from kefen.core.terms import PromoterKind
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import money, orders, programme, programme_form, promoters
from kefen.faces.web.promoter.proof import SERIAL
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text
from kefen.faces.web.typed import identity_of
from kefen.orders import actions as order_actions
from kefen.orders import queries as order_rows
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.platform.inbox import actions as inbox
from kefen.programmes import actions as programmes
from kefen.promoters import actions as promoter_actions
from kefen.promoters import queries as promoter_rows


@require_POST
@operator_page(may="refund")
def refund(entry: Entry, number: str) -> HttpResponse:
    """Ask for a refund; the money goes back by a job, and is booked when the channel says so."""
    row, values, currency = order_rows.by_number(number), entry.posted, entry.school.currency
    try:
        if not values.get("reason", "").strip():
            raise InvalidInput(field="reason", reason="the promoter sees it, so it must say why")
        if not is_code(values.get("number", "")):
            raise InvalidInput(field="number", reason=_("this form is damaged; open it again"))
        amount = typed.amount(values.get("amount", ""), currency)
        if amount < 1:
            raise InvalidInput(field="amount", reason="a refund is at least 1")
        reason = values["reason"].strip()[:200]
        commissions.request_refund(number, amount, reason, entry.actor, number=values["number"])
    except DomainError as refusal:
        beside = "" if isinstance(refusal, InvalidInput) else "amount"
        form = problems.form_of(refusal, values, currency, field=beside)
        status = problems.status_of(refusal)
        screen = orders.order(row, form)
        return entry.show("web/operator/order.html", screen, "orders", status)
    asked = money_text(amount, currency)
    entry.say(
        _("%(amount)s goes back; it is booked when the channel confirms it.") % {"amount": asked}
    )
    return entry.to("operator_order", number)


@require_POST
@operator_page(may="refund")
def refund_decline(entry: Entry, number: str) -> HttpResponse:
    """Say no to a student who asked for a refund, and why; he reads it on his order."""
    row = order_rows.by_number(number)
    try:
        order_actions.decline_refund(
            number, answer=entry.posted.get("answer", ""), actor=entry.actor
        )
    except DomainError as refusal:
        form = problems.form_of(refusal, {"answer": "", **entry.posted}, row.currency)
        status = problems.status_of(refusal)
        return entry.show("web/operator/order.html", orders.order(row, form), "orders", status)
    entry.say(_("The answer is noted; the student reads it on the order."))
    return entry.to("operator_order", number)


@require_POST
@operator_page(may="commissions")
def commission_decide(entry: Entry, proof: str) -> HttpResponse:
    """Hold a rebate, release it, or reject it for good."""
    row = commission_rows.by_id(parse_public_id(SERIAL, proof))
    reason = entry.posted.get("reason", "").strip()[:200]
    try:
        match entry.posted.get("decision"):
            case "hold":
                commissions.hold(row.id, reason=reason, actor=entry.actor)
            case "release":
                commissions.release(row.id, actor=entry.actor)
            case "reject":
                commissions.reject(row.id, reason=reason, actor=entry.actor)
            case _other:
                raise InvalidInput(field="decision", reason=_("choose one of the list"))
    except DomainError as refusal:
        entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
        return entry.to("operator_order", row.order.number)
    entry.say(_("The decision on the rebate is noted."))
    return entry.to("operator_order", row.order.number)


@require_POST
@operator_page(may="promoters")
def promoter_decide(entry: Entry, code: str) -> HttpResponse:
    """Approve, return, suspend or reactivate."""
    values = entry.posted
    reason = values.get("reason", "").strip()[:200]
    row = promoter_rows.row(code)
    try:
        match values.get("decision"):
            case "approve":
                promoter_actions.approve(code, actor=entry.actor)
            case "reject":
                promoter_actions.reject(code, reason=reason, actor=entry.actor)
            case "suspend":
                if not reason:
                    raise InvalidInput(
                        field="reason", reason="the promoter sees it, so it must say why"
                    )
                suspended = PromoterStatus.SUSPENDED
                promoter_actions.set_status(code, suspended, reason=reason, actor=entry.actor)
            case "reactivate":
                promoter_actions.set_status(code, PromoterStatus.ACTIVE, actor=entry.actor)
            case _other:
                raise InvalidInput(field="decision", reason=_("choose one of the list"))
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        screen = promoters.promoter(entry, row, form)
        status = problems.status_of(refusal)
        return entry.show("web/operator/promoter.html", screen, "promoters", status)
    entry.say(_("The decision is noted; the promoter sees it."))
    return entry.to("operator_promoter", code)


@require_POST
@operator_page(may="admission")
def admission(entry: Entry) -> HttpResponse:
    """Decide which kinds of applicants begin at once."""
    wanted = set(entry.request.POST.getlist("kind"))
    promoter_actions.set_automatic(
        [kind for kind in PromoterKind if kind.value in wanted], actor=entry.actor
    )
    entry.say(_("Noted; it counts for whoever applies from now on."))
    return entry.to("operator_promoters")


@require_POST
@operator_page(may="promoters")
def promoter_group(entry: Entry, code: str) -> HttpResponse:
    """Move a promoter into another group, or out of all."""
    promoter_actions.set_group(
        code, entry.posted.get("group", "").strip()[:40] or None, actor=entry.actor
    )
    entry.say(_("The group is changed; it counts from the next order on."))
    return entry.to("operator_promoter", code)


@require_POST
@operator_page(may="programme")
def programme_publish(entry: Entry) -> HttpResponse:
    """Publish a version, or say by which rule, limit and worst case it is refused."""
    values = entry.posted
    try:
        # Read and published at one instant: "at once" never reaches into the past.
        with clock.at(clock.now()):
            terms = programme_form.read(values, entry.school)
            published = programmes.publish(terms, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        if not form.errors:
            form = Form(values)
        screen = programme.programme(entry, form, refusal)
        status = problems.status_of(refusal)
        return entry.show("web/operator/programme.html", screen, "programme", status)
    said = _("Version %(number)d is published. Orders already placed keep theirs.")
    entry.say(said % {"number": published.version.number})
    return entry.to("operator_programme")


@require_POST
@operator_page(may="withdrawals")
def withdrawal_decide(entry: Entry, number: str) -> HttpResponse:
    """Approve (a job sends it) or return."""
    values = entry.posted
    try:
        if values.get("decision") == "approve":
            record = payouts.approve_and_send(number, actor=entry.actor)
            if record.state is WithdrawalState.REQUESTED:
                entry.say(_("Your approval is noted; a second person must approve it too."))
            else:
                entry.say(_("Approved; the payout is on its way."))
        elif values.get("decision") == "reject":
            reason = values.get("reason", "").strip()[:200]
            payouts.reject(number, reason=reason, actor=entry.actor)
            entry.say(_("Returned; the amount is available to the promoter again."))
        else:
            raise InvalidInput(field="decision", reason=_("choose one of the list"))
    except DomainError as refusal:
        form = Form(values, {}, problems.sentence(refusal, entry.school.currency))
        screen = money.withdrawals(entry, form, number)
        status = problems.status_of(refusal)
        return entry.show("web/operator/withdrawals.html", screen, "withdrawals", status)
    return entry.to("operator_withdrawals")


@require_POST
@operator_page(may="notifications")
def notification_retry(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - the address's word
    """Let a notification that needs a look be worked on again."""
    inbox.retry(identity_of(id), entry.actor)
    entry.say(_("It is worked on again; reload in a moment."))
    return entry.to("operator_notifications")
