"""Reads of splits and of the ways that promoters chose."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from kefen.core.errors import InvariantBroken
from kefen.core.splits import Reason, Settling, Way
from kefen.core.states import SplitState, WithdrawalState
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy.counting import counted
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.splits import models
from kefen.splits.contracts import (
    OddShare,
    ShareFacts,
    SplitOfOrder,
    StoppedSplit,
    WayFacts,
)

# How late a payment is still found, and how many are counted at a time where nobody found them.
FOUND_FOR = timedelta(days=40)
MANY = 1000
# Paid and divisible, and not among the splits yet; the index of payments finds the newest.
_NEW = """
SELECT o.id, v.channel
  FROM orders_order o
  JOIN orders_cashiervisit v ON v.institution_id = o.institution_id AND v.order_id = o.id
   AND v.channel = o.channel AND v.split
 WHERE o.institution_id = %(institution)s AND o.paid_at >= %(since)s AND o.state = 'paid'
   AND o.channel = coalesce(%(channel)s, o.channel)
   AND NOT EXISTS (SELECT 1 FROM splits_ordersplit s
                    WHERE s.institution_id = o.institution_id AND s.order_id = o.id)
 ORDER BY o.paid_at, o.id LIMIT %(limit)s
"""


def new_ones(since: datetime, limit: int, channel: str | None = None) -> list[tuple[UUID, str]]:
    """Divisible payments since an instant that nobody looks after yet, at one channel or at all:
    (order, channel)."""
    asked: dict[str, UUID | str | datetime | int | None] = {
        "institution": institution_id(),
        "since": since,
        "channel": channel,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEW, asked)
        return [(order, channel) for order, channel in cursor.fetchall()]


def open_at(channel: str) -> int:
    """How many payments at a channel's present account are being divided, or wait for it, found
    already or not."""
    gone = orders.left_behind(channel).values_list("order_id", flat=True)
    found = models.OrderSplit.objects.filter(channel=channel, closed_at__isnull=True)
    new = [order for order, _ in new_ones(clock.now() - FOUND_FOR, MANY, channel)]
    left = set(gone.filter(order_id__in=new))
    return found.exclude(order_id__in=gone).count() + sum(order not in left for order in new)


# All shares of one split that arrived; while some have no result, those too.
_AT_CHANNEL = """
SELECT * FROM (
    SELECT s.number, sum(w.net)::bigint AS net, coalesce(max(w.closed_at), s.sent_at) AS at,
           bool_and(w.closed_at IS NOT NULL) AS settled
      FROM splits_ordersplit s
      JOIN splits_splitshare h ON h.institution_id = s.institution_id AND h.split_id = s.id
      JOIN payouts_withdrawal w ON w.institution_id = h.institution_id AND w.id = h.withdrawal_id
     WHERE s.institution_id = %(institution)s AND s.channel = %(channel)s
       AND s.sent_at < %(until)s AND w.state IN ('sent', 'succeeded') AND w.net > 0
     GROUP BY s.number, s.sent_at
) AS found
 WHERE at < %(until)s AND (at >= %(since)s OR NOT settled)
 ORDER BY number COLLATE "C"
"""


def shared_at(
    channel: str, since: datetime, until: datetime
) -> list[tuple[str, int, datetime, bool]]:
    """What left by splits at a channel in [since, until), and what was sent before `until` and has
    no result: number of the split, net amount of its shares, instant, whether it is known."""
    asked: dict[str, UUID | str | datetime] = {
        "institution": institution_id(),
        "channel": channel,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AT_CHANNEL, asked)
        return [(number, net, at, settled) for number, net, at, settled in cursor.fetchall()]


def shared_by_number(channel: str, numbers: Iterable[str]) -> dict[str, tuple[int, datetime, bool]]:
    """What left under these numbers of splits: net amount of the shares, when they were sent,
    whether all of it is known."""
    shares = models.SplitShare.objects.filter(
        split__number__in=list(numbers),
        split__channel=channel,
        split__sent_at__isnull=False,
        withdrawal__state__in=[WithdrawalState.SENT, WithdrawalState.SUCCEEDED],
    )
    found: dict[str, tuple[int, datetime, bool]] = {}
    for share in shares.select_related("split", "withdrawal"):
        split, state = share.split, share.withdrawal.state
        net, at, known = found.get(split.number, (0, split.sent_at, True))
        net += share.withdrawal.net or 0
        found[split.number] = (net, at, known and state == WithdrawalState.SUCCEEDED)
    return found


def due(now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> list[models.OrderSplit]:
    """The splits whose turn has come, a page after the last one of the page before."""
    found = models.OrderSplit.objects.filter(next_at__lte=now)
    if after is not None:
        found = found.filter(Q(next_at__gt=after[0]) | Q(next_at=after[0], id__gt=after[1]))
    return list(found.order_by("next_at", "id")[:limit])


def offered() -> tuple[str, ...]:
    """The channels at which this institution divides payments."""
    return tuple(
        account.channel
        for account in merchants.accounts()
        if account.active and account.splits and registry.splits(account.channel) is not None
    )


def ways_of(promoter_ids: Iterable[UUID]) -> dict[UUID, WayFacts]:
    """The ways of promoters, the default where one chose nothing."""
    ids = list(promoter_ids)
    rows = models.Way.objects.filter(Q(promoter_id__in=ids) | Q(promoter_id__isnull=True))
    chosen = {row.promoter_id: Way(row.way) for row in rows}
    default = chosen.get(None, Way.WALLET)
    return {key: WayFacts(chosen.get(key, default), key in chosen) for key in ids}


def way_of(promoter_id: UUID) -> WayFacts:
    """The way of one promoter."""
    return ways_of([promoter_id])[promoter_id]


def default_way() -> Way:
    """The way of those who chose nothing."""
    row = models.Way.objects.filter(promoter_id__isnull=True).first()
    return Way.WALLET if row is None else Way(row.way)


def of_order(order_id: UUID) -> SplitOfOrder | None:
    """The split of an order with its shares; None where its payment was not kept divisible."""
    row = models.OrderSplit.objects.select_related("order").filter(order_id=order_id).first()
    if row is None:
        return None
    shares = models.SplitShare.objects.filter(split_id=row.id).order_by("id")
    return SplitOfOrder(
        number=row.number,
        order=row.order.number,
        channel=row.channel,
        state=SplitState(row.state),
        reason=row.reason,
        next_at=row.next_at,
        planned_at=row.planned_at,
        sent_at=row.sent_at,
        released=row.released,
        closed_at=row.closed_at,
        shares=tuple(_share(one) for one in shares.select_related("promoter", "withdrawal")),
    )


def share_of(order_id: UUID, promoter_id: UUID) -> ShareFacts | None:
    """What the plan of an order's payment says of one promoter."""
    found = models.SplitShare.objects.filter(split__order_id=order_id, promoter_id=promoter_id)
    # What the channel did instead stands after what it was asked for.
    row = found.select_related("promoter", "withdrawal").order_by("-id").first()
    return None if row is None else _share(row)


def orders_of(withdrawal_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The orders out of whose payments withdrawals left, by withdrawal."""
    found = models.SplitShare.objects.filter(withdrawal_id__in=list(withdrawal_ids))
    rows = found.values_list("withdrawal_id", "split__order__number")
    return {key: order for key, order in rows if key is not None}


def orders_of_numbers(withdrawals: Iterable[str]) -> dict[str, str]:
    """The orders out of whose payments withdrawals left, by the withdrawals' numbers."""
    found = models.SplitShare.objects.filter(withdrawal__number__in=list(withdrawals))
    return dict(found.values_list("withdrawal__number", "split__order__number"))


def _share(row: models.SplitShare) -> ShareFacts:
    withdrawal = row.withdrawal if row.withdrawal_id is not None else None
    return ShareFacts(
        promoter_id=row.promoter_id,
        promoter=row.promoter.code,
        amount=row.amount,
        tax=0 if withdrawal is None else withdrawal.tax or 0,
        net=0 if withdrawal is None else withdrawal.net or 0,
        withdrawal="" if withdrawal is None else withdrawal.number,
        state=None if withdrawal is None else WithdrawalState(withdrawal.state),
        reason=row.reason if withdrawal is None else withdrawal.state_reason,
        closed_at=None if withdrawal is None else withdrawal.closed_at,
    )


_STOPPED = Q(state=SplitState.FAILED, reason=Reason.AMOUNT_DIFFERS)


def stopped_count() -> int:
    """How many splits wait for a person, because their channel did another amount."""
    return counted(models.OrderSplit.objects.filter(_STOPPED))


OLDEST_FIRST = ("closed_at", "id")
LAST_SETTLED = ("-settled_at", "-id")


def stopped() -> "QuerySet[models.OrderSplit]":
    """The splits that wait for a person, the oldest first."""
    rows = models.OrderSplit.objects.filter(_STOPPED).order_by(*OLDEST_FIRST)
    return rows.select_related("order")


def settled() -> "QuerySet[models.Settlement]":
    """What was settled, the last first, with its split at hand."""
    rows = models.Settlement.objects.filter(settled_at__isnull=False).order_by(*LAST_SETTLED)
    return rows.select_related("split__order")


def stopped_one(number: str) -> StoppedSplit | None:
    """One of them by its number."""
    found = models.OrderSplit.objects.filter(number=number).select_related("order")
    return next(iter(stopped_facts(row for row in found if row.state == SplitState.FAILED)), None)


def stopped_facts(stopped_ones: Iterable[models.OrderSplit]) -> list[StoppedSplit]:
    """Stopped splits as pages show them; two queries however many."""
    rows = list(stopped_ones)
    ids = [row.id for row in rows]
    odd: dict[UUID, list[OddShare]] = {}
    found = models.PaidOtherwise.objects.filter(split_id__in=ids).order_by("withdrawal_id")
    for one in found.select_related("withdrawal"):
        asked = one.withdrawal
        amounts = (asked.amount, asked.tax or 0, asked.net or 0, one.paid)
        share = OddShare(asked.promoter_id, asked.number, *amounts)
        odd.setdefault(one.split_id, []).append(share)
    settlements = models.Settlement.objects.filter(split_id__in=ids)
    decided = {one.split_id: one for one in settlements}
    return [_stopped_one(row, tuple(odd.get(row.id, ())), decided.get(row.id)) for row in rows]


def _stopped_one(
    row: models.OrderSplit, shares: tuple[OddShare, ...], said: models.Settlement | None
) -> StoppedSplit:
    stopped_at = row.closed_at or row.sent_at
    if stopped_at is None:
        raise InvariantBroken(invariant="a stopped split was sent")
    if said is None:
        return StoppedSplit(row.number, row.order.number, row.channel, stopped_at, shares)
    return StoppedSplit(
        number=row.number,
        order=row.order.number,
        channel=row.channel,
        stopped_at=stopped_at,
        shares=shares,
        decision=Settling(said.decision),
        note=said.note,
        first=said.first_person,
        second=said.second_person,
        settled_at=said.settled_at,
    )
