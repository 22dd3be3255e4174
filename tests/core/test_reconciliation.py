"""A bill against our books: every line in exactly one group, whatever comes in whatever order."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kefen.core.reconciliation import (
    EDGE,
    Day,
    Match,
    Ours,
    Subject,
    Theirs,
    Verdict,
    fee_fits,
    match,
    shares_together,
)

START = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
END = START + timedelta(days=1)
NOON = START + timedelta(hours=12)
MOVING = (Subject.PAYMENT, Subject.PAYOUT, Subject.REFUND, Subject.SHARE)


def mine(number: str = "a", amount: int = 100, **more: object) -> Ours:
    values = {"subject": Subject.PAYMENT, "channel_number": "", "currency": "CNY", "at": NOON}
    return Ours(number=number, amount=amount, **{**values, **more})  # type: ignore[arg-type]


def other(number: str = "a", amount: int = 100, **more: object) -> Theirs:
    values = {
        "subject": Subject.PAYMENT,
        "channel_number": "",
        "currency": "CNY",
        "at": NOON,
        "fee": 0,
    }
    return Theirs(number=number, amount=amount, **{**values, **more})  # type: ignore[arg-type]


def held(ours: list[Ours], theirs: list[Theirs], **day: object) -> list[Match]:
    key = lambda line: (line.subject.value, line.number)  # noqa: E731
    found = match(
        sorted(ours, key=key),
        sorted(theirs, key=key),
        Day(START, END, **day),  # type: ignore[arg-type]
    )
    return list(found)


def verdicts(ours: list[Ours], theirs: list[Theirs], **day: object) -> list[Verdict]:
    return [one.verdict for one in held(ours, theirs, **day)]


def test_the_six_groups() -> None:
    assert verdicts([mine()], [other()]) == [Verdict.MATCHED]
    assert verdicts([mine()], [other(amount=99)]) == [Verdict.AMOUNT_DIFFERS]
    assert verdicts([mine()], [other(currency="USD")]) == [Verdict.AMOUNT_DIFFERS]
    assert verdicts([mine(amount=10_000)], [other(amount=10_000, fee=61)], fee_bps=60) == [
        Verdict.MATCHED
    ]
    assert verdicts([mine(amount=10_000)], [other(amount=10_000, fee=62)], fee_bps=60) == [
        Verdict.FEE_DIFFERS
    ]
    assert verdicts([mine()], []) == [Verdict.ONLY_OURS]
    assert verdicts([], [other()]) == [Verdict.ONLY_THEIRS]
    assert verdicts([mine(settled=False)], []) == [Verdict.IN_TRANSIT]
    assert verdicts([mine(settled=False)], [other()]) == [Verdict.IN_TRANSIT]


def test_by_the_channel_s_number_where_ours_is_missing() -> None:
    assert verdicts([mine(channel_number="c")], [other("", channel_number="c")]) == [
        Verdict.MATCHED
    ]
    # A number of ours that fits another line comes first.
    found = held(
        [mine("a", channel_number="x"), mine("b", channel_number="y")],
        [other("a", channel_number="y"), other("", channel_number="y")],
    )
    assert [(one.ours.number, one.theirs.number) for one in found] == [  # type: ignore[union-attr]
        ("a", "a"),
        ("b", ""),
    ]
    assert verdicts([mine()], [other("", channel_number="c"), other("")]) == [
        Verdict.ONLY_OURS,
        Verdict.ONLY_THEIRS,
        Verdict.ONLY_THEIRS,
    ]


def test_a_refund_is_no_payment() -> None:
    assert sorted(verdicts([mine()], [other(subject=Subject.REFUND)])) == [
        Verdict.ONLY_OURS,
        Verdict.ONLY_THEIRS,
    ]


def test_a_number_twice_is_matched_once() -> None:
    assert verdicts([mine()], [other(), other()]) == [Verdict.MATCHED, Verdict.ONLY_THEIRS]


def test_midnight_edges() -> None:
    late, early = END - timedelta(seconds=1), END + timedelta(seconds=1)
    # Ours one second before midnight, theirs one after: it belongs to the next day's bill.
    assert verdicts([mine(at=late)], [other(at=early)]) == []
    tomorrow = Day(END, END + timedelta(days=1))
    assert [one.verdict for one in match([mine(at=late)], [other(at=early)], tomorrow)] == [
        Verdict.MATCHED
    ]
    # While the next day's bill is not read, it is on its way; afterwards it is missing.
    assert verdicts([mine(at=late)], [], open_after=True) == [Verdict.IN_TRANSIT]
    assert verdicts([mine(at=late)], []) == [Verdict.ONLY_OURS]
    assert verdicts([], [other(at=late)], open_after=True) == [Verdict.IN_TRANSIT]
    assert verdicts([mine(at=START)], [], open_before=True) == [Verdict.IN_TRANSIT]
    assert verdicts([mine(at=END - EDGE)], [], open_after=True) == [Verdict.IN_TRANSIT]
    before = END - EDGE - timedelta(microseconds=1)
    assert verdicts([mine(at=before)], [], open_after=True) == [Verdict.ONLY_OURS]
    # Half-open: midnight itself is the next day's.
    assert verdicts([mine(at=END)], []) == []
    assert verdicts([mine(at=START)], []) == [Verdict.ONLY_OURS]


def test_fees_that_were_agreed() -> None:
    refund = {"subject": Subject.REFUND, "amount": 10_000}
    for fee, fits in ((0, True), (-60, True), (-61, True), (-62, False), (1, False)):
        assert fee_fits(other(**refund, fee=fee), 60) is fits  # type: ignore[arg-type]
    assert fee_fits(other(subject=Subject.PAYOUT, fee=999), 60)


numbers = st.sampled_from(["", "a", "b", "c", "d"])
instants = st.integers(-90, 25 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
our_lines = st.builds(
    Ours,
    subject=st.sampled_from(MOVING),
    number=st.sampled_from(["a", "b", "c", "d"]),
    channel_number=st.sampled_from(["", "x", "y"]),
    amount=st.integers(1, 3),
    currency=st.just("CNY"),
    at=instants,
    settled=st.booleans(),
)
their_lines = st.builds(
    Theirs,
    subject=st.sampled_from(Subject),
    number=numbers,
    channel_number=st.sampled_from(["", "x", "y", "z"]),
    amount=st.integers(1, 3),
    fee=st.integers(-1, 1),
    currency=st.just("CNY"),
    at=instants,
)


@given(
    st.lists(our_lines, max_size=12),
    st.lists(their_lines, max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_every_line_of_the_day_is_in_exactly_one_group(
    ours: list[Ours], theirs: list[Theirs], before: bool, after: bool
) -> None:
    day = Day(START, END, before, after)
    found = held(ours, theirs, open_before=before, open_after=after)
    said = Counter(one.theirs for one in found if one.theirs is not None)
    assert said == Counter(line for line in theirs if day.holds(line.at))
    ours_said = Counter(one.ours for one in found if one.ours is not None)
    assert ours_said <= Counter(ours)
    paired_elsewhere = Counter(line for line in ours if day.holds(line.at)) - ours_said
    beyond = [line for line in theirs if not day.holds(line.at)]
    assert paired_elsewhere.total() <= len(beyond)
    for one in found:
        assert (one.ours is None or one.theirs is None) == (
            one.verdict in (Verdict.ONLY_OURS, Verdict.ONLY_THEIRS)
            or (one.verdict is Verdict.IN_TRANSIT and not (one.ours and one.theirs))
            or (one.theirs is not None and one.theirs.subject is Subject.FEE)
        )


unique_ours = st.lists(our_lines, max_size=12, unique_by=lambda line: (line.subject, line.number))
unique_theirs = st.lists(
    their_lines.filter(lambda line: bool(line.number)),
    max_size=12,
    unique_by=lambda line: (line.subject, line.number),
)


@given(unique_ours, unique_theirs, st.randoms())
def test_the_order_in_which_they_come_says_nothing(
    ours: list[Ours], theirs: list[Theirs], random: object
) -> None:
    by_number = [line for line in ours if not line.channel_number]
    first = held(by_number, theirs)
    random.shuffle(by_number)  # type: ignore[attr-defined]
    random.shuffle(theirs)  # type: ignore[attr-defined]
    again = held(by_number, theirs)
    assert Counter(first) == Counter(again)


def test_the_shares_of_a_split_are_one_line() -> None:
    one = other(subject=Subject.SHARE, number="spl-1", amount=100, fee=1)
    lines = [
        other(number="spl-1"),
        one,
        replace(one, amount=50, fee=0),
        replace(one, number="spl-2"),
        replace(one, number=""),
        replace(one, number=""),
    ]
    together = list(shares_together(lines))
    assert [(line.subject, line.number, line.amount, line.fee) for line in together] == [
        (Subject.PAYMENT, "spl-1", lines[0].amount, lines[0].fee),
        (Subject.SHARE, "spl-1", 150, 1),
        (Subject.SHARE, "spl-2", 100, 1),
        (Subject.SHARE, "", 100, 1),
        (Subject.SHARE, "", 100, 1),
    ]
