"""Backtests that read too many orders for a request: asked for here, done by a job."""

import logging
from dataclasses import asdict
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from kefen.commissions.backtest import backtest
from kefen.commissions.contracts import BacktestState
from kefen.commissions.models import Backtest
from kefen.core.terms import Terms
from kefen.core.terms_json import from_json, to_json
from kefen.platform import clock, jobs
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs

KEPT = timedelta(days=30)
_SECONDS = 1
_OPEN = (BacktestState.QUEUED.value, BacktestState.RUNNING.value)

logger = logging.getLogger(__name__)


@needs(Deed.PROGRAMME)
@transaction.atomic
def ask_backtest(terms: Terms, days: int, *, begun_from: int, actor: Actor = SYSTEM) -> UUID:
    """Let a job run `terms` over the last `days`; answers where its progress is read."""
    now = clock.now()
    Backtest.objects.filter(asked_at__lt=now - KEPT).delete()
    row = Backtest(
        days=days,
        begun_from=begun_from,
        terms=to_json(terms),
        asked_by=actor.user,
        asked_at=now,
        moved_at=now,
    )
    row.save(force_insert=True)
    jobs.enqueue("commissions.backtest", backtest=str(row.id))
    return row.id


def run_backtest(run: UUID) -> None:
    """Do one that waits or was left behind. A pure reading: done twice it answers the same."""
    row = Backtest.objects.filter(id=run, state__in=_OPEN).first()
    if row is None:
        return
    mine = Backtest.objects.filter(id=run)
    noted = monotonic()

    def told(done: int, total: int) -> None:
        nonlocal noted
        if done == total or monotonic() - noted >= _SECONDS:
            noted = monotonic()
            mine.update(done=done, total=total, moved_at=clock.now())

    mine.update(state=BacktestState.RUNNING, moved_at=clock.now())
    try:
        found = asdict(backtest(from_json(row.terms), row.days, told))
    except (OperationalError, InterfaceError):
        raise  # the database went away: the job is tried again and begins anew
    except Exception:
        logger.exception("backtest %s failed", run)
        mine.update(state=BacktestState.FAILED, moved_at=clock.now())
        return
    found["since"] = found["since"].isoformat()
    mine.update(state=BacktestState.READY, answer=found, moved_at=clock.now())
