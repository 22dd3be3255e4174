"""Choosing how rebates reach whoever looks: through his wallet, or straight from the payment."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.commissions.models import Commission
from kefen.core.errors import DomainError, InvalidInput, PayoutAccountMissing
from kefen.core.splits import Way
from kefen.core.states import WithdrawalState
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, promoter_page
from kefen.faces.web.labels import label
from kefen.faces.web.promoter.split_screens import WayScreen
from kefen.faces.web.shared.screens import Form, Option, TimelineStep
from kefen.faces.web.templatetags.kefen import money_text
from kefen.payouts import queries as payouts
from kefen.platform.identity import queries as identity
from kefen.splits import actions, queries

_TEMPLATE = "web/promoter/way.html"


def shown(entry: Entry) -> str:
    """His way; empty where the school divides no payments."""
    return queries.way_of(entry.me.id).way.value if queries.offered() else ""


def page(entry: Entry, form: Form | None = None) -> WayScreen:
    """The choice, and what is missing for it to work."""
    offered, facts = queries.offered(), queries.way_of(entry.me.id)
    return WayScreen(
        currency=entry.school.currency,
        way=facts.way.value,
        own=facts.own,
        ways=tuple(Option(one.value, str(label("way", one.value))) for one in Way),
        channels=tuple(str(label("channel", name)) for name in offered),
        fits=_kind(entry) in offered,
        known=entry.account is not None and identity.has_identity(entry.account.id),
        tax_rule=entry.school.tax_rule.value,
        minimum=entry.school.withdrawal_minimum,
        form=form or Form(),
    )


def _kind(entry: Entry) -> str:
    """At which channel he is paid; empty where he said nothing."""
    try:
        return payouts.payee_of(entry.me.id, entry.me.code, entry.me.account_id).kind.value
    except PayoutAccountMissing:
        return ""


@require_http_methods(["GET", "POST"])
@promoter_page
def way(entry: Entry) -> HttpResponse:
    """Look at it, or choose."""
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, page(entry), "profile")
    try:
        actions.choose_way(entry.me.code, _wanted(entry), actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, entry.posted, entry.school.currency, field="way")
        status = problems.status_of(refusal)
        return entry.show(_TEMPLATE, page(entry, form), "profile", status)
    entry.say(_("Noted; it counts for rebates that are not planned yet."))
    return entry.to("promoter_profile")


def _wanted(entry: Entry) -> Way:
    try:
        return Way(entry.posted.get("way", ""))
    except ValueError:
        raise InvalidInput(field="way", reason=_("choose one of the list")) from None


def ending(row: Commission, currency: str) -> TimelineStep | None:
    """The last step of a commission whose order was planned to be divided: it left from the
    payment, or stays in the wallet, and why. None where nothing was planned."""
    share = queries.share_of(row.order_id, row.promoter_id)
    if share is None:
        return None
    reason = str(label("split_reason", share.reason))
    if share.state is None or share.state in (WithdrawalState.FAILED, WithdrawalState.CANCELLED):
        return TimelineStep("wallet", None, "done", reason)
    net, tax = money_text(share.net, currency), money_text(share.tax, currency)
    note = _("%(net)s after tax (%(tax)s) · %(number)s") % {
        "net": net,
        "tax": tax,
        "number": share.withdrawal,
    }
    arrived = share.state is WithdrawalState.SUCCEEDED
    return TimelineStep("split", share.closed_at, "done" if arrived else "now", note)
