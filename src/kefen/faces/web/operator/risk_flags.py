"""Undecided signals, on the pages of what they are about."""

from uuid import UUID

from kefen.faces.web.labels.risk_said import explained
from kefen.faces.web.operator.risk_screens import RiskFlag
from kefen.risk import queries


def flags(*, promoter_id: UUID | None = None, order_id: UUID | None = None) -> tuple[RiskFlag, ...]:
    """Undecided signals about a promoter or an order."""
    return tuple(
        RiskFlag(str(row.id), row.kind, row.state, row.score, explained(row.kind, row.evidence))
        for row in queries.flags_of(promoter_id=promoter_id, order_id=order_id)
    )
