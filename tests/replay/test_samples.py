"""The sample scenarios come out as they must, to the fen."""

from pathlib import Path

import pytest

from tests.replay.compare import differences
from tests.replay.play import SCENARIOS, read_output, replay, rows
from tests.replay.statements import statement_problems

NAMES = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_the_expected_output(name: str, tmp_path: Path) -> None:
    summary = replay(SCENARIOS / name, tmp_path)
    got, want = read_output(tmp_path), read_output(SCENARIOS / name / "expected")
    assert differences(got, want) == []
    assert statement_problems(tmp_path) == []
    events = len(rows(SCENARIOS / name / "events.jsonl"))
    orders = len({row["order"] for row in want["attributions"]})
    assert summary == (
        f"replayed {events} events: {orders} orders, {len(want['commissions'])} commissions, "
        f"{len(want['refusals'])} refusals"
    )
