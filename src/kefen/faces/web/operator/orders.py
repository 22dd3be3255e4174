"""Orders in the console: the list and one order with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.http import urlencode

from kefen.commissions import queries as commissions
from kefen.commissions.models import Commission
from kefen.core import postings
from kefen.core.ids import public_id
from kefen.core.periods import midnight
from kefen.core.states import CommissionState, OrderState
from kefen.faces.web import evidence, keyset, names, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels.risk import reason_of
from kefen.faces.web.operator import order_trail, screens, splits, strays
from kefen.faces.web.operator.around import around
from kefen.faces.web.operator.list_screens import FILTERS
from kefen.faces.web.operator.refund_screens import RefundAsk as Ask
from kefen.faces.web.operator.risk_flags import flags
from kefen.faces.web.promoter.proof import serial_of
from kefen.faces.web.promoter.proof import state_of as commission_state
from kefen.faces.web.shared.screens import Form, Option, Paging, TimelineStep
from kefen.faces.web.student.build import state_of
from kefen.faces.web.templatetags.kefen import major
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.orders.contracts import AskState, RefundState
from kefen.orders.models import Line, Order, Refund, RefundAsk
from kefen.platform.audit import queries as audit
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters

SUMMED = 2000
"""Up to so many orders a list says what they come to."""
_OPTIONS = 200


def rows_of(found: Sequence[Order]) -> tuple[screens.OrderRow, ...]:
    """Rows of some orders; three queries for any number."""
    left = commissions.left_by_order(order.id for order in found)
    students = names.students(order.student_id for order in found)
    winners = promoters.rows(
        line.winner_id for order in found for line in order.lines.all() if line.winner_id
    )
    rows = []
    for order in found:
        lines = list(order.lines.all())
        refunded = sum(line.refunded for line in lines)
        winner = next((winners[x.winner_id] for x in lines if x.winner_id), None)
        rows.append(
            screens.OrderRow(
                number=order.number,
                buyer=students.get(order.student_id, ""),
                title="、".join(line.course.title for line in lines),
                state=state_of(order, order.total, refunded),
                paid=order.total,
                commission=left.get(order.id, 0),
                placed_at=order.placed_at,
                promoter_name="" if winner is None else names.promoter_name(winner),
                promoter_code="" if winner is None else winner.code,
                refunded=refunded,
            )
        )
    return tuple(rows)


def listed(entry: Entry) -> screens.OrdersScreen:
    """The list; the sums are over the whole filter, if that is not too long."""
    filters = {name: entry.query.get(name, "") for name in FILTERS["orders"]}
    found = filtered(filters, entry.school.zone)
    page, window = keyset.window(entry, found, orders.keys_of(filters["state"]), filters)
    total_paid = total_commission = None
    if window.count <= SUMMED:
        # Read once and handed on: inside the sums the same filter could be planned badly, twice.
        few = list(found.order_by().values_list("id", flat=True)[:SUMMED])
        total_paid, total_commission = orders.net_of(few), commissions.left_of(few)
    return screens.OrdersScreen(
        currency=entry.school.currency,
        orders=rows_of(page),
        window=window,
        filters=filters,
        promoters=tuple(
            Option(row.code, names.promoter_name(row)) for row in promoters.listed()[:_OPTIONS]
        ),
        total_paid=total_paid,
        total_commission=total_commission,
        around=around(entry, "orders", filters),
    )


def filtered(filters: Mapping[str, str], zone: ZoneInfo) -> "QuerySet[Order]":
    """The orders that the filters of the list let through; days are the institution's."""
    start, end = typed.day(filters.get("from", "")), typed.day(filters.get("to", ""))
    return orders.filtered(
        text=filters.get("q", "").strip(),
        state=filters.get("state", ""),
        promoter=filters.get("promoter", "").strip(),
        since=None if start is None else midnight(start, zone),
        until=None if end is None else midnight(end + timedelta(days=1), zone),
    )


def paging_of(
    entry: Entry, count: int, filters: Mapping[str, str], size: int = keyset.PAGE
) -> Paging:
    """Where a list stands; a page beyond the end is the last one."""
    pages = max(1, -(-count // size))
    query = urlencode({name: value for name, value in filters.items() if value})
    return Paging(
        min(typed.page_number(entry.query), pages), pages, count, f"{query}&" if query else ""
    )


def order(row: Order, form: Form | None = None) -> screens.OrderScreen:
    """One order with its evidence, its rebates and its entries in the books."""
    lines = list(orders.lines_of(row.id))
    refunds = list(orders.refunds_of(row.id))
    booked = list(commissions.of_order(row.id))
    asks, astray = list(orders.refund_asks_of(row.id)), strays.rows(row.id)
    refunded = sum(line.refunded for line in lines)
    waiting = sum(r.amount for r in refunds if r.state == RefundState.REQUESTED)
    decision = lines[0].attribution
    weighed = evidence.candidates(decision)
    version = None if decision.version_id is None else programmes.version(decision.version_id)
    student = names.students([row.student_id])
    paid = row.state == OrderState.PAID
    return screens.OrderScreen(
        currency=row.currency,
        number=row.number,
        state=state_of(row, row.total, refunded),
        buyer=student.get(row.student_id, ""),
        total=row.total,
        channel=row.channel or "–",
        lines=_lines(lines),
        timeline=_timeline(row, evidence.began(weighed, decision), refunds, booked),
        candidates=weighed,
        commissions=tuple(_commission(one) for one in booked),
        entries=tuple(
            screens.EntryRow(*entry_)
            for entry_ in ledger.entries([*_keys(row, refunds, booked), *strays.keys(astray)])
        ),
        refunds=_refunds(row, refunds),
        version=0 if version is None else version.number,
        model="" if version is None else version.terms.policy.model.value,
        window_days=0 if version is None else version.terms.policy.window_days,
        refundable=row.total - refunded - waiting if paid else 0,
        refund_number=_next_refund(row, refunds),
        asks=tuple(
            Ask(one.amount, one.asked_at, one.state, one.reason, one.answer) for one in asks
        ),
        strays=astray,
        split=splits.card(row.id),
        flags=flags(order_id=row.id),
        trail=order_trail.trail(row, refunds, booked),
        form=form or _prefilled(asks, row.currency),
    )


def _next_refund(row: Order, refunds: Sequence[Refund]) -> str:
    """The number of the order's next refund, the same on every page that shows the same state: two
    people who agree to one request at one moment send one refund."""
    return public_id("rfd", uuid5(row.id, f"refund {len(refunds) + 1}"))


def _prefilled(asks: Sequence[RefundAsk], currency: str) -> Form:
    """The refund form; what a student waits for stands in it already."""
    asked = next((one for one in asks if one.state == AskState.ASKED), None)
    return Form() if asked is None else Form({"amount": major(asked.amount, currency)})


def _lines(lines: Sequence[Line]) -> tuple[screens.OrderLine, ...]:
    cut = {one.line_id for one in commissions.cuts_of({line.id for line in lines})}
    found = []
    for line in lines:
        reason = "capped" if line.id in cut else ""
        if line.winner_id is None:
            reason = "no_promoter"
        elif line.attribution.rule_id is None:
            reason = "no_rule"
        found.append(
            screens.OrderLine(
                line.number,
                line.course.title,
                line.list_price,
                line.quantity,
                line.paid,
                line.refunded,
                reason,
            )
        )
    return tuple(found)


def _commission(one: Commission) -> screens.CommissionRow:
    return screens.CommissionRow(
        proof=serial_of(one),
        line=one.line.number,
        level=one.level,
        promoter_name=names.promoter_name(one.promoter),
        promoter_code=one.promoter.code,
        amount=one.booked,
        remaining=one.booked - one.reversed,
        state=commission_state(one),
        rule_key=one.rule_key,
        due_at=one.available_at if one.state == CommissionState.PENDING else None,
        reason=reason_of(one.state_reason),
    )


def _timeline(
    row: Order,
    beginning: tuple[str, datetime | None],
    refunds: Sequence[Refund],
    booked: Sequence[Commission],
) -> tuple[TimelineStep, ...]:
    kind, at = beginning
    steps = [TimelineStep(kind, at)] if kind else []
    steps.append(TimelineStep("order", row.placed_at))
    if row.cancelled_at is not None:
        steps.append(TimelineStep("cancelled", row.cancelled_at, "back"))
    elif row.paid_at is None:
        steps.append(TimelineStep("paid", None, "now"))
    else:
        steps.append(TimelineStep("paid", row.paid_at))
    later = [TimelineStep("refund", r.booked_at, "back", r.reason) for r in refunds if r.booked_at]
    settled = {one.matured_at for one in booked if one.matured_at is not None}
    later += [TimelineStep("settled", instant) for instant in settled]
    steps += sorted(later, key=lambda step: step.at or row.placed_at)
    due = [one.available_at for one in booked if one.state == CommissionState.PENDING]
    if due and not settled and any(one.reversed < one.booked for one in booked):
        steps.append(TimelineStep("settled", min(due), "now"))
    return tuple(steps)


def _keys(row: Order, refunds: Sequence[Refund], booked: Sequence[Commission]) -> list[str]:
    """The keys of every transfer that this order may have in the books."""
    keys = [postings.order_paid_key(row.number)]
    keys += [postings.refund_key(refund.number) for refund in refunds]
    for one in booked:
        keys.append(postings.matured_key(row.number, one.line.number, one.level))
        keys.append(postings.rejected_key(row.number, one.line.number, one.level))
    return keys


def _refunds(row: Order, refunds: Sequence[Refund]) -> tuple[screens.RefundRow, ...]:
    """Refunds with who asked for them, as the audit log knows it."""
    if not refunds:
        return ()
    known = names.members()
    who = {
        note.details.get("refund"): names.actor_name(note.actor_kind, note.actor_user, known)
        for note in audit.of_subject(f"order:{row.number}")
        if note.verb == "refund.requested"
    }
    channel = names.actor_name("channel", None, known)
    return tuple(
        screens.RefundRow(
            refund.number,
            refund.amount,
            refund.booked_at or refund.requested_at,
            _refund_state(refund),
            refund.reason,
            who.get(refund.number, channel),
        )
        for refund in refunds
    )


def _refund_state(refund: Refund) -> str:
    waits = refund.state == RefundState.REQUESTED and refund.stuck_at is not None
    return "stuck" if waits else refund.state
