"""How payouts reach a promoter: agreeing once instead of confirming each, and being told."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import KefenError, PayoutAccountMissing
from kefen.faces.web import labels, problems
from kefen.faces.web.entry import Entry, promoter_page
from kefen.faces.web.promoter import payout_screens as screens
from kefen.faces.web.promoter import withdrawals
from kefen.faces.web.promoter.tax import year_of
from kefen.faces.web.shared.screens import Form
from kefen.payouts import actions, queries
from kefen.payouts.queries import arrangements
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity.personal import masked_phone

_TEMPLATE = "web/promoter/payout_wishes.html"


def page(entry: Entry, form: Form | None = None) -> screens.WishesScreen:
    """What he wished, and whether his channel lets him agree once."""
    wish = arrangements.telling_of(entry.me.id)
    channel = _channel(entry)
    agreement = arrangements.agreement_of(entry.me.id, channel)
    phone = "" if entry.account is None else entry.account.phone
    return screens.WishesScreen(
        currency=entry.school.currency,
        phone_masked=masked_phone(phone) if phone else "",
        by_phone=wish.by_phone,
        language=wish.language,
        agreement=agreement.state,
        agreement_url=agreement.url,
        channel_name=str(labels.label("channel", channel)),
        form=form or Form(),
    )


def _channel(entry: Entry) -> str:
    account_id = None if entry.account is None else entry.account.id
    try:
        return queries.payee_of(entry.me.id, entry.me.code, account_id).kind.value
    except PayoutAccountMissing:
        return ""


@require_http_methods(["GET", "POST"])
@promoter_page
def payout_wishes(entry: Entry) -> HttpResponse:
    """Whether and in which language he is told."""
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, page(entry), "profile")
    values = entry.posted
    actions.set_telling(
        entry.me.id,
        by_phone="by_phone" in values,
        language=values.get("language", ""),
        actor=entry.actor,
    )
    entry.say(_("Noted."))
    return entry.to("promoter_payout_wishes")


@require_POST
@promoter_page
def authorise(entry: Entry) -> HttpResponse:
    """Agree once: to the channel's page, where he says yes."""
    try:
        address = actions.ask_authorisation(entry.me.code, actor=entry.actor)
    except KefenError as refusal:
        form = Form({}, {}, problems.sentence(refusal, entry.school.currency))
        return entry.show(_TEMPLATE, page(entry, form), "profile", problems.status_of(refusal))
    if address.startswith(("https://", "http://")):
        return HttpResponseRedirect(address)
    return entry.to("promoter_payout_wishes")


@require_POST
@promoter_page
def authorise_end(entry: Entry) -> HttpResponse:
    """Confirm each payout again."""
    actions.end_authorisation(entry.me.id, _channel(entry), actor=entry.actor)
    entry.say(_("From the next payout on you confirm each receipt again."))
    return entry.to("promoter_payout_wishes")


@require_POST
@promoter_page
def take_back(entry: Entry, number: str) -> HttpResponse:
    """Take back what waits for his confirmation."""
    withdrawals.mine(entry, number)
    actions.take_back(number, actor=entry.actor)
    entry.say(_("The channel is asked to take it back; the amount returns when it confirms."))
    return entry.to("promoter_withdrawal", number)


@require_POST
@promoter_page
def tax_file(entry: Entry) -> HttpResponse:
    """A year as a file that a job writes."""
    form = Format.XLSX if entry.posted.get("format") == "xlsx" else Format.CSV
    year = str(year_of(entry).starts_on.year)
    exports.ask(
        "tax_year",
        form,
        actor=entry.actor,
        parameters={"promoter": entry.me.code, "year": year},
        party=f"promoter:{entry.me.code}",
    )
    return entry.to("promoter_files")
