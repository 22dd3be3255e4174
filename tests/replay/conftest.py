"""Playing a story of `stories.py`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.replay.play import read_output, replay, write_scenario
from tests.replay.statements import statement_problems
from tests.replay.stories import Story

Play = Callable[[dict[str, Any], Story], dict[str, Any]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Replay a story under a programme; answers what was written, statements checked."""

    def run(programme: dict[str, Any], story: Story) -> dict[str, Any]:
        folder = write_scenario(tmp_path / "scenario", programme, story.events)
        replay(folder, tmp_path / "out")
        assert statement_problems(tmp_path / "out") == []
        return read_output(tmp_path / "out")

    return run
