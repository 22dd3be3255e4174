"""By the clock: finding divisible payments, and taking up those whose turn has come."""

from datetime import timedelta
from uuid import UUID, uuid5

import structlog

from kefen.core.ids import public_id, uuid7
from kefen.core.states import SplitState
from kefen.platform import clock, jobs
from kefen.platform.tenancy.bulk import insert_rows
from kefen.splits import queries
from kefen.splits.models import OrderSplit

PAGE = 500
_COLUMNS = ("id", "order_id", "number", "release_number", "channel", "state", "next_at")
logger = structlog.get_logger(__name__)


def gather(*, since: timedelta) -> int:
    """Look after every divisible payment of the last while; answers how many are new.

    Their numbers are made from the order, so finding a payment twice makes one split.
    """
    now, found = clock.now(), 0
    while page := queries.new_ones(now - since, PAGE):
        rows = [
            (uuid7(), order, _number("div", order), _number("rel", order), channel, state, now)
            for order, channel in page
            for state in (SplitState.WAITING.value,)
        ]
        found += insert_rows(OrderSplit, _COLUMNS, rows, skip_known=True)
        logger.info("splits_gathered", found=found)
        if len(page) < PAGE:
            break
    return found


def wake() -> int:
    """Let a job go on with every split whose turn has come; answers how many."""
    now, count, after = clock.now(), 0, None
    while page := queries.due(now, after, PAGE):
        for row in page:
            jobs.enqueue("splits.advance", once=True, split=row.number)
        count += len(page)
        logger.info("splits_woken", count=count)
        last = page[-1]
        if len(page) < PAGE or last.next_at is None:
            break
        after = (last.next_at, last.id)
    return count


def _number(prefix: str, order: UUID) -> str:
    return public_id(prefix, uuid5(order, prefix))
