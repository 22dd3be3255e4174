"""The memory of a rerun's ladders says what `tier_figure` says of the same lines."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kefen.core.commission import TierEntry, tier_figure
from kefen.core.compliance import CourseFact
from kefen.core.rerun import Climb, Returned, SoldLine
from kefen.core.terms import TierMetric

AT = datetime(2026, 3, 2, tzinfo=UTC)
COURSE = CourseFact("python", "code", 100)

# Of each line: its order, what was paid, and refunds as (how many bookings later, amount).
LINES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(1, 50),
        st.lists(st.tuples(st.integers(0, 6), st.integers(1, 10)), max_size=3),
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(TierMetric))
def test_a_climb_counts_as_booking_counts(
    lines: list[tuple[int, int, list[tuple[int, int]]]], metric: TierMetric
) -> None:
    climb, sold = Climb(), []
    for place, (order, paid, backs) in enumerate(lines):
        # Bookings have even ids; a refund stands between two of them.
        kept, left = [], paid
        for later, amount in backs:
            if amount <= left:
                left -= amount
                kept.append(Returned(UUID(int=2 * (place + later) + 1), amount))
        line = SoldLine(
            order=UUID(int=order),
            booked=UUID(int=2 * place),
            placed_at=AT,
            paid_at=AT + timedelta(hours=place),
            course=COURSE,
            list_price=100,
            quantity=1,
            paid=paid,
            returned=tuple(kept),
        )
        entries = [
            TierEntry(
                str(one.order),
                one.paid,
                sum(back.amount for back in one.returned if back.booked < line.booked),
            )
            for one in sold
        ]
        assert climb.figure(metric, line.booked) == tier_figure(metric, entries)
        climb.add(line)
        sold.append(line)
