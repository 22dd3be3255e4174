"""Whether a payout may leave today: what exceeds a channel's day waits for the next by itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from kefen.core.ids import uuid7
from kefen.core.payout_limits import counts_days, fits_today
from kefen.core.periods import PeriodKind, period_of
from kefen.core.states import PayoutWay, WithdrawalState
from kefen.payouts.actions.settle import mark_sent
from kefen.payouts.models import PayoutPolicy, Withdrawal
from kefen.payouts.queries import by_number
from kefen.payouts.queries.arrangements import channel_limits
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current

_COUNTED = (
    WithdrawalState.SENT,
    WithdrawalState.AWAITING_CONFIRMATION,
    WithdrawalState.SUCCEEDED,
)


@transaction.atomic
def leave_today(number: str, *, actor: Actor) -> bool:
    """Mark an approved withdrawal as sent if its channel's day has room for it, or note until when
    it waits; answers whether it leaves. Locks: the policy's row, then the withdrawal.

    Raises UnknownWithdrawal, IllegalTransition.
    """
    row = by_number(number)
    limits = channel_limits(row.channel)
    if counts_days(limits):
        _lock_day()
        now, zone = clock.now(), current().zone
        today = period_of(PeriodKind.DAY, now, zone)
        person, school = _left_since(today.start, row)
        if not fits_today(limits, row.net or 0, person=person, school=school):
            _hold(row, today.end, actor)
            return False
    mark_sent(number, channel=row.channel, actor=actor)
    return True


def _lock_day() -> None:
    """One payout after the other is counted, also where nothing was decided yet."""
    columns = ("id", "bank_files", "bank_encoding", "bank_columns", "changed_at")
    values = (uuid7(), False, "utf-8-sig", "[]", clock.now())
    insert_rows(PayoutPolicy, columns, [values], skip_known=True)
    PayoutPolicy.objects.select_for_update().get()


def _left_since(start: datetime, row: Withdrawal) -> tuple[int, int]:
    """What left through the same channel in the day, to this promoter and to all."""
    left = Withdrawal.objects.filter(channel=row.channel, sent_at__gte=start, state__in=_COUNTED)
    left = left.filter(way=PayoutWay.TRANSFER)  # what leaves a payment is no transfer
    sums = left.aggregate(
        person=Sum("net", filter=Q(promoter_id=row.promoter_id)), school=Sum("net")
    )
    return int(sums["person"] or 0), int(sums["school"] or 0)


def _hold(row: Withdrawal, until: datetime | None, actor: Actor) -> None:
    changed = Withdrawal.objects.filter(id=row.id, state=WithdrawalState.APPROVED)
    if until is None or not changed.exclude(held_until=until).update(held_until=until):
        return
    audit.record(
        actor, "withdrawal.held", f"withdrawal:{row.number}", until=until.isoformat(), net=row.net
    )
