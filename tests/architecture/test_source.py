"""What a file may look like and may not contain (house.md)."""

import ast
import re
from pathlib import Path

from tests.architecture.test_imports import SOURCE, modules

VAGUE = {"utils", "helpers", "common", "manager", "service", "misc", "util", "helper"}
LINES, FUNCTION_LINES = 400, 60


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_no_file_says_nothing_by_its_name() -> None:
    found = [named(path) for path in modules() if {path.stem, *path.parent.parts} & VAGUE]
    assert found == []


def test_no_file_holds_two_things() -> None:
    long = {named(p): len(p.read_text("utf-8").splitlines()) for p in modules()}
    assert {name: count for name, count in long.items() if count > LINES} == {}


def test_no_function_holds_two_things() -> None:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                count = node.end_lineno - node.lineno + 1
                if count > FUNCTION_LINES:
                    found.append(f"{named(path)} {node.name}: {count}")
    assert found == []


# Files in which money or rates are decided; a float there is a fen lost one day.
MONEY = ("core", "ledger", "commissions", "orders", "payouts", "programmes", "splits", "standings")


def test_no_float_comes_near_money() -> None:
    found = []
    for path in modules():
        if path.relative_to(SOURCE).parts[0] not in MONEY:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            number = isinstance(node, ast.Constant) and isinstance(node.value, float)
            division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            called = isinstance(node, ast.Name) and node.id in {"float", "round"}
            if number or called or (division and path.name != "models.py"):
                found.append(f"{named(path)}:{node.lineno}")  # type: ignore[attr-defined]
    # models.py may divide in a CHECK: PostgreSQL divides integers to integers.
    assert found == []


CLOCKS = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|timezone\.now\(|time\.time\(")


def test_only_the_clock_reads_the_clock() -> None:
    found = [named(path) for path in modules() if CLOCKS.search(path.read_text("utf-8"))]
    # The sandbox is another company: its clock is the world's, whatever the demo's says.
    sandbox = {f"adapters/payments/sandbox/{name}.py" for name in ("channel", "signature")}
    # So are those of the emulators, which know nothing of the house.
    emulators = {"emulators/frame/clock.py"}
    # Signatures grow stale by the world's clock, too.
    channels = ("alipay/wire_format.py", "stripe/channel.py", "wechat_pay/signatures.py")
    adapters = {f"adapters/payments/{name}" for name in channels}
    assert set(found) == {"platform/clock.py"} | sandbox | emulators | adapters


def test_no_signals() -> None:
    found = [named(p) for p in modules() if "django.db.models.signals" in p.read_text("utf-8")]
    assert found == []
