"""Replaying a scenario inside this process, into the database of the test run."""

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management import call_command

from kefen.ops.audit import audit_institution
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.models import Institution

SCENARIOS = Path(__file__).parent / "scenarios"
PROGRAMME, EVENTS = "programme.json", "events.jsonl"


def replay(scenario: Path, out: Path) -> str:
    """Replay `scenario` into `out`; answers the last line of standard output.

    The books of the institution that was made are audited, because no replay may leave behind
    what the audit would complain about.
    """
    before = set(Institution.objects.values_list("id", flat=True))
    printed = io.StringIO()
    call_command("replay", str(scenario), out=out, stdout=printed)
    (made,) = set(Institution.objects.values_list("id", flat=True)) - before
    with scope.institution(made):
        findings = audit_institution()
    assert findings == []
    return printed.getvalue().splitlines()[-1]


def write_scenario(
    folder: Path, programme: Mapping[str, Any], events: Iterable[Mapping[str, Any]]
) -> Path:
    """Write a scenario as files; answers the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROGRAMME).write_text(json.dumps(programme, ensure_ascii=False), "utf-8")
    lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in events]
    (folder / EVENTS).write_text("".join(lines), "utf-8")
    return folder


def rows(path: Path) -> Any:
    """The content of an output file: a list of its lines, or one document."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    return [json.loads(line) for line in text.split("\n") if line]


def read_output(folder: Path) -> dict[str, Any]:
    """Everything that a replay wrote, by file name without ending; statements left out."""
    return {
        path.stem: rows(path)
        for path in sorted(folder.iterdir())
        if path.suffix in {".json", ".jsonl"}
    }
