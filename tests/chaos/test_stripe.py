"""A hundred orders through a misbehaving Stripe end reconciled to the fen, with nothing paid
twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.run import Run, check, live, running
from tests.chaos.stripe import StripeSide


@pytest.fixture
def run(own_database: str, tmp_path: Path, monkeypatch, request) -> Iterator[Run]:
    seed = getattr(request, "param", 1)
    with running(StripeSide, tmp_path, monkeypatch, seed=seed) as started:
        yield started


# It runs with the long ones (make soak) until it was green with five seeds.
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_hundred_orders_end_reconciled_to_the_fen(run: Run) -> None:
    live(run, 100, halves=4, quiet=4)
    check(run)
