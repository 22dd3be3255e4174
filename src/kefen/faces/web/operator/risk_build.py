"""Screens of risk from rows: a fixed number of queries for any number of signals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from kefen.commissions import queries as commissions
from kefen.commissions.models import Question
from kefen.core.ids import public_id
from kefen.core.risk import Kind, State
from kefen.faces.web import keyset, names
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels import label
from kefen.faces.web.labels.risk_said import explained
from kefen.faces.web.operator.risk_screens import (
    Dispute,
    HeldRow,
    RiskScreen,
    SignalRow,
)
from kefen.faces.web.promoter.proof import SERIAL
from kefen.faces.web.shared.screens import Form, Option
from kefen.risk import queries
from kefen.risk.contracts import Concerned
from kefen.risk.models import Signal

PAGE = 20
FILTERS = ("kind", "state")
_Held = Mapping[UUID, tuple[Concerned, ...]]


def queue(entry: Entry, form: Form | None = None) -> RiskScreen:
    """The queue; filters that make no sense do not filter."""
    kinds, states = [kind.value for kind in Kind], [state.value for state in State]
    kind, state = entry.query.get("kind", ""), entry.query.get("state", "")
    filters = {"kind": kind if kind in kinds else "", "state": state if state in states else ""}
    found = queries.listed(**filters)
    page, window = keyset.window(entry, found, queries.NEWEST_FIRST, filters, size=PAGE)
    return RiskScreen(
        currency=entry.school.currency,
        signals=_rows(page),
        window=window,
        filters=filters,
        kinds=tuple(Option(code, str(label("risk", code))) for code in kinds),
        states=tuple(Option(code, str(label("signal", code))) for code in states),
        limits=asdict(queries.limits()),
        form=form or Form(),
    )


def signal(found: Signal) -> tuple[SignalRow, tuple[HeldRow, ...], tuple[Dispute, ...]]:
    """One signal with what is held for it, and what the promoter says to that."""
    held, asked = _beside([found])
    mine = held.get(found.id, ())
    return (
        _row(found, mine, asked, names.members()),
        tuple(
            HeldRow(one.order_number, one.amount, one.state, public_id(SERIAL, one.id))
            for one in mine
        ),
        tuple(
            Dispute(
                one.text,
                one.asked_at,
                one.commission.order.number,
                one.answer,
                one.answered_at,
            )
            for one in asked
        ),
    )


def _beside(rows: Sequence[Signal]) -> tuple[_Held, list[Question]]:
    held = queries.concerned(row.id for row in rows)
    ids = {one.id for several in held.values() for one in several}
    return held, list(commissions.questions_of(ids))


def _rows(page: Sequence[Signal]) -> tuple[SignalRow, ...]:
    held, asked = _beside(page)
    known = names.members()
    return tuple(_row(row, held.get(row.id, ()), asked, known) for row in page)


def _row(
    row: Signal,
    concerned: tuple[Concerned, ...],
    asked: Sequence[Question],
    known: Mapping[UUID, str],
) -> SignalRow:
    now = [one for one in concerned if queries.is_held(one)]
    mine = {one.id for one in concerned}
    course = None if row.link is None else row.link.course
    decided = row.decided_at is not None
    return SignalRow(
        id=str(row.id),
        kind=row.kind,
        state=row.state,
        score=row.score,
        said=explained(row.kind, row.evidence),
        promoter_name=names.promoter_name(row.promoter),
        promoter_code=row.promoter.code,
        happened_at=row.happened_at,
        order_number="" if row.order is None else row.order.number,
        what="" if course is None else course.title,
        held=len(now),
        held_amount=sum(one.amount for one in now),
        disputes=sum(one.commission_id in mine and not one.answered_at for one in asked),
        reason=row.reason,
        decided_by=names.actor_name("operator", row.decided_by, known) if decided else "",
        decided_at=row.decided_at,
    )
