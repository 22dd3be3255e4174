"""A day from its bill to its differences, by hand or by the clock."""

from datetime import date, timedelta

from django.db import transaction

from kefen.core.errors import NotFound
from kefen.orders import queries as orders
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants.queries import accounts
from kefen.ports import registry
from kefen.ports.bills import zone_of
from kefen.reconciliation import queries
from kefen.reconciliation.actions.fetch import fetch
from kefen.reconciliation.actions.judge import judge
from kefen.reconciliation.contracts import DayFacts
from kefen.reconciliation.matching import overtaken

# Bills are written in the morning: WeChat's at nine, Alipay's at ten at the latest.
WRITTEN_BY_HOUR = 10
# How far back missing days are caught up; channels keep bills for about three months.
REACH_DAYS = 90


def reconcile(channel: str, on: date) -> DayFacts:
    """Fetch the day's bill, hold it against the books, and look again at the days beside it, of
    which something may have been on its way. Call it outside of any transaction.

    Raises NotFound, ChannelUnavailable, InvalidInput (the day is not over).
    """
    fetch(channel, on)
    judge(channel, on)
    for beside in queries.neighbours(channel, on):
        if beside.reconciled_at is not None:
            judge(channel, beside.on)
    return queries.day(channel, on)


def channels() -> dict[str, date]:
    """The institution's channels that write bills, each with its first day."""
    sources = set(registry.bill_sources())
    first = {
        name: at.astimezone(zone_of(name)).date()
        for name, at in orders.paid_since().items()
        if name in sources
    }
    for account in accounts():
        if account.channel in sources:
            begun = account.changed_at.astimezone(zone_of(account.channel)).date()
            first.setdefault(account.channel, begun)
    return first


def due() -> list[tuple[str, date]]:
    """Days that should be reconciled by now and are not, newest first."""
    now, found = clock.now(), []
    for name, first in channels().items():
        here = now.astimezone(zone_of(name))
        last = here.date() - timedelta(days=1 if here.hour >= WRITTEN_BY_HOUR else 2)
        begin = max(first, last - timedelta(days=REACH_DAYS))
        done = queries.reconciled_days(name, begin)
        days = (last - timedelta(days=back) for back in range((last - begin).days + 1))
        found += [(name, on) for on in days if on not in done]
    return found


def reconcile_due() -> None:
    """Enqueue every day that is due; one whose bill is not written yet has its next turn."""
    for channel, on in due():
        jobs.enqueue("reconciliation.day", once=True, channel=channel, on=on.isoformat())


def review_corrections() -> None:
    """Judge the days again whose corrections do not fit any more, so that nothing is counted
    twice however late a payment or a line comes."""
    for channel, on in {(one.channel, one.on): None for one in overtaken()}:
        judge(channel, on)


@needs(Deed.RECONCILIATION)
@transaction.atomic
def ask_again(channel: str, on: date, *, actor: Actor) -> None:
    """Let a day be reconciled once more, by a job: channels take their time. Raises NotFound for
    a channel that writes no bills."""
    if registry.bills(channel) is None:
        raise NotFound(what=f"bills of {channel}")
    audit.record(actor, "bill.asked", f"bill:{channel}:{on}")
    jobs.enqueue("reconciliation.day", once=True, channel=channel, on=on.isoformat())


def review_transit() -> None:
    """Judge the days again on which something was on its way: it may have arrived, however many
    days later."""
    for channel, on in queries.days_in_transit():
        judge(channel, on)
