"""Splits that were stopped because their channel did another amount: shown, and settled."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.splits import Settling
from kefen.faces.web import keyset, names, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.split_screens import (
    OddShareRow,
    SettlingChoice,
    StoppedRow,
    StoppedScreen,
)
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text
from kefen.payouts.queries import arrangements
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.splits import actions, queries
from kefen.splits.contracts import StoppedSplit

_SHOWN = 20


@require_safe
@operator_page()
def stopped(entry: Entry) -> HttpResponse:
    """What waits for a person, and what was settled last."""
    return entry.show("web/operator/stopped_splits.html", _screen(entry), "splits")


def _screen(entry: Entry, refused: str = "", form: Form | None = None) -> StoppedScreen:
    found = queries.stopped()
    begin = found.filter(number=refused).first() if refused else None
    rows, window = keyset.window(entry, found, queries.OLDEST_FIRST, size=_SHOWN, begin=begin)
    done, settled_window = keyset.window(
        entry, queries.settled(), queries.LAST_SETTLED, size=_SHOWN, name="settled_"
    )
    waiting = queries.stopped_facts(rows)
    settled = queries.stopped_facts(one.split for one in done)
    people = promoters.rows(
        share.promoter_id for one in (*waiting, *settled) for share in one.shares
    )
    members = names.members()
    threshold = arrangements.policy().two_persons_from

    def row(one: StoppedSplit) -> StoppedRow:
        return _row(entry, one, people, members, threshold)

    return StoppedScreen(
        currency=entry.school.currency,
        waiting=tuple(map(row, waiting)),
        settled=tuple(map(row, settled)),
        window=window,
        settled_window=settled_window,
        refused=refused,
        form=form or Form(),
    )


def _row(
    entry: Entry,
    one: StoppedSplit,
    people: Mapping[UUID, Promoter],
    members: Mapping[UUID, str],
    threshold: int | None,
) -> StoppedRow:
    return StoppedRow(
        number=one.number,
        order_number=one.order,
        channel=one.channel,
        stopped_at=one.stopped_at,
        shares=tuple(
            OddShareRow(
                names.promoter_name(people[share.promoter_id]),
                people[share.promoter_id].code,
                *(share.withdrawal, share.amount, share.tax, share.net, share.paid),
            )
            for share in one.shares
        ),
        choices=tuple(
            SettlingChoice(choice.value, _consequence(choice, one, entry.school.currency))
            for choice in Settling
        ),
        two_persons=_needs_two(one, threshold),
        decision="" if one.decision is None else one.decision.value,
        note=one.note,
        first_person=_person(one.first, members) if one.decision else "",
        second_person=_person(one.second, members) if one.second else "",
        mine=one.first is not None and one.first == entry.actor.user,
        settled_at=one.settled_at,
    )


def _needs_two(one: StoppedSplit, threshold: int | None) -> bool:
    largest = max((max(share.amount, share.paid) for share in one.shares), default=0)
    return one.decision is not None or (threshold is not None and largest >= threshold)


def _person(user: UUID | None, members: Mapping[UUID, str]) -> str:
    return names.actor_name("operator", user, members)


def _consequence(choice: Settling, one: StoppedSplit, currency: str) -> str:
    """What comes of a decision, in words."""
    more = sum(max(0, share.paid - share.net) for share in one.shares)
    less = sum(max(0, share.net - share.paid) for share in one.shares)
    if choice is Settling.WALLET:
        back = money_text(sum(share.amount for share in one.shares), currency)
        return _(
            "Only if the money was fetched back at the channel: %(amount)s are in the wallet again,"
            " as if nothing had been paid, and the rest of the payment is released."
        ) % {"amount": back}
    parts = [_("What the channel paid is booked, and the rest of the payment is released.")]
    if less:
        text = _("%(amount)s are in the wallet again, with the tax that belongs to them.")
        parts.append(text % {"amount": money_text(less, currency)})
    if more:
        text = _(
            "%(amount)s more than was sent are taken from the wallet; what is not there, is owed."
        )
        parts.append(text % {"amount": money_text(more, currency)})
    return " ".join(parts)


@require_POST
@operator_page(may="withdrawals")
def settle(entry: Entry, number: str) -> HttpResponse:
    """Settle one, or say what a second person should confirm."""
    values = entry.posted
    try:
        done = actions.settle(
            number,
            _decision(values.get("decision", "")),
            note=values.get("note", ""),
            actor=entry.actor,
        )
    except DomainError as refusal:
        if queries.stopped_one(number) is None:
            # Whatever is wrong with the form: what it is about is not there.
            raise NotFound(what=f"split {number}") from refusal
        beside = "" if isinstance(refusal, InvalidInput) else "note"
        form = problems.form_of(refusal, values, entry.school.currency, field=beside)
        screen = _screen(entry, number, form)
        status = problems.status_of(refusal)
        return entry.show("web/operator/stopped_splits.html", screen, "splits", status)
    if done:
        entry.say(_("Settled; the rest of the payment is released in a moment."))
    elif queries.stopped_one(number) is not None:
        entry.say(_("Noted; another person has to decide the same."), tone="amber")
    else:
        entry.say(_("It was settled before."))
    return entry.to("operator_splits")


def _decision(text: str) -> Settling:
    try:
        return Settling(text)
    except ValueError:
        raise InvalidInput(field="decision", reason=_("choose one of the list")) from None
