"""Closing boards: the snapshot and its prizes in one transaction, once.

Lock order: ledger accounts by id. The unique key of the closed board decides who closes it.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kefen.commissions import actions as commissions
from kefen.core import postings
from kefen.core.balances import settle
from kefen.core.ids import uuid7
from kefen.core.standings import prizes, rank
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters
from kefen.standings import queries
from kefen.standings.contracts import BoardPeriod
from kefen.standings.figures import figures
from kefen.standings.models import ClosedBoard, ClosedRow


def close_due(until: datetime) -> list[BoardPeriod]:
    """Close every board that is due at or before `until`, in order of due time, then of metric,
    period and start; answers those that this call closed.

    What matures at or before a board's closing matures first (domain.md §6).
    """
    closed = []
    for board in queries.due(until):
        while commissions.mature(board.closes_at):
            pass
        if close(board):
            closed.append(board)
    return closed


@transaction.atomic
def close(board: BoardPeriod) -> bool:
    """Store a board's snapshot and pay its prizes; answers False if it was closed before."""
    board_id, (metric, period, starts_on) = uuid7(), board.key
    added = insert_rows(
        ClosedBoard,
        ("id", "metric", "period", "starts_on", "closed_at"),
        [(board_id, metric, period, starts_on, board.closes_at)],
        skip_known=True,
    )
    if not added:
        return False
    rows = rank(figures(board.metric, board.period))
    won = prizes(rows, board.prizes)
    amounts = {promoter: amount for promoter, _, amount in won}
    known = promoters.by_codes(row.promoter for row in rows)
    insert_rows(
        ClosedRow,
        ("id", "board_id", "promoter_id", "rank", "value", "prize"),
        [
            (uuid7(), board_id, known[r.promoter].id, r.rank, r.value, amounts.get(r.promoter, 0))
            for r in rows
        ],
    )
    _pay(board, won)
    if rows:
        audit.record(
            SYSTEM, "board.closed", f"board:{metric}:{period}:{starts_on}", prizes=len(won)
        )
    return True


def _pay(board: BoardPeriod, won: Sequence[tuple[str, int, int]]) -> None:
    """Prizes by rank, then promoter; each settles first what its winner owes."""
    if not won:
        return
    currency = current().currency
    builders = (postings.available, postings.receivable)
    ledger.open_accounts([postings.MAIN], currency)
    locked = ledger.lock([build(p) for p, _, _ in won for build in builders], currency)
    metric, period, starts_on = board.key
    transfers = []
    for promoter, _, amount in won:
        settled = settle(amount, -locked[postings.receivable(promoter)]).settled
        key = postings.prize_key(metric, period, starts_on, promoter)
        moves = postings.prize(promoter, amount, settled)
        transfers.append(Transfer(key, "board_prize", board.closes_at, moves))
    ledger.post(transfers, currency)
