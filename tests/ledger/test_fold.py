"""Folding the deltas of hot accounts while others post: nothing is lost, nothing counts twice."""

import threading
import time

from django.db import connection, transaction

from kefen.core.postings import Posting
from kefen.ledger import actions as ledger
from kefen.ledger import queries
from kefen.ledger.accounts import ensure_open
from kefen.ledger.contracts import Outcome, Transfer
from kefen.ledger.models import Delta
from kefen.platform.tenancy.scope import institution_id
from tests.concurrency.racing import race
from tests.factories import START

CNY = "CNY"
WRITERS, EACH = 4, 60
CHANNELS = [f"channel:c{number}" for number in range(6)]


def test_concurrent_folding_loses_nothing(committed_institution):
    done = [False] * WRITERS
    folded = race([_writer(number, done) for number in range(WRITERS)] + [_folder(done)] * 3)

    while ledger.fold():
        pass
    assert Delta.objects.count() == 0
    assert sum(folded[WRITERS:]) > 0
    balances = queries.balances([*CHANNELS, "institution:main"], CNY)
    total = WRITERS * sum(range(1, EACH + 1))
    assert balances["institution:main"] == total
    assert sum(balances[channel] for channel in CHANNELS) == -total


def test_control_folding_up_to_the_highest_number_seen_loses_money(committed_institution):
    """What the house does not do (ledger.md §3.5): a delta that commits late, under a number
    below the highest seen, is never folded. Without this loss the test above proves nothing."""
    with transaction.atomic():
        ensure_open(["institution:main", "channel:a", "channel:b"], CNY)

    naive, exact = _two_writers_the_first_commits_last()

    assert naive == 5_00
    assert exact == 12_00


def _two_writers_the_first_commits_last() -> tuple[int, int]:
    """Two entries in flight: the one with the lower number commits after the fold."""
    found: dict[str, int] = {}
    posted, folded = threading.Event(), threading.Event()

    def early_number_late_commit() -> None:
        with transaction.atomic():
            ledger.post([_transfer("first", 7_00, "channel:a")], CNY)
            posted.set()
            assert folded.wait(30)

    def fold_meanwhile() -> None:
        assert posted.wait(30)
        with transaction.atomic():
            ledger.post([_transfer("second", 5_00, "channel:b")], CNY)
        naive, highest = _naive_fold(0)
        ledger.fold()
        folded.set()
        found["naive"], found["highest"] = naive, highest

    race([early_number_late_commit, fold_meanwhile])
    late, _ = _naive_fold(found["highest"])
    ledger.fold()
    exact = queries.balances(["institution:main"], CNY)["institution:main"]
    return found["naive"] + late, exact


def _naive_fold(after: int) -> tuple[int, int]:
    """Sum what is above the highest posting number seen so far; answers the new mark too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0)::bigint, coalesce(max(posting), %s)"
            "  FROM ledger_entry WHERE institution_id = %s AND posting > %s",
            [after, institution_id(), after],
        )
        amount, highest = cursor.fetchone()
    return int(amount), int(highest)


def _transfer(key: str, amount: int, channel: str) -> Transfer:
    return Transfer(key, "adjustment", START, [Posting(channel, "institution:main", amount)])


def _writer(number: int, done: list[bool]):
    def write() -> int:
        try:
            for place in range(1, EACH + 1):
                with transaction.atomic():
                    channel = CHANNELS[(number + place) % len(CHANNELS)]
                    ledger.post([_transfer(f"a{number}-{place}", place, channel)], CNY)
        finally:
            done[number] = True
        return 0

    return write


def _folder(done: list[bool]):
    def fold() -> int:
        folded = 0
        while not all(done):
            folded += ledger.fold(limit=7)
            time.sleep(0.001)
        return folded

    return fold


def test_batches_with_the_same_keys_in_other_sequence_do_not_deadlock(committed_institution):
    """One waits for the other; both answer."""
    with transaction.atomic():
        ensure_open(["institution:main", *CHANNELS], CNY)
    for attempt in range(6):
        batch = [_transfer(f"{attempt}-{n}", 1 + n, CHANNELS[n % 6]) for n in range(400)]

        def post(transfers):
            with transaction.atomic():
                return ledger.post(transfers, CNY)

        answers = race([lambda b=b: post(b) for b in (batch, list(reversed(batch))) * 2])

        assert sum(answer.count(Outcome.POSTED) for answer in answers) == 400
        assert sum(answer.count(Outcome.KNOWN) for answer in answers) == 1200
