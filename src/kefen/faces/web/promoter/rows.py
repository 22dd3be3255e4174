"""Commissions as rows of a list."""

from collections.abc import Iterable

from kefen.commissions.models import Commission
from kefen.core.states import CommissionState
from kefen.faces.web import names
from kefen.faces.web.promoter import screens
from kefen.faces.web.promoter.proof import serial_of, state_of


def income_rows(commissions: Iterable[Commission]) -> list[screens.IncomeRow]:
    """Rows for commissions with order, line and course at hand; the buyers in one query."""
    found = list(commissions)
    buyers = names.students(row.order.student_id for row in found)
    return [_row(row, buyers.get(row.order.student_id, "")) for row in found]


def _row(row: Commission, buyer: str) -> screens.IncomeRow:
    return screens.IncomeRow(
        proof=serial_of(row),
        title=row.line.course.title,
        buyer=buyer,
        amount=row.booked - row.reversed,
        state=state_of(row),
        at=row.booked_at,
        due_at=row.available_at if row.state == CommissionState.PENDING else None,
        clawed_back=row.reversed,
        level=row.level,
    )
