"""Reads of bills, days and differences."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from kefen.core import postings
from kefen.core.errors import InvariantBroken, NotFound
from kefen.core.reconciliation import Subject, Verdict
from kefen.orders import queries as orders
from kefen.platform.tenancy.counting import counted
from kefen.reconciliation.contracts import DayFacts, Decision, DifferenceFacts, FeeFacts, Group
from kefen.reconciliation.models import AgreedFee, Bill, BillDay, Difference, DifferenceState
from kefen.reconciliation.movements import ours

# What our books say moved at a channel, sorted by subject and number.
movements = ours

REFUND_NUMBER = 64
NEWEST_FIRST = ("-on", "-channel")
BY_INSTANT = ("at", "id")
_LAST_FEE = (F("effective_on").desc(nulls_last=True), "-agreed_at", "-id")
_NEEDS_A_PERSON = Q(state=DifferenceState.OPEN) & ~Q(verdict=Verdict.IN_TRANSIT)


def bill(row: BillDay) -> Bill:
    """The newest bill of a day that has one."""
    found = None if row.bill_id is None else Bill.objects.filter(id=row.bill_id).first()
    if found is None:
        raise InvariantBroken(invariant="a reconciled day has a bill")
    return found


def agreed_bps(channel: str, on: date) -> int | None:
    """What payments of a day at a channel cost as agreed; None where nothing was said."""
    begun = AgreedFee.objects.filter(Q(effective_on__lte=on) | Q(effective_on__isnull=True))
    row = begun.filter(channel=channel).order_by(*_LAST_FEE).first()
    return None if row is None else row.bps


def agreed_fees(channel: str) -> list[FeeFacts]:
    """Everything that was agreed about a channel, what begins last first."""
    rows = AgreedFee.objects.filter(channel=channel).order_by(*_LAST_FEE)
    return [FeeFacts(row.bps, row.effective_on, row.agreed_at) for row in rows]


def neighbours(channel: str, on: date) -> list[BillDay]:
    """The days before and after, as far as their bills are there."""
    beside = [on - timedelta(days=1), on + timedelta(days=1)]
    found = BillDay.objects.filter(channel=channel, on__in=beside, bill_id__isnull=False)
    return list(found.order_by("on"))


def reconciled_days(channel: str, since: date) -> set[date]:
    """The days from `since` on that are done."""
    found = BillDay.objects.filter(channel=channel, on__gte=since, reconciled_at__isnull=False)
    return set(found.values_list("on", flat=True))


def known_days(channel: str, days: Iterable[date]) -> set[date]:
    """Those of some days for which a channel's bill is expected or here."""
    found = BillDay.objects.filter(channel=channel, on__in=list(days))
    return set(found.values_list("on", flat=True))


def listed(*, open_only: bool = False) -> "QuerySet[BillDay]":
    """Every day with its bill, newest first; or only those with differences that need a person."""
    found = BillDay.objects.select_related("bill").order_by(*NEWEST_FIRST)
    return found.filter(_has_open()) if open_only else found


def _has_open() -> Exists:
    """Does a difference of the day in the row wait for a person?"""
    return Exists(
        Difference.objects.filter(_NEEDS_A_PERSON, channel=OuterRef("channel"), on=OuterRef("on"))
    )


def days_open() -> int:
    """How many days of channels are not reconciled yet: no bill, or a difference for a person."""
    return BillDay.objects.filter(Q(reconciled_at=None) | _has_open()).count()


def open_count() -> int:
    """How many differences wait for a person."""
    return counted(Difference.objects.filter(_NEEDS_A_PERSON))


def day(channel: str, on: date) -> DayFacts:
    """One day. Raises NotFound where nobody ever asked for its bill."""
    row = BillDay.objects.select_related("bill").filter(channel=channel, on=on).first()
    if row is None:
        raise NotFound(what=f"bill of {channel} for {on}")
    (facts,) = days([row])
    return facts


def days(rows: list[BillDay]) -> list[DayFacts]:
    """Rows as pages show them; two queries however many."""
    counted: dict[tuple[str, date], dict[str, int]] = {}
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(channel=row.channel, on=row.on)
    found = Difference.objects.filter(wanted).order_by().values_list("channel", "on")
    for channel, on, waiting, transit, closed in found.annotate(
        waiting=Count("id", filter=_NEEDS_A_PERSON),
        transit=Count("id", filter=Q(state=DifferenceState.OPEN, verdict=Verdict.IN_TRANSIT)),
        closed=Count("id", filter=Q(state=DifferenceState.CLOSED)),
    ):
        counted[channel, on] = {"open": waiting, "in_transit": transit, "closed": closed}
    return [_facts(row, counted.get((row.channel, row.on), {})) for row in rows]


def _facts(row: BillDay, counts: dict[str, int]) -> DayFacts:
    newest = row.bill if row.bill_id is not None else None
    return DayFacts(
        channel=row.channel,
        on=row.on,
        reconciled_at=row.reconciled_at,
        tried_at=row.tried_at,
        reason=row.reason,
        version=0 if newest is None else newest.version,
        lines=0 if newest is None else newest.lines,
        fees=0 if newest is None else newest.fees,
        groups={one: Group(*row.groups.get(one.value, (0, 0, 0))) for one in Verdict},
        totals=row.totals,
        open=counts.get("open", 0),
        in_transit=counts.get("in_transit", 0),
        closed=counts.get("closed", 0),
    )


def days_of(ids: Iterable[UUID]) -> dict[UUID, tuple[str, date]]:
    """Channel and day of some differences."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = Difference.objects.filter(id__in=wanted).values_list("id", "channel", "on")
    return {id_: (channel, on) for id_, channel, on in found}


def differences(channel: str, on: date) -> list[DifferenceFacts]:
    """Every difference of a day: open ones first, then by instant."""
    found = Difference.objects.filter(channel=channel, on=on).order_by("-state", "at", "id")
    return differences_of(list(found))


def differences_in(channel: str, on: date, part: str) -> "QuerySet[Difference]":
    """The differences of a day that wait for a person (`open`), are on their way (`transit`), or
    are closed; by instant."""
    found = Difference.objects.filter(channel=channel, on=on).order_by(*BY_INSTANT)
    if part == "closed":
        return found.filter(state=DifferenceState.CLOSED)
    if part == "transit":
        return found.filter(state=DifferenceState.OPEN, verdict=Verdict.IN_TRANSIT)
    return found.filter(_NEEDS_A_PERSON)


def differences_of(rows: list[Difference]) -> list[DifferenceFacts]:
    """Rows of one channel as pages show them; one query however many."""
    asked = {_payment(row) for row in rows if _may_be_stray(row)}
    stray = orders.not_owed(rows[0].channel, asked) if asked else set()
    return [_difference(row, is_stray=_payment(row) in stray) for row in rows]


def difference_row(id_: UUID) -> Difference:
    """One difference as it is stored. Raises NotFound."""
    row = Difference.objects.filter(id=id_).first()
    if row is None:
        raise NotFound(what="difference")
    return row


def difference(id_: UUID) -> DifferenceFacts:
    """One difference. Raises NotFound."""
    return difference_of(difference_row(id_))


def difference_of(row: Difference) -> DifferenceFacts:
    """A row as pages show it."""
    asked = {_payment(row)} if _may_be_stray(row) else set()
    return _difference(row, is_stray=bool(asked and orders.not_owed(row.channel, asked)))


def _may_be_stray(row: Difference) -> bool:
    """A payment that only the channel knows, of a number of ours: maybe nobody owed it."""
    alone = row.verdict == Verdict.ONLY_THEIRS and row.subject == Subject.PAYMENT
    return alone and row.state == DifferenceState.OPEN and bool(row.number and row.channel_number)


def _payment(row: Difference) -> tuple[str, str]:
    return row.number, row.channel_number[:64]


def _difference(row: Difference, *, is_stray: bool) -> DifferenceFacts:
    delta = _delta(row)
    return DifferenceFacts(
        id=row.id,
        channel=row.channel,
        on=row.on,
        verdict=Verdict(row.verdict),
        subject=row.subject,
        number=row.number,
        channel_number=row.channel_number,
        ours=row.ours,
        theirs=row.theirs,
        fee=row.fee,
        currency=row.currency,
        at=row.at,
        open=row.state == DifferenceState.OPEN,
        resolution=row.resolution,
        note=row.note,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        ledger_key=row.ledger_key,
        delta=delta,
        decisions=_decisions(row, delta, is_stray=is_stray),
        order=row.order_number,
    )


def _delta(row: Difference) -> int | None:
    """What the channel has more than our books by this difference; None where nobody can say."""
    known = row.verdict in (Verdict.AMOUNT_DIFFERS, Verdict.ONLY_OURS, Verdict.ONLY_THEIRS)
    one_currency = row.ours is None or row.theirs is None or row.currency == row.their_currency
    if not known or not one_currency or row.subject in (Subject.OTHER, Subject.FEE):
        return None
    more = (row.theirs or 0) - (row.ours or 0)
    return more if row.subject == Subject.PAYMENT else -more


def _decisions(row: Difference, delta: int | None, *, is_stray: bool) -> tuple[Decision, ...]:
    offered = [Decision.NOTE]
    if is_stray:
        offered.append(Decision.RETURN)
    elif row.verdict == Verdict.ONLY_THEIRS and _bookable(row):
        offered.append(Decision.BOOK)
    if delta:
        offered.append(Decision.ADJUST)
    return tuple(offered)


def _bookable(row: Difference) -> bool:
    """A payment that names its order, or a refund that does."""
    if row.subject == Subject.REFUND:
        return row.order_number != "" and refund_number(row) != ""
    return row.subject == Subject.PAYMENT and row.number != ""


def refund_number(row: Difference) -> str:
    """Under which number a refund is booked: ours, or the channel's own where it was asked for at
    its console; empty if that is too long for one."""
    number = row.number or row.channel_number
    return number if len(number) <= REFUND_NUMBER else ""


def moved_by_bills() -> dict[str, int]:
    """What bills changed in our books, by account: money that came there less money that left,
    by fees and by corrections. The institution's own money changed by the sum."""
    fees = BillDay.objects.exclude(fees_booked=0).order_by().values_list("channel")
    found = {
        postings.channel(channel): -int(total)
        for channel, total in fees.annotate(total=Sum("fees_booked"))
    }
    for row in Difference.objects.filter(resolution=Decision.ADJUST):
        payout = row.subject == Subject.PAYOUT
        code = postings.PAYOUT if payout else postings.channel(row.channel)
        found[code] = found.get(code, 0) + (_delta(row) or 0)
    return found


def days_in_transit() -> list[tuple[str, date]]:
    """The days on which something is still on its way, oldest first: (channel, day)."""
    found = Difference.objects.filter(
        state=DifferenceState.OPEN, verdict=Verdict.IN_TRANSIT.value
    ).order_by("on", "channel")
    return list(found.values_list("channel", "on").distinct())
