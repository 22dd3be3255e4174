"""Doing at once what the clock has made due; used after the demo's clock was pushed ahead."""

from dataclasses import dataclass
from datetime import timedelta

from kefen.commissions import actions as commissions
from kefen.ledger import actions as ledger
from kefen.platform import clock
from kefen.platform.inbox import actions as inbox
from kefen.platform.jobs.declare import in_every_institution
from kefen.splits import actions as splits
from kefen.standings import actions as standings


@dataclass(slots=True)
class Done:
    """How much was due."""

    matured: int = 0
    boards_closed: int = 0
    folded: int = 0
    notifications_woken: int = 0
    splits_woken: int = 0


def run_due() -> Done:
    """Mature and close boards in order of due time, then fold, for every institution, up to now
    (domain.md §6)."""
    done = Done()

    def bring_up() -> None:
        now = clock.now()
        done.boards_closed += len(standings.close_due(now))
        while matured := commissions.mature(now):
            done.matured += len(matured)
        while folded := ledger.fold():
            done.folded += folded
        done.notifications_woken += inbox.wake_open(older_than=timedelta())
        splits.gather(since=timedelta(days=40))
        done.splits_woken += splits.wake()

    in_every_institution(bring_up)
    return done
