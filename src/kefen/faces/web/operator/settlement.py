"""Settlements in the console: exceptions first, then one prepares and another releases."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.commissions import queries as commissions
from kefen.core.errors import DomainError, InvalidInput
from kefen.core.ids import public_id, uuid7
from kefen.core.periods import Period, PeriodKind, first_day, period_from
from kefen.faces.web import labels, names, problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import payout_build
from kefen.faces.web.operator import settlement_screens as screens
from kefen.faces.web.operator.payout_screens import ReviewCard, SettlementRow
from kefen.faces.web.shared.screens import Form, Option
from kefen.payouts import actions
from kefen.payouts import queries as payouts
from kefen.payouts.contracts import BatchFacts, PayoutAccountFacts
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import batches
from kefen.payouts.queries import settlements as queries
from kefen.platform import clock
from kefen.platform.identity import queries as identity
from kefen.platform.identity import rights
from kefen.platform.identity.rights import Deed
from kefen.promoters import queries as promoters
from kefen.reconciliation import queries as reconciliation

_KINDS: Final = (PeriodKind.MONTH, PeriodKind.WEEK)
_MOST: Final = 200
_UNCLEAR_AFTER: Final = timedelta(days=2)
_DAY: Final = timedelta(days=1)
_PAGE: Final = "web/operator/settlement.html"


@require_safe
@operator_page()
def overview(entry: Entry) -> HttpResponse:
    """A time's settlement."""
    screen = _screen(entry, entry.query.get("period", ""), entry.query.get("on", ""))
    return entry.show(_PAGE, screen, "settlement")


@require_POST
@operator_page(may="withdrawals")
def prepare(entry: Entry) -> HttpResponse:
    """Put the ticked withdrawals before a second person."""
    values, numbers = entry.posted, sorted(set(entry.request.POST.getlist("withdrawal")))
    period = _period(entry, values.get("period", ""), values.get("on", ""))
    number = values.get("number", "")
    try:
        # What is ticked counts as it was shown: one that was taken back meanwhile refuses it.
        _count, amount = queries.sum_of(numbers)
        actions.prepare_settlement(
            number,
            numbers,
            expected=(len(numbers), amount),
            period=_first_and_last(entry, period),
            actor=entry.actor,
        )
    except DomainError as refusal:
        form = Form({}, {}, problems.sentence(refusal, entry.school.currency))
        screen = _screen(entry, values.get("period", ""), values.get("on", ""), form)
        return entry.show(_PAGE, screen, "settlement", problems.status_of(refusal))
    entry.say(_("Prepared. Nothing leaves until a colleague has released it."))
    return entry.to("operator_payout_batch", number)


@require_POST
@operator_page(may="withdrawals")
def release(entry: Entry, number: str) -> HttpResponse:
    """Review done by another person: let it go."""
    values = entry.posted
    try:
        expected = (
            typed.hidden(values.get("count", "")),
            typed.hidden(values.get("amount", "")),
        )
        actions.release_settlement(number, expected=expected, actor=entry.actor)
    except DomainError as refusal:
        form = Form({}, {}, problems.sentence(refusal, entry.school.currency))
        screen = payout_build.batch(entry, number, review(entry, number, form))
        status = problems.status_of(refusal)
        return entry.show("web/operator/payout_batch.html", screen, "settlement", status)
    entry.say(_("Released. Each withdrawal leaves in its turn."))
    return entry.to("operator_payout_batch", number)


def review(entry: Entry, number: str, form: Form | None = None) -> ReviewCard | None:
    """The review of a settlement; None for a batch of one person."""
    facts = batches.batch(number)
    if not facts.reviewed:
        return None
    count, amount = queries.still_waiting(number)
    mine = facts.made_by == entry.actor.user
    return ReviewCard(
        row=_row(facts, names.members()),
        count=count,
        amount=amount,
        mine=mine,
        alone=mine and not _others(entry),
        form=form or Form(),
    )


def _others(entry: Entry) -> bool:
    """Is there anybody else whose work it is?"""
    may = rights.MAY[Deed.WITHDRAWALS]
    return any(one.role in may and one.user_id != entry.actor.user for one in identity.members())


def _period(entry: Entry, kind: str, on: str) -> Period:
    """The chosen time, the present month for anything else."""
    chosen = PeriodKind.WEEK if kind == PeriodKind.WEEK else PeriodKind.MONTH
    zone = entry.school.zone
    day = typed.day(on) or clock.now().astimezone(zone).date()
    return period_from(chosen, first_day(chosen, day), zone)


def _first_and_last(entry: Entry, period: Period) -> tuple[date, date]:
    if period.end is None:
        raise InvalidInput(field="period", reason=_("choose one of the list"))
    return period.starts_on, period.end.astimezone(entry.school.zone).date() - _DAY


def _screen(entry: Entry, kind: str, on: str, form: Form | None = None) -> screens.SettlementScreen:
    period = _period(entry, kind, on)
    first, last = _first_and_last(entry, period)
    end = period.end or clock.now()
    orders, gross, back = commissions.booked_within(period.start, end)
    paid = queries.approved_within(period)
    waiting = queries.candidates(end)
    found = list(waiting[: _MOST + 1])
    more = waiting.order_by().count() - _MOST if len(found) > _MOST else 0
    members = names.members()
    later = last + _DAY
    return screens.SettlementScreen(
        currency=entry.school.currency,
        number=public_id("stl", uuid7()),
        kind=period.kind.value,
        starts_on=first,
        ends_on=last,
        kinds=tuple(
            Option(k.value, str(labels.label("settlement_period", k.value))) for k in _KINDS
        ),
        orders=orders,
        gross=gross,
        clawbacks=back,
        paid_count=paid.count,
        paid=paid.amount,
        tax=paid.tax,
        net=paid.net,
        exceptions=_exceptions(entry),
        candidates=_candidates(found[:_MOST]),
        left_out=more,
        settlements=tuple(_row(facts, members) for facts in queries.settlements()),
        earlier=(first - _DAY).isoformat(),
        later=later.isoformat()
        if later <= clock.now().astimezone(entry.school.zone).date()
        else "",
        form=form or Form(),
    )


def _row(facts: BatchFacts, members: dict[UUID, str]) -> SettlementRow:
    released = facts.released_by
    return SettlementRow(
        batch=payout_build.batch_row(facts),
        prepared_by=names.actor_name("operator", facts.made_by, members),
        released_by="" if released is None else names.actor_name("operator", released, members),
        period_from=facts.period_from,
        period_to=facts.period_to,
        waits=facts.waits_for_release,
    )


def _candidates(rows: list[Withdrawal]) -> tuple[screens.Candidate, ...]:
    """Those in doubt first; three queries for any number."""
    accounts = payouts.accounts_of(row.promoter_id for row in rows)
    needed = payouts.account_needed()
    found = [_candidate(row, accounts.get(row.promoter_id), needed=needed) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.doubt))


def _candidate(
    row: Withdrawal, account: PayoutAccountFacts | None, *, needed: bool
) -> screens.Candidate:
    doubt = ""
    if row.prepared:  # type: ignore[attr-defined]
        doubt = "prepared"
    elif row.first_approver is None and account is None and needed:
        doubt = "account"
    elif row.first_approver is None and row.moved:  # type: ignore[attr-defined]
        doubt = "moved"
    return screens.Candidate(
        number=row.number,
        promoter_name=names.promoter_name(row.promoter),
        promoter_code=row.promoter.code,
        amount=row.amount,
        requested_at=row.requested_at,
        to=payout_build.receiver_of(row, account, needed=needed),
        doubt=doubt,
    )


def _held() -> tuple[screens.HeldRow, ...]:
    return tuple(
        screens.HeldRow(
            one.order.number, names.promoter_name(one.promoter), one.booked - one.reversed
        )
        for one in commissions.held_longest(queries.LISTED)
    )


def _exceptions(entry: Entry) -> tuple[screens.ToSettle, ...]:
    """What needs a person before money leaves; nothing of a kind, no line of it."""
    held, amount = commissions.held()
    stuck, owing = queries.not_payable(), queries.owing()
    unclear = payouts.sent_before(clock.now() - _UNCLEAR_AFTER)
    withdrawals = entry.address("operator_withdrawals")
    bills = entry.address("operator_reconciliation")
    people = promoters.rows(one.promoter_id for one in (*stuck[1], *owing[1]))

    def named(rows: list[queries.Stuck]) -> tuple[screens.Stuck, ...]:
        return tuple(
            screens.Stuck(
                one.code, names.promoter_name(people[one.promoter_id]), one.amount, one.why
            )
            for one in rows
        )

    all_of = (
        screens.ToSettle("held", held, amount=amount, rebates=_held() if held else ()),
        screens.ToSettle("not_payable", stuck[0], people=named(stuck[1])),
        screens.ToSettle("owing", owing[0], people=named(owing[1])),
        screens.ToSettle("unclear", unclear, withdrawals + "?state=sent"),
        screens.ToSettle("bills", reconciliation.days_open(), bills),
    )
    return tuple(one for one in all_of if one.count)
