"""Which boards there are: of each calendar period, those of the version in force when the period
starts, or of the first version if none was in force yet (domain.md §6)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from kefen.core.periods import PeriodKind, following, period_of
from kefen.core.standings import closes_at
from kefen.programmes.contracts import Schedule
from kefen.standings.contracts import BoardPeriod

_KINDS = (PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.WEEK)


def boards_at(schedule: Schedule, zone: ZoneInfo, at: datetime) -> Iterator[BoardPeriod]:
    """The boards of the periods that contain `at`."""
    return boards_between(schedule, zone, at, at)


def boards_between(
    schedule: Schedule, zone: ZoneInfo, first: datetime, last: datetime
) -> Iterator[BoardPeriod]:
    """The boards of every period that contains an instant of [first, last], period by period."""
    if not schedule.versions:
        return
    for kind in _KINDS:
        period = period_of(kind, first, zone)
        while period.start <= last:
            version = schedule.in_force(period.start) or schedule.versions[0]
            terms = version.terms
            for board in terms.boards:
                if board.period is kind:
                    after = board.close_after_days
                    wait = terms.hold_days if after is None else after
                    yield BoardPeriod(board.metric, period, board.prizes, closes_at(period, wait))
            period = following(period, zone)
