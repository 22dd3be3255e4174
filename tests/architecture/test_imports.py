"""Who may import whom: layers by import-linter, and here what is private to a room."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kefen"
ROOMS = {
    "catalog",
    "commissions",
    "compliance",
    "ledger",
    "orders",
    "payouts",
    "programmes",
    "promoters",
    "reconciliation",
    "referrals",
    "risk",
    "splits",
    "standings",
    "statements",
}
OPEN = {"actions", "queries", "contracts"}


def modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_arrows_point_down() -> None:
    # The console script calls the same; through the interpreter it needs no PATH.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_show_each_other_only_actions_queries_and_contracts() -> None:
    """A face may name the models of the rows that queries hand it, and nothing else beyond."""
    found = []
    for path in modules():
        own = path.relative_to(SOURCE).parts[0]
        allowed = OPEN | {"models"} if own == "faces" else OPEN
        for name in imported(path):
            parts = name.split(".")
            foreign = parts[0] == "kefen" and len(parts) > 2 and parts[1] in ROOMS - {own}
            if foreign and parts[2] not in allowed:
                found.append(f"{path.relative_to(SOURCE)}: {name}")
    assert found == []


def test_faces_never_query_a_room_s_tables() -> None:
    found = []
    for path in modules():
        if path.relative_to(SOURCE).parts[0] == "faces":
            models = [name for name in imported(path) if ".models." in name]
            text = path.read_text("utf-8")
            found += [n for n in models if f"{n.rsplit('.', 1)[1]}.objects" in text]
    assert found == []


def test_core_imports_the_standard_library_alone() -> None:
    found = [
        f"{path.name}: {name}"
        for path in (SOURCE / "core").glob("*.py")
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("kefen.core.")
    ]
    assert found == []


def test_nobody_imports_the_tests() -> None:
    assert [path for path in modules() if any(n.startswith("tests") for n in imported(path))] == []
