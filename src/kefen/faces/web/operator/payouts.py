"""The console: batches, bank files, payout settings, and the quarter's report."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.core.errors import Conflict, DomainError, InvalidInput
from kefen.core.payout_limits import ChannelLimits
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import payout_build as build
from kefen.faces.web.operator import settlement
from kefen.faces.web.shared.screens import Form
from kefen.payouts import actions
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.queries import arrangements
from kefen.payouts.queries import batches as batch_queries
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity import rights
from kefen.platform.identity.rights import Deed

_CONFIRM = "web/operator/payout_confirm.html"
_FILE = "web/operator/bank_file.html"
_SETTINGS = "web/operator/payout_settings.html"


@require_safe
@operator_page()
def overview(entry: Entry) -> HttpResponse:
    """Batches and bank files."""
    return entry.show("web/operator/payouts.html", build.overview(entry), "payouts")


@require_POST
@operator_page(may="withdrawals")
def choose(entry: Entry) -> HttpResponse:
    """From the queue: what a batch would be, to be confirmed."""
    numbers = entry.request.POST.getlist("withdrawal")
    rows = build.chosen(None if "all" in entry.posted else numbers)
    if not rows:
        entry.say(_("Choose withdrawals that wait for review first."), tone="amber")
        return entry.to("operator_withdrawals", state="requested")
    return entry.show(_CONFIRM, build.confirm(entry, rows), "withdrawals")


@require_POST
@operator_page(may="withdrawals")
def begin(entry: Entry) -> HttpResponse:
    """Confirmed: a job does it. Sent twice it is one batch."""
    values, numbers = entry.posted, entry.request.POST.getlist("withdrawal")
    try:
        expected = typed.hidden(values.get("count", "")), typed.hidden(values.get("amount", ""))
        batch = values.get("number", "")
        actions.begin_batch(batch, numbers, expected=expected, actor=entry.actor)
    except DomainError as refusal:
        rows = build.chosen(numbers)
        if not rows:
            entry.say(problems.sentence(refusal, entry.school.currency), tone="crimson")
            return entry.to("operator_withdrawals")
        form = Form({}, {}, problems.sentence(refusal, entry.school.currency))
        screen, status = build.confirm(entry, rows, form), problems.status_of(refusal)
        return entry.show(_CONFIRM, screen, "withdrawals", status)
    return entry.to("operator_payout_batch", batch)


@require_safe
@operator_page()
def batch(entry: Entry, number: str) -> HttpResponse:
    """How far a batch is, and a settlement's review."""
    screen = build.batch(entry, number, settlement.review(entry, number))
    return entry.show("web/operator/payout_batch.html", screen, "payouts")


@require_POST
@operator_page(may="withdrawals")
def stop(entry: Entry, number: str) -> HttpResponse:
    """Work on nothing more of it."""
    actions.stop_batch(number, actor=entry.actor)
    entry.say(_("Stopped. What was handed on goes on; the others wait for review as before."))
    return entry.to("operator_payout_batch", number)


@require_POST
@operator_page(may="withdrawals")
def file_begin(entry: Entry) -> HttpResponse:
    """A file of everything that is approved to bank accounts."""
    number = entry.posted.get("number", "")
    try:
        actions.begin_bank_file(number, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, entry.posted, entry.school.currency)
        screen, status = build.overview(entry, form), problems.status_of(refusal)
        return entry.show("web/operator/payouts.html", screen, "payouts", status)
    return entry.to("operator_bank_file", number)


@require_safe
@operator_page()
def bank_file(entry: Entry, number: str) -> HttpResponse:
    """One bank file."""
    return entry.show(_FILE, build.bank_file(entry, number), "payouts")


@require_POST
@operator_page(may="withdrawals")
def file_download(entry: Entry, number: str) -> HttpResponseBase:
    """The file itself: once, until it is made again."""
    try:
        actions.open_bank_file(number, actor=entry.actor)
    except Conflict:
        said = _("This file was downloaded already. Make it again first; it pays nobody twice.")
        entry.say(said, tone="amber")
        return entry.to("operator_bank_file", number)
    file = batch_queries.bank_file(number)
    charset = "gb18030" if file.encoding == "gb18030" else "utf-8"
    content = batch_queries.content_of(file)
    response = HttpResponse(content, content_type=f"text/csv; charset={charset}")
    response["Content-Disposition"] = f'attachment; filename="{entry.school.slug}-{number}.csv"'
    return response


@require_POST
@operator_page(may="withdrawals")
def file_again(entry: Entry, number: str) -> HttpResponse:
    """One more download of the same content."""
    actions.make_bank_file_again(number, actor=entry.actor)
    entry.say(_("The file can be downloaded once more. Its content is the same."))
    return entry.to("operator_bank_file", number)


@require_POST
@operator_page(may="withdrawals")
def file_results(entry: Entry, number: str) -> HttpResponse:
    """What the bank answered."""
    try:
        sent = entry.request.FILES.get("results")
        if sent is None:
            raise InvalidInput(field="results", reason="choose the bank's file first")
        content = sent.read(4_000_001)
        news = actions.take_bank_results(number, content, actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, {"results": ""}, entry.school.currency)
        screen, status = build.bank_file(entry, number, form), problems.status_of(refusal)
        return entry.show(_FILE, screen, "payouts", status)
    entry.say(_("Rows with news: %(n)d. A job books them.") % {"n": news})
    return entry.to("operator_bank_file", number)


@require_POST
@operator_page(may="withdrawals")
def row_decide(entry: Entry, number: str, withdrawal: str) -> HttpResponse:
    """Paid, or sent back by the bank."""
    values = entry.posted
    try:
        if values.get("decision") not in ("paid", "returned"):
            raise InvalidInput(field="decision", reason="choose one of the list")
        actions.settle_bank_row(
            withdrawal,
            paid=values["decision"] == "paid",
            reason=values.get("reason", ""),
            actor=entry.actor,
        )
    except DomainError as refusal:
        form = Form(values, {}, problems.sentence(refusal, entry.school.currency))
        screen = build.bank_file(entry, number, form, withdrawal)
        return entry.show(_FILE, screen, "payouts", problems.status_of(refusal))
    return entry.to("operator_bank_file", number)


@require_POST
@operator_page(may="withdrawals")
def take_back(entry: Entry, number: str) -> HttpResponse:
    """Take back what its receiver did not confirm."""
    actions.take_back(number, actor=entry.actor)
    entry.say(_("The channel is asked to take it back; the amount returns when it confirms."))
    return entry.to("operator_withdrawals")


@require_http_methods(["GET", "POST"])
@operator_page()
def settings(entry: Entry) -> HttpResponse:
    """Who approves, limits, bank files, tax."""
    if entry.request.method == "GET":
        return entry.show(_SETTINGS, build.settings(entry), "payout_settings")
    rights.require(Deed.PAYOUT_SETTINGS)
    part = entry.posted.get("part", "")
    try:
        counts = _PARTS.get(part, _no_part)(entry)
    except DomainError as refusal:
        form = problems.form_of(refusal, entry.posted, entry.school.currency)
        screen, status = build.settings(entry, form, part), problems.status_of(refusal)
        return entry.show(_SETTINGS, screen, "payout_settings", status)
    if counts:
        entry.say(_("Saved; it counts from now on and stands in the audit log."))
    elif arrangements.others_arrange(entry.actor.user):
        entry.say(_("Saved, but the threshold: somebody else has to confirm it."), tone="amber")
    else:
        said = _(
            "Saved, but the threshold: somebody else has to confirm it, and nobody else may yet."
        )
        entry.say(said, tone="amber")
    return entry.to("operator_payout_settings", channel=entry.posted.get("channel", ""))


def _policy(entry: Entry) -> bool:
    values, currency = entry.posted, entry.school.currency
    wanted = PolicyFacts(
        two_persons_from=_amount(values, "two_persons_from", currency),
        bank_files="bank_files" in values,
        bank_encoding=values.get("bank_encoding", ""),
        bank_columns=tuple(entry.request.POST.getlist("column")),
    )
    return actions.set_policy(wanted, actor=entry.actor)


def _loosening(entry: Entry) -> bool:
    decision, read = entry.posted.get("decision", ""), entry.posted.get("amount", "")
    if decision not in ("confirm", "withdraw"):
        raise InvalidInput(field="decision", reason="choose one of the list")
    if decision == "confirm":
        actions.confirm_loosening(typed.hidden(read) if read else None, actor=entry.actor)
    else:
        actions.withdraw_loosening(actor=entry.actor)
    return True


def _limits(entry: Entry) -> bool:
    currency = entry.school.currency
    found = build.typed_limits(entry.posted)
    amounts = {name: _amount(found, name, currency) for name in found}
    name_from = amounts.pop("name_from") or 0
    wanted = ChannelLimits(name_from=name_from, **amounts)
    actions.set_limits(entry.posted.get("channel", ""), wanted, actor=entry.actor)
    return True


def _tax(entry: Entry) -> bool:
    day = typed.day(entry.posted.get("effective_on", ""))
    if day is None:
        raise InvalidInput(field="effective_on", reason="write a day")
    actions.set_tax_rule(entry.posted.get("rule", ""), effective_on=day, actor=entry.actor)
    return True


def _no_part(entry: Entry) -> bool:  # noqa: ARG001 - called as its neighbours
    raise InvalidInput(field="decision", reason="choose one of the list")


_PARTS = {"policy": _policy, "loosening": _loosening, "limits": _limits, "tax": _tax}


def _amount(values: dict[str, str], name: str, currency: str) -> int | None:
    text = values.get(name, "").strip()
    return typed.amount(text, currency, field=name) if text else None


@require_POST
@operator_page(may="exports")
def income_report(entry: Entry) -> HttpResponse:
    """The quarter's identities and incomes as a file; in full only for who may."""
    values = entry.posted
    full = "full" in values
    if full:
        rights.require(Deed.IDENTITIES)
    if values.get("quarter") not in {one.value for one in build.quarters(entry)}:
        raise InvalidInput(field="quarter", reason="choose one of the list")
    form = Format.XLSX if values.get("format") == "xlsx" else Format.CSV
    exports.ask(
        "income_report_full" if full else "income_report",
        form,
        actor=entry.actor,
        parameters={"quarter": values["quarter"]},
    )
    return entry.to("operator_tasks")
