"""Random hard scenarios come out as the independent model says."""

from pathlib import Path

import pytest

from tests.replay.compare import differences
from tests.replay.generator import scenario
from tests.replay.model import Model
from tests.replay.play import read_output, replay, write_scenario
from tests.replay.statements import statement_problems


def check(seed: int, events: int, folder: Path) -> None:
    programme, history = scenario(seed, events)
    write_scenario(folder / "scenario", programme, history)
    replay(folder / "scenario", folder / "out")
    got = read_output(folder / "out")
    assert differences(got, Model(programme).run(history)) == []
    assert statement_problems(folder / "out") == []


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_random_scenario_is_as_the_model_says(seed: int, tmp_path: Path) -> None:
    check(seed, 160, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1300))
def test_many_random_scenarios_are_as_the_model_says(seed: int, tmp_path: Path) -> None:
    check(seed, 120 + seed % 7 * 40, tmp_path)
