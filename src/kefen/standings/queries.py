"""Reads of boards."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from kefen.core.errors import NotFound
from kefen.core.periods import PeriodKind, period_from
from kefen.core.standings import Row, rank
from kefen.core.terms import BoardMetric
from kefen.orders import queries as orders
from kefen.platform.tenancy.queries import current
from kefen.programmes import queries as programmes
from kefen.standings.calendar import boards_at, boards_between
from kefen.standings.contracts import BoardPeriod, BoardView, ClosedView, Place
from kefen.standings.figures import figures
from kefen.standings.models import ClosedBoard, ClosedRow


def due(until: datetime) -> list[BoardPeriod]:
    """Boards to be closed at or before `until`, in the order in which they close."""
    span = orders.paid_span()
    if span is None:
        return []
    closed = {(row.metric, row.period, row.starts_on) for row in ClosedBoard.objects.all()}
    return [board for board in closing(span[0], until) if board.key not in closed]


def closing(first: datetime, last: datetime) -> list[BoardPeriod]:
    """The boards of periods from that of `first` on that close by `last`, in the order in which
    they close; whether or not they have been closed."""
    zone = current().zone
    found = boards_between(programmes.schedule(), zone, first, last)
    ending = [board for board in found if board.closes_at <= last]
    return sorted(ending, key=lambda board: (board.closes_at, *board.key))


def boards_of(at: datetime) -> list[BoardPeriod]:
    """The boards on which an order paid at `at` stands."""
    return list(boards_at(programmes.schedule(), current().zone, at))


def boards() -> list[BoardView]:
    """Every board that has a row, ordered by metric, period and start."""
    snapshots = _snapshots()
    found = {board.key: board for at in orders.paid_days() for board in boards_of(at)}
    views = []
    for key, board in sorted(found.items()):
        stored = snapshots.get(key)
        rows = rank(figures(board.metric, board.period)) if stored is None else stored
        if rows:
            views.append(BoardView(board, stored is not None, rows))
    return views


def _snapshots() -> dict[tuple[object, ...], list[Row]]:
    rows: dict[object, list[Row]] = {}
    for row in ClosedRow.objects.select_related("promoter").order_by("rank", "promoter__code"):
        rows.setdefault(row.board_id, []).append(Row(row.promoter.code, row.rank, row.value))
    return {
        (board.metric, board.period, board.starts_on): rows.get(board.id, [])
        for board in ClosedBoard.objects.all()
    }


def prizes_given() -> int:
    """What all prizes of closed boards come to."""
    return int(ClosedRow.objects.aggregate(total=Sum("prize"))["total"] or 0)


def closed(
    metric: str, period: str, starts_on: date, *, first: int, also: UUID | None = None
) -> ClosedView:
    """A closed board with its first places, and that of one promoter wherever he stands. Raises
    NotFound."""
    board = ClosedBoard.objects.filter(metric=metric, period=period, starts_on=starts_on).first()
    if board is None:
        raise NotFound(what="board")
    rows = ClosedRow.objects.filter(board_id=board.id)
    shown = list(rows.order_by("rank", "promoter__code")[:first])
    if also is not None and all(row.promoter_id != also for row in shown):
        shown += rows.filter(promoter_id=also)
    return ClosedView(
        metric=BoardMetric(board.metric),
        period=period_from(PeriodKind(board.period), board.starts_on, current().zone),
        closed_at=board.closed_at,
        places=tuple(Place(row.promoter_id, row.rank, row.value, row.prize) for row in shown),
        total=rows.count(),
    )
