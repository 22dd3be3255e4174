"""Plain rows for the lists that a school of a hundred thousand orders would not fill."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

DAY = date(1999, 1, 5)
_BATCH = 1000


def fill(count: int) -> None:
    """So many of each, in the school in scope."""
    from django.db import transaction

    for table in (_deeds, _signals, _hits, _complaints, _courses, _exports, _differences, _splits):
        with transaction.atomic():
            table(count)


def _times(count: int) -> list[datetime]:
    from kefen.platform import clock

    now = clock.now()
    return [now - timedelta(seconds=place) for place in range(count)]


def _write(model: Any, rows: Iterable[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def _of(count: int, row: Callable[[int, datetime], Any]) -> Iterable[Any]:
    return (row(place, at) for place, at in enumerate(_times(count)))


def _deeds(count: int) -> None:
    from kefen.platform.audit.models import Record

    def row(place: int, at: datetime) -> Record:
        subject = f"promoter:x{place:05d}"
        return Record(verb="bench.noted", subject=subject, actor_kind="system", at=at)

    _write(Record, _of(count, row))


def _signals(count: int) -> None:
    from kefen.promoters.queries import by_code
    from kefen.risk.models import Signal

    one = by_code("w00001").id

    def row(place: int, at: datetime) -> Signal:
        return Signal(
            kind="refund_ring",
            subject="promoter",
            subject_id=one,
            finding=f"b{place}",
            promoter_id=one,
            score=50,
            evidence={"orders": 20, "refunded": 9, "days": 30, "usual": 20, "returners": 2},
            wants_hold=False,
            happened_at=at,
            seen_at=at,
            state="watching" if place % 4 else "open",
            reason="seen" if place % 4 else "",
            decided_at=at if place % 4 else None,
        )

    _write(Signal, _of(count, row))


def _hits(count: int) -> None:
    from kefen.compliance.models import Hit

    def row(place: int, at: datetime) -> Hit:
        return Hit(
            place=f"course:b{place}",
            title="课",
            field="title",
            digest=b"x",
            start=0,
            word="x",
            found_at=at,
            state="kept" if place % 4 else "open",
            note="seen" if place % 4 else "",
            decided_at=at if place % 4 else None,
        )

    _write(Hit, _of(count, row))


def _complaints(count: int) -> None:
    from kefen.compliance.models import Complaint

    def row(place: int, at: datetime) -> Complaint:
        return Complaint(
            kind="other",
            text="x",
            contact="",
            note="",
            origin=b"",
            raised_at=at,
            state="closed" if place % 4 else "open",
            decided_at=at if place % 4 else None,
        )

    _write(Complaint, _of(count, row))


def _courses(count: int) -> None:
    from kefen.catalog.models import Course

    def row(place: int, at: datetime) -> Course:
        code = f"b{place:06d}"
        return Course(
            code=code, title=f"第 {place} 课", list_price=100, status="draft", created_at=at
        )

    _write(Course, _of(count, row))


def _exports(count: int) -> None:
    from kefen.platform.exports.models import Export

    def row(place: int, at: datetime) -> Export:
        return Export(
            kind="statement",
            format="csv",
            actor_kind="system",
            asked_at=at,
            moved_at=at,
            state="failed",
            reason="failed",
            file_name=f"b{place}.csv",
        )

    _write(Export, _of(count, row))


def _differences(count: int) -> None:
    """All of one day."""
    from kefen.reconciliation.models import BillDay, Difference

    BillDay.objects.get_or_create(channel="sandbox", on=DAY, defaults={"tried_at": _times(1)[0]})

    def row(place: int, at: datetime) -> Difference:
        closed = place % 4 > 0
        return Difference(
            channel="sandbox",
            on=DAY,
            verdict="only_ours",
            subject="payment",
            number=f"b{place}",
            nth=1,
            ours=100,
            currency="CNY",
            at=at,
            found_at=at,
            state="closed" if closed else "open",
            resolution="note" if closed else "",
            note="seen" if closed else "",
            closed_at=at if closed else None,
        )

    _write(Difference, _of(count, row))


def _splits(count: int) -> None:
    """One of every order: most of them done, some stopped, some settled by a person."""
    from kefen.orders.models import Order
    from kefen.splits.models import OrderSplit, Settlement

    at = _times(1)[0]
    orders = list(enumerate(Order.objects.order_by("id").values_list("id", "number")[:count]))
    for start in range(0, len(orders), _BATCH):
        found = [
            OrderSplit(
                order_id=key,
                number=f"S{number}",
                release_number=f"R{number}",
                channel="sandbox",
                state="failed" if place % 10 == 0 else "done",
                reason="amount_differs" if place % 10 < 2 else "",
                sent_at=at,
                closed_at=at,
            )
            for place, (key, number) in orders[start : start + _BATCH]
        ]
        OrderSplit.objects.bulk_create(found)
        settled = (one for one in found if one.reason and one.state == "done")
        Settlement.objects.bulk_create(
            Settlement(split_id=one.id, decision="accept", note="seen", first_at=at, settled_at=at)
            for one in settled
        )
