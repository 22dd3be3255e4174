"""A thousand orders through a misbehaving WeChat Pay end reconciled to the fen, with nothing paid
twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.run import Run, check, live, running
from tests.chaos.wechat import WeChatSide


@pytest.fixture
def run(own_database: str, tmp_path: Path, monkeypatch, request) -> Iterator[Run]:
    seed = getattr(request, "param", 1)
    with running(WeChatSide, tmp_path, monkeypatch, seed=seed) as started:
        yield started


@pytest.mark.timeout(1200)  # two or three minutes on a quiet machine
def test_a_thousand_orders_end_reconciled_to_the_fen(run: Run) -> None:
    live(run, 1000, halves=6, quiet=4)
    check(run)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("run", [11, 12, 13], indirect=True)
def test_three_thousand_orders(run: Run) -> None:
    live(run, 3000)
    check(run)
