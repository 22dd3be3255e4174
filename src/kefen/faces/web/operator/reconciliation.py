"""Channels' bills in the console: days, their six groups, differences that wait for a person."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.reconciliation import Subject, Verdict
from kefen.faces.web import keyset, names, problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import reconciliation_screens as screens
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text
from kefen.faces.web.typed import identity_of
from kefen.orders import queries as orders
from kefen.reconciliation import actions, queries
from kefen.reconciliation.contracts import DayFacts, Decision, DifferenceFacts


def _state(facts: DayFacts) -> str:
    if facts.reconciled_at is None:
        return "waiting"
    return "differs" if facts.open else "transit" if facts.in_transit else "agrees"


def _day(facts: DayFacts) -> screens.BillDayRow:
    return screens.BillDayRow(
        channel=facts.channel,
        on=facts.on,
        state=_state(facts),
        lines=facts.lines,
        matched=facts.groups[Verdict.MATCHED].count,
        open=facts.open,
        in_transit=facts.in_transit,
        closed=facts.closed,
        fees=facts.fees,
        reconciled_at=facts.reconciled_at,
        reason=facts.reason,
    )


@require_safe
@operator_page()
def listed(entry: Entry) -> HttpResponse:
    """Days and channels, newest first; `state=open` leaves those that need a person."""
    state = entry.query.get("state", "")
    found = queries.listed(open_only=state == "open")
    page, window = keyset.window(entry, found, queries.NEWEST_FIRST, {"state": state})
    screen = screens.BillDaysScreen(
        currency=entry.school.currency,
        days=tuple(_day(facts) for facts in queries.days(page)),
        window=window,
        waiting=queries.open_count(),
        state=state,
    )
    return entry.show("web/operator/reconciliation.html", screen, "reconciliation")


def _on(text: str) -> date:
    found = typed.day(text)
    if found is None:
        raise NotFound(what="day")
    return found


def _screen(
    entry: Entry, channel: str, on: date, refused: str = "", form: Form | None = None
) -> screens.BillDayScreen:
    facts = queries.day(channel, on)
    people = names.members()
    begin = queries.difference_row(identity_of(refused)) if refused else None
    pieces = {
        part: keyset.window(
            entry,
            queries.differences_in(channel, on, part),
            queries.BY_INSTANT,
            name="" if part == "open" else f"{part}_",
            begin=begin if part == "open" else None,
        )
        for part in ("open", "transit", "closed")
    }
    found = queries.differences_of([row for rows, _ in pieces.values() for row in rows])
    ours = orders.known(one.order for one in found)
    known = {one.id: _difference(entry, one, people, ours) for one in found}

    def shown(part: str) -> tuple[screens.DifferenceRow, ...]:
        return tuple(known[row.id] for row in pieces[part][0])

    return screens.BillDayScreen(
        currency=entry.school.currency,
        day=_day(facts),
        groups=tuple(
            screens.GroupRow(kind.value, group.count, group.ours, group.theirs)
            for kind, group in facts.groups.items()
        ),
        open=shown("open"),
        transit=shown("transit"),
        closed=shown("closed"),
        windows={part: window for part, (_, window) in pieces.items()},
        version=facts.version,
        refused=refused,
        form=form or Form(),
    )


def _difference(
    entry: Entry, one: DifferenceFacts, people: Mapping[UUID, str], ours: Collection[str]
) -> screens.DifferenceRow:
    by_a_person = one.closed_by is not None
    return screens.DifferenceRow(
        id=str(one.id),
        kind=one.verdict.value,
        subject=one.subject,
        number=one.number,
        channel_number=one.channel_number,
        at=one.at,
        ours=one.ours,
        theirs=one.theirs,
        fee=one.fee,
        order_number=_order_of(one, ours),
        choices=tuple(
            screens.Choice(choice.value, _consequence(choice, one, entry.school.currency))
            for choice in one.decisions
        ),
        resolution=one.resolution,
        note=one.note,
        closed_by=names.actor_name("operator", one.closed_by, people) if by_a_person else "",
        closed_at=one.closed_at,
        ledger_key=one.ledger_key,
    )


def _order_of(one: DifferenceFacts, ours: Collection[str]) -> str:
    """The order of ours that it leads to; empty for none."""
    if one.subject == Subject.PAYMENT:
        known = one.ours is not None or "return" in (one.resolution, *one.decisions)
        return one.number if known else ""
    return one.order if one.order in ours else ""


def _consequence(choice: Decision, one: DifferenceFacts, currency: str) -> str:
    """What comes of a decision, in words."""
    if choice is Decision.NOTE:
        return _("Only noted: nothing changes in our books.")
    if choice is Decision.BOOK and one.subject == Subject.REFUND:
        back = {"amount": money_text(one.theirs or 0, currency), "order": one.order}
        return (
            _(
                "A refund of %(amount)s is booked for order %(order)s; rebates are taken back as"
                " for any refund."
            )
            % back
        )
    if choice is Decision.BOOK:
        paid = money_text(one.theirs or 0, currency)
        return _(
            "The order is booked as paid with %(amount)s and its rebates, as if the notification"
            " had come."
        ) % {"amount": paid}
    amount = {"amount": money_text(abs(one.delta or 0), currency)}
    if choice is Decision.RETURN:
        return (
            _(
                "The order is cancelled, or paid by another payment: %(amount)s goes back at the"
                " channel, once. The order itself stays as it is."
            )
            % amount
        )
    if (one.delta or 0) > 0:
        return (
            _("%(amount)s is added to the money at the channel and to the school's own.") % amount
        )
    return _("%(amount)s is taken off the money at the channel; the school bears it.") % amount


@require_safe
@operator_page()
def day(entry: Entry, channel: str, on: str) -> HttpResponse:
    """One day at one channel."""
    screen = _screen(entry, channel, _on(on))
    return entry.show("web/operator/reconciliation_day.html", screen, "reconciliation")


@require_POST
@operator_page(may="reconciliation")
def again(entry: Entry, channel: str, on: str) -> HttpResponse:
    """Let the bill be fetched and held against the books once more."""
    actions.ask_again(channel, _on(on), actor=entry.actor)
    entry.say(_("The bill is fetched again; reload in a moment."))
    return entry.to("operator_bill_day", channel, on)


@require_POST
@operator_page(may="reconciliation")
def close(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """Close a difference."""
    one, values = queries.difference(identity_of(id)), entry.posted
    try:
        actions.close(
            one.id,
            _decision(values.get("decision", "")),
            note=values.get("note", ""),
            actor=entry.actor,
        )
    except DomainError as refusal:
        beside = "" if isinstance(refusal, InvalidInput) else "note"
        form = problems.form_of(refusal, values, entry.school.currency, field=beside)
        screen = _screen(entry, one.channel, one.on, id, form)
        status = problems.status_of(refusal)
        return entry.show("web/operator/reconciliation_day.html", screen, "reconciliation", status)
    entry.say(_("The difference is closed, with your note."))
    return entry.to("operator_bill_day", one.channel, one.on.isoformat())


def _decision(text: str) -> Decision:
    try:
        return Decision(text)
    except ValueError:
        raise InvalidInput(field="decision", reason=_("choose one of the list")) from None
