"""The account a promoter is paid on: what he sees of it, and how he changes it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import DomainError
from kefen.core.payees import NAMED, TYPED, AccountKind
from kefen.faces.web import labels, problems
from kefen.faces.web.entry import Entry, promoter_page
from kefen.faces.web.promoter import payout_screens as screens
from kefen.faces.web.shared.screens import Form, Option
from kefen.payouts import actions, queries
from kefen.payouts.contracts import PayoutAccountFacts
from kefen.platform.identity import proofs

_TEMPLATE = "web/promoter/payout_account.html"


def shown(facts: PayoutAccountFacts) -> screens.AccountShown:
    """An account as pages show it. The sandbox knows promoters by code, so it shows none."""
    known = facts.kind == AccountKind.SANDBOX
    return screens.AccountShown(
        str(labels.label("channel", facts.kind)),
        "" if known else facts.account,
        facts.name,
        facts.bank_name,
        facts.changed_at,
    )


def account_of(entry: Entry) -> screens.AccountShown | None:
    """Where whoever looks is paid."""
    facts = queries.account_of(entry.me.id)
    return None if facts is None else shown(facts)


def page(entry: Entry, form: Form | None = None) -> screens.PayoutAccountScreen:
    """The account, and the form for one of the kinds that are offered here."""
    kinds = queries.offered_kinds()
    current = queries.account_of(entry.me.id)
    asked = (form.values if form is not None else entry.query).get("kind", "")
    usual = current.kind if current is not None else (kinds[0] if kinds else "")
    kind = next((one for one in kinds if one == asked), None)
    kind = kind or next((one for one in kinds if one == usual), None)
    return screens.PayoutAccountScreen(
        currency=entry.school.currency,
        current=None if current is None else shown(current),
        kinds=tuple(Option(one.value, str(labels.label("channel", one.value))) for one in kinds),
        kind="" if kind is None else kind.value,
        typed=kind in TYPED,
        named=kind in NAMED,
        wechat_missing=kind is AccountKind.WECHAT_PAY and not _has_openid(entry),
        waiting=queries.open_of(entry.me.id),
        form=form or Form(),
    )


def _has_openid(entry: Entry) -> bool:
    return entry.account is not None and bool(proofs.openid_of(entry.account.id))


@require_http_methods(["GET", "POST"])
@promoter_page
def payout_account(entry: Entry) -> HttpResponse:
    """Enter it or replace it; what was typed is never shown again."""
    if entry.request.method == "GET":
        return entry.show(_TEMPLATE, page(entry), "profile")
    values = entry.posted
    try:
        actions.set_account(
            entry.me.code,
            values.get("kind", ""),
            account=values.get("account", ""),
            name=values.get("name", ""),
            bank_name=values.get("bank_name", ""),
            actor=entry.actor,
        )
    except DomainError as refusal:
        form = problems.form_of(refusal, {**values, "account": ""}, entry.school.currency)
        status = problems.status_of(refusal)
        return entry.show(_TEMPLATE, page(entry, form), "profile", status)
    entry.say(_("Your payout account is noted. It is encrypted and shown masked everywhere."))
    return entry.to("promoter_profile")


@require_POST
@promoter_page
def payout_account_remove(entry: Entry) -> HttpResponse:
    """Forget it."""
    actions.remove_account(entry.me.code, actor=entry.actor)
    entry.say(_("The payout account is removed. What was approved still goes where it was to go."))
    return entry.to("promoter_profile")
