"""`ledger.post`: batches, repeats, conflicts, order, floors."""

import pytest
from django.db import IntegrityError, transaction

from kefen.core.errors import InsufficientBalance, InvariantBroken, NumberConflict
from kefen.core.postings import Posting
from kefen.ledger import actions as ledger
from kefen.ledger import queries
from kefen.ledger.contracts import Outcome, Transfer
from kefen.ledger.models import Delta, Entry
from kefen.ledger.models import Transfer as TransferRow
from tests.factories import START

CNY = "CNY"
YU = "promoter:yu:available"
MAIN = "institution:main"


def adjustment(key: str, amount: int, credit: str = YU, debit: str = MAIN) -> Transfer:
    return Transfer(key, "adjustment", START, [Posting(debit, credit, amount)])


def test_a_batch_of_a_thousand_is_posted_in_one_round_trip(institution, exact_queries):
    people = [f"promoter:p{number % 50}:available" for number in range(1000)]
    batch = [adjustment(f"a{n}", n + 1, person) for n, person in enumerate(people)]
    ledger.post(batch[:50], CNY)  # opens the accounts

    with exact_queries(3):  # two to open accounts (uncommitted here), one to post
        outcomes = ledger.post(batch, CNY)

    assert outcomes == [Outcome.KNOWN] * 50 + [Outcome.POSTED] * 950
    balances = queries.balances()
    assert balances[MAIN] == -sum(range(1, 1001))
    for number in range(50):
        expected = sum(n + 1 for n in range(1000) if n % 50 == number)
        assert balances[f"promoter:p{number}:available"] == expected
    assert Entry.objects.count() == 1000


def test_a_repeat_is_known_and_changes_nothing(institution):
    batch = [adjustment("a1", 5_00), adjustment("a2", 7_00)]
    assert ledger.post(batch, CNY) == [Outcome.POSTED] * 2
    before = _everything()

    assert ledger.post(batch, CNY) == [Outcome.KNOWN] * 2

    assert _everything() == before


def test_a_mixed_batch_posts_exactly_what_is_new(institution):
    ledger.post([adjustment("a2", 7_00)], CNY)

    batch = [adjustment("a1", 5_00), adjustment("a2", 7_00), adjustment("a3", 9_00)]
    assert ledger.post(batch, CNY) == [Outcome.POSTED, Outcome.KNOWN, Outcome.POSTED]

    assert queries.balances([YU], CNY) == {YU: 21_00}


def test_one_key_twice_in_a_batch_is_one_transfer(institution):
    outcomes = ledger.post([adjustment("a1", 5_00), adjustment("a1", 5_00)], CNY)

    assert sorted(outcomes) == [Outcome.KNOWN, Outcome.POSTED]
    assert queries.balances([YU], CNY) == {YU: 5_00}


def test_nothing_is_a_batch_too(institution):
    assert ledger.post([], CNY) == []


@pytest.mark.parametrize(
    "other",
    [
        adjustment("a1", 5_01),
        adjustment("a1", 5_00, credit="promoter:li:available"),
        adjustment("a1", 5_00, debit="channel:wechat"),
        Transfer("a1", "board_prize", START, [Posting(MAIN, YU, 5_00)]),
        Transfer("a1", "adjustment", START, [Posting(MAIN, YU, 2_00), Posting(MAIN, YU, 3_00)]),
    ],
)
@pytest.mark.parametrize("company", [0, 3])
def test_the_same_key_with_other_content_is_a_conflict_that_leaves_nothing(
    institution, other, company
):
    ledger.post([adjustment("a1", 5_00)], CNY)
    before = _everything()
    batch = [adjustment(f"b{n}", 1_00) for n in range(company)] + [other]

    with pytest.raises(NumberConflict) as caught, transaction.atomic():
        ledger.post(batch, CNY)

    assert caught.value.params == {"number": "a1"}
    assert _everything() == before


def test_a_conflict_within_a_batch_leaves_nothing(institution):
    with pytest.raises(NumberConflict), transaction.atomic():
        ledger.post([adjustment("a1", 5_00), adjustment("a1", 6_00)], CNY)
    assert _everything() == ([], [], [])


def test_the_instant_does_not_make_another_content(institution):
    ledger.post([adjustment("a1", 5_00)], CNY)
    again = Transfer("a1", "adjustment", START.replace(day=20), [Posting(MAIN, YU, 5_00)])
    assert ledger.post([again], CNY) == [Outcome.KNOWN]


def test_entries_are_numbered_in_the_order_of_posting(institution):
    three = [
        Posting(MAIN, YU, 3),
        Posting(MAIN, "promoter:li:available", 1),
        Posting(MAIN, "tax:withheld", 2),
    ]
    ledger.post([Transfer("a1", "adjustment", START, three), adjustment("a2", 4)], CNY)
    ledger.post([adjustment("a3", 5)], CNY)

    assert list(Entry.objects.order_by("posting").values_list("amount", flat=True)) == [
        3,
        1,
        2,
        4,
        5,
    ]
    assert [line.key for line in queries.lines([YU], CNY)] == ["a1", "a2", "a3"]


def test_folded_accounts_collect_one_delta_for_each_batch(institution):
    ledger.post([adjustment(f"a{n}", 1) for n in range(10)], CNY)

    assert list(Delta.objects.values_list("amount", flat=True)) == [-10]
    assert queries.balances([MAIN], CNY) == {MAIN: -10}
    assert ledger.fold() == 1
    assert Delta.objects.count() == 0
    assert queries.balances([MAIN], CNY) == {MAIN: -10}


def test_more_than_there_is_is_refused_and_leaves_nothing(institution):
    ledger.post([adjustment("a1", 5_00)], CNY)
    before = _everything()
    good, bad = adjustment("a2", 1_00, "promoter:li:available"), adjustment("a3", 5_01, MAIN, YU)

    with pytest.raises(InsufficientBalance), transaction.atomic():
        ledger.post([good, bad], CNY)

    assert _everything() == before


def test_a_receivable_never_becomes_a_credit(institution):
    with pytest.raises(IntegrityError, match="balance_not_above_ceiling"), transaction.atomic():
        ledger.post([adjustment("a1", 1, "promoter:yu:receivable")], CNY)
    assert _everything() == ([], [], [])


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_that_is_not_positive_is_refused(institution, amount):
    with pytest.raises(IntegrityError, match="entry_amount_positive"), transaction.atomic():
        ledger.post([adjustment("a1", amount, MAIN, "channel:wechat")], CNY)
    assert _everything() == ([], [], [])


def test_a_kind_that_is_not_lawful_is_refused(institution):
    invite = Transfer("a1", "invite", START, [Posting(MAIN, YU, 1)])
    with pytest.raises(IntegrityError, match="transfer_kind_is_lawful"), transaction.atomic():
        ledger.post([invite], CNY)
    assert _everything() == ([], [], [])


def test_a_transfer_that_moves_nothing_is_our_bug(institution):
    with pytest.raises(InvariantBroken):
        ledger.post([Transfer("a1", "adjustment", START, [])], CNY)
    assert _everything() == ([], [], [])


@pytest.mark.parametrize(
    "mixed",
    [
        Posting("points:issued", YU, 5_00),
        Posting(MAIN, "promoter:yu:points", 5_00),
        Posting("promoter:yu:points", YU, 5_00),
    ],
)
def test_points_never_turn_into_money(institution, mixed):
    """Every unit balances by itself."""
    with pytest.raises(InvariantBroken):
        ledger.post([Transfer("a1", "adjustment", START, [mixed])], CNY)
    assert _everything() == ([], [], [])


def test_posting_outside_of_a_transaction_is_refused(committed_institution):
    with pytest.raises(InvariantBroken):
        ledger.post([adjustment("a1", 5_00)], CNY)
    assert _everything() == ([], [], [])


def _everything() -> tuple[list[object], list[object], list[object]]:
    """What the books hold: balances that are not 0, transfers, entries."""
    held = {code: amount for code, amount in queries.balances().items() if amount}
    return (
        sorted(held.items()),
        sorted(TransferRow.objects.values_list("id", flat=True)),
        sorted(Entry.objects.values_list("id", "amount")),
    )
