"""A student asks for his money back: one screen, one tap; somebody of the school decides."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.core.errors import DomainError, RefundTimeOver
from kefen.faces.web import problems, tokens
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.student.screens import RefundAskScreen
from kefen.faces.web.student.seeing import to_order, visible
from kefen.orders import actions, queries
from kefen.orders.models import Order
from kefen.platform import clock

_TEMPLATE = "web/student/refund.html"
_DAY = timedelta(days=1)


@require_http_methods(["GET", "POST"])
@school_page
def order_refund(entry: Entry, number: str) -> HttpResponse:
    """What comes back and what happens, and asking for it. The amount is ours to say: all that is
    left of the order."""
    row = visible(entry, number)
    key = tokens.order_key(entry.school, number)
    until = queries.refund_until(row.id, row.paid_at)
    lines = list(queries.lines_of(row.id))
    left = sum(x.paid - x.refunded for x in lines) - queries.refund_on_its_way(row.id)
    asked = any(one.state == "asked" for one in queries.refund_asks_of(row.id))
    if until is None or left < 1 or asked:
        return to_order(entry, number, k=key)
    title = "、".join(line.course.title for line in lines)
    if clock.now() >= until:
        entry.say(problems.sentence(RefundTimeOver(order=number)), tone="amber")
        return to_order(entry, number, k=key)
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, _screen(entry, row, title, left, until))
    values = entry.posted
    try:
        actions.ask_refund(number, amount=left, reason=values.get("reason", ""), actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values, row.currency)
        screen = _screen(entry, row, title, left, until, form)
        return entry.show(_TEMPLATE, screen, status=problems.status_of(refusal))
    entry.say(_("The school has your request. Its answer stands here."))
    return to_order(entry, number, k=key)


def _screen(
    entry: Entry,
    row: Order,
    title: str,
    left: int,
    until: datetime,
    form: Form | None = None,
) -> RefundAskScreen:
    return RefundAskScreen(
        currency=row.currency,
        number=row.number,
        title=title,
        amount=left,
        until=until,
        days_left=-(-(until - clock.now()) // _DAY),
        key=tokens.order_key(entry.school, row.number),
        attribution=entry.query.get("r", ""),
        form=form or Form(),
    )
