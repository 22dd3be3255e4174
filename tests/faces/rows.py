"""Rows that no deed made, for lists that are short in every other test."""

from datetime import date, timedelta
from uuid import UUID

from kefen.catalog.models import Course
from kefen.compliance.models import Complaint, Hit
from kefen.core.ids import uuid7
from kefen.core.states import SplitState
from kefen.orders.models import Order
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports.models import Export
from kefen.promoters.queries import by_code
from kefen.reconciliation.models import BillDay, Difference
from kefen.risk.models import Signal
from kefen.splits.contracts import Reason
from kefen.splits.models import OrderSplit, Settlement
from tests.faces.orders_listed import orders

DAY = date(2026, 1, 5)
PERSON = UUID(int=7)


def deeds(n: int, start: int = 0) -> None:
    """Deeds of one person."""
    now = clock.now()
    Record.objects.bulk_create(
        Record(
            verb="promoter.grouped",
            subject=f"promoter:p{start + k:05d}",
            actor_kind="operator",
            actor_user=PERSON,
            at=now,
        )
        for k in range(n)
    )


def signals(n: int, start: int = 0) -> None:
    """Signals about one promoter."""
    promoter, now = by_code("yu").id, clock.now()
    Signal.objects.bulk_create(
        Signal(
            kind="refund_ring",
            subject="promoter",
            subject_id=promoter,
            finding=f"f{start + k}",
            promoter_id=promoter,
            score=50,
            evidence={"orders": 20, "refunded": 9, "days": 30, "usual": 20, "returners": 2},
            wants_hold=False,
            happened_at=now,
            seen_at=now,
            state="open",
        )
        for k in range(n)
    )


def hits(n: int, start: int = 0) -> None:
    """Forbidden words, half of them kept."""
    now = clock.now()
    Hit.objects.bulk_create(
        Hit(
            place=f"course:c{start + k}",
            title="数学",
            field="title",
            digest=b"x",
            start=0,
            word="躺",
            found_at=now,
            state="kept" if k % 2 else "open",
            note="看过" if k % 2 else "",
            decided_at=now if k % 2 else None,
        )
        for k in range(n)
    )


def complaints(n: int, start: int = 0) -> None:
    """Complaints, half of them closed."""
    now = clock.now()
    Complaint.objects.bulk_create(
        Complaint(
            kind="other",
            text=f"第 {start + k} 条",
            contact="",
            note="",
            origin=b"",
            raised_at=now,
            state="closed" if k % 2 else "open",
            decided_at=now if k % 2 else None,
        )
        for k in range(n)
    )


def courses(n: int, start: int = 0) -> None:
    """Drafts."""
    now = clock.now()
    Course.objects.bulk_create(
        Course(
            code=f"L{start + k:05d}",
            title=f"第 {start + k} 课",
            category="maths",
            list_price=100,
            status="draft",
            created_at=now + timedelta(seconds=start + k),
        )
        for k in range(n)
    )


def exports(n: int, start: int = 0) -> None:
    """Files of the school and of one promoter that were not written."""
    now = clock.now()
    Export.objects.bulk_create(
        Export(
            kind="statement",
            format="csv",
            party=party,
            actor_kind="system",
            asked_at=now + timedelta(seconds=start + k),
            state="failed",
            reason="failed",
            file_name=f"L{start + k:05d}.csv",
            moved_at=now,
        )
        for k in range(n)
        for party in ("", "promoter:yu")
    )


def differences(n: int, start: int = 0) -> None:
    """Differences of one day: of three, one waits, one is on its way, one is closed."""
    now = clock.now()
    if start == 0:
        BillDay.objects.create(channel="sandbox", on=DAY, tried_at=now)
    Difference.objects.bulk_create(
        Difference(
            channel="sandbox",
            on=DAY,
            verdict="in_transit" if k % 3 == 1 else "only_ours",
            subject="payment",
            number=f"L{start + k:05d}",
            nth=1,
            ours=100,
            currency="CNY",
            at=now,
            found_at=now,
            state="closed" if k % 3 == 2 else "open",
            resolution="note" if k % 3 == 2 else "",
            note="看过" if k % 3 == 2 else "",
            closed_at=now if k % 3 == 2 else None,
        )
        for k in range(n)
    )


def stopped_splits(n: int, start: int = 0) -> None:
    """Stopped splits, half of them settled."""
    orders(n, start)
    now = clock.now()
    known = OrderSplit.objects.values("order_id")
    found = [
        OrderSplit(
            order_id=key,
            number=f"S{number}",
            release_number=f"R{number}",
            channel="sandbox",
            state=SplitState.FAILED if place % 2 else SplitState.DONE,
            reason=Reason.AMOUNT_DIFFERS,
            sent_at=now,
            closed_at=now,
        )
        for place, (key, number) in enumerate(
            Order.objects.exclude(id__in=known).order_by("id").values_list("id", "number")
        )
    ]
    OrderSplit.objects.bulk_create(found)
    Settlement.objects.bulk_create(
        Settlement(split_id=one.id, decision="accept", note="核对过", first_at=now, settled_at=now)
        for one in found
        if one.state == SplitState.DONE
    )


def own_withdrawals(n: int, start: int = 0) -> None:
    """Withdrawals of one promoter that he took back."""
    promoter, now = by_code("yu").id, clock.now()
    Withdrawal.objects.bulk_create(
        Withdrawal(
            id=uuid7(),
            number=f"L{start + k:05d}",
            promoter_id=promoter,
            amount=5000,
            state="cancelled",
            channel="sandbox",
            requested_at=now,
            closed_at=now,
        )
        for k in range(n)
    )
