"""`kefen replay` as people call it: exit status, last line, and the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path

from tests.replay.play import SCENARIOS, replay


def kefen(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kefen.config.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_command_ends_with_its_figures_and_status_0(own_database: str, tmp_path: Path) -> None:
    done = kefen("replay", str(SCENARIOS / "article"), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        "replayed 44 events: 10 orders, 10 commissions, 0 refusals"
    )
    assert set(contents(tmp_path / "out")) == {
        "attributions.jsonl",
        "balances.json",
        "boards.json",
        "commissions.jsonl",
        "ledger.jsonl",
        "refusals.jsonl",
        "withdrawals.jsonl",
        "statements/institution.csv",
        "statements/chen.csv",
        "statements/yu.csv",
    }


def test_a_malformed_scenario_ends_with_status_1(own_database: str, tmp_path: Path) -> None:
    programme = (SCENARIOS / "article" / "programme.json").read_text("utf-8")
    (tmp_path / "programme.json").write_text(programme, "utf-8")
    (tmp_path / "events.jsonl").write_text('{"type": "tick"}\n', "utf-8")
    done = kefen("replay", str(tmp_path), "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "events.jsonl line 1: at: is missing\n"
    assert not (tmp_path / "out").exists()


def test_a_history_without_events_is_a_history(tmp_path: Path) -> None:
    programme = (SCENARIOS / "article" / "programme.json").read_text("utf-8")
    (tmp_path / "programme.json").write_text(programme, "utf-8")
    (tmp_path / "events.jsonl").write_text("", "utf-8")
    assert replay(tmp_path, tmp_path / "out") == (
        "replayed 0 events: 0 orders, 0 commissions, 0 refusals"
    )
    assert (tmp_path / "out" / "ledger.jsonl").read_bytes() == b""


def test_two_replays_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        replay(SCENARIOS / "everything-1", tmp_path / name)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_output_is_utf_8_with_sorted_keys(tmp_path: Path) -> None:
    replay(SCENARIOS / "article", tmp_path)
    first = (tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()[0]
    assert first.startswith('{"account": ')
    names = [part.split('"')[1] for part in first.strip("{}").split(", ")]
    assert names == ["account", "amount", "at", "key", "side"]
