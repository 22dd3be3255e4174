"""The school's own accounts at payment channels: entering them, trying them, switching them off."""

from datetime import date
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.core.errors import (
    ChannelError,
    ChannelUnavailable,
    ComplianceViolation,
    DomainError,
    InvalidInput,
    NotFound,
)
from kefen.core.ids import public_id, uuid7
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.labels import label
from kefen.faces.web.operator.channel_screens import (
    ChannelField,
    ChannelRow,
    ChannelScreen,
    ChannelsScreen,
    FeeCard,
    FeeRow,
)
from kefen.faces.web.shared.screens import Form, Option
from kefen.platform import clock
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants import queries
from kefen.ports import registry
from kefen.ports.bills import zone_of
from kefen.ports.merchants import Channel, Field
from kefen.reconciliation import actions as reconciliation
from kefen.reconciliation import queries as fees

_OURS: Final = frozenset({"csrfmiddlewaretoken", "gateway", "active", "splits"})
# What tells one account from another, where the channel has such a thing.
_NAMED_BY: Final = ("merchant_id", "seller_id", "app_id", "account_id")


def account_row(name: str) -> ChannelRow:
    """A channel, with the school's account there."""
    known = queries.account(name)
    if known is None:
        return ChannelRow(name, "absent", gateway=registry.channel(name).gateway)
    account = next((known.settings[key] for key in _NAMED_BY if known.settings.get(key)), "")
    state = "contested" if known.contested else "active" if known.active else "off"
    state = state if known.shut_at is None else "shut"
    return ChannelRow(
        name, state, account, known.splits, known.gateway, known.changed_at, not known.active
    )


@require_safe
@operator_page(may="channels")
def listed(entry: Entry) -> HttpResponse:
    """All channels, and where the school has an account."""
    screen = ChannelsScreen(tuple(account_row(name) for name in registry.channels()))
    return entry.show("web/operator/channels.html", screen, "channels")


@require_http_methods(["GET", "POST"])
@operator_page(may="channels")
def channel(entry: Entry, channel: str) -> HttpResponse:
    """One account: entered, or changed. Secrets go in and never come out."""
    known = registry.channel(channel)
    if entry.request.method == "GET":
        return entry.show("web/operator/channel.html", _screen(known), "channels")
    values = entry.posted
    try:
        merchants.connect(
            channel,
            values={name: text for name, text in values.items() if name not in _OURS},
            gateway=values.get("gateway", "").strip(),
            active=values.get("active") == "1",
            splits=values.get("splits") == "1" and registry.splits(channel) is not None,
            actor=entry.actor,
        )
    except (DomainError, ChannelError) as refusal:
        beside = "splits" if isinstance(refusal, ComplianceViolation) else ""
        form = problems.form_of(refusal, _without_secrets(known, values), field=beside)
        status = problems.status_of(refusal)
        return entry.show("web/operator/channel.html", _screen(known, form), "channels", status)
    entry.say(_("The account is kept. Try it before students pay by it."))
    return entry.to("operator_channels")


@require_POST
@operator_page(may="channels")
def fee(entry: Entry, channel: str) -> HttpResponse:
    """Note what payments cost as agreed, from a day on."""
    known, values = registry.channel(channel), entry.posted
    try:
        new = reconciliation.agree_fee(
            channel, _rate(values), effective_on=_begins(values), actor=entry.actor
        )
    except DomainError as refusal:
        form = problems.form_of(refusal, values, entry.school.currency)
        screen = _screen(known, fee_form=form)
        status = problems.status_of(refusal)
        return entry.show("web/operator/channel.html", screen, "channels", status)
    if new:
        entry.say(_("Noted; it counts for bills that are held against the books from now on."))
    return entry.to("operator_channel", channel)


def _rate(values: dict[str, str]) -> int | None:
    """Empty: no fee is expected, and fees are taken as billed."""
    return typed.basis_points(values["rate"], field="rate") if values.get("rate") else None


def _begins(values: dict[str, str]) -> date:
    found = typed.day(values.get("effective_on", ""))
    if found is None:
        raise InvalidInput(field="effective_on", reason=_("choose a day"))
    return found


@require_POST
@operator_page(may="channels")
def attempt(entry: Entry, channel: str) -> HttpResponse:
    """Ask the channel about an order that nobody placed: it answers only to whom it knows."""
    if queries.account(channel) is None:
        raise NotFound(what=f"account at {channel}")
    name = label("channel", channel)
    try:
        registry.payments(channel).query_payment(entry.school.slug, public_id("ord", uuid7()))
    except ChannelUnavailable:
        entry.say(_("%(name)s cannot be reached.") % {"name": name}, tone="amber")
    except ChannelError as refusal:
        entry.say(str(refusal), title=_("%(name)s refused") % {"name": name}, tone="amber")
    else:
        entry.say(_("%(name)s knows this account and its keys fit.") % {"name": name})
    return entry.to("operator_channels")


def _without_secrets(channel: Channel, values: dict[str, str]) -> dict[str, str]:
    """What may be shown again."""
    secret = {field.name for field in channel.fields if field.secret}
    return {name: "" if name in secret else text for name, text in values.items()}


def _fee_card(channel: str, form: Form | None) -> FeeCard | None:
    if registry.bills(channel) is None:
        return None
    today = clock.now().astimezone(zone_of(channel)).date()
    found = fees.agreed_fees(channel)
    begun = [one for one in found if one.effective_on is None or one.effective_on <= today]
    return FeeCard(
        tuple(FeeRow(one.bps, one.effective_on, one.agreed_at, one in begun[:1]) for one in found),
        today,
        form or Form(),
    )


def _screen(
    channel: Channel, form: Form | None = None, fee_form: Form | None = None
) -> ChannelScreen:
    known = queries.account(channel.name)
    kept = frozenset[str]() if known is None else known.kept
    settings = {} if known is None else known.settings
    return ChannelScreen(
        row=account_row(channel.name),
        fields=tuple(
            _field(one, settings.get(one.name, one.default), kept=one.name in kept)
            for one in channel.fields
            if not one.told
        ),
        notify_url=notify_url(channel.name),
        may_split=registry.splits(channel.name) is not None,
        form=form or Form(),
        fee=_fee_card(channel.name, fee_form),
    )


def _field(field: Field, value: str, *, kept: bool) -> ChannelField:
    kind = "select" if field.choices else "textarea" if field.long else "text"
    return ChannelField(
        name=field.name,
        kind="password" if field.secret and not field.long else kind,
        required=field.required and not kept,
        kept=kept,
        value="" if field.secret else value,
        options=tuple(Option(choice, choice) for choice in field.choices),
    )
