"""A malformed scenario is refused before anything happens, naming file, line and field."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kefen.platform.tenancy.models import Institution
from tests.replay.stories import course, programme, promoter, rule, version

Json = dict[str, Any]
Step = str | int

PROGRAMME: Json = programme(
    institution={
        "id": "zhixing",
        "name": "知行学堂",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
    },
    courses=[course("math"), course("art", category="art")],
    promoters=[
        promoter("yu", group="gold", account="s-yu", active_to="2027-01-01T00:00:00+08:00"),
        promoter("chen", inviter="yu"),
    ],
    versions=[
        version(
            policy={
                "model": "last_touch",
                "touch_scope": "course",
                "self_purchase": True,
                "binding_days": 3,
                "protection_days": 1,
            },
            level2=True,
            rules=[
                rule(
                    base="list",
                    level2={"percent_bps": 100},
                    **{"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"},
                ),
                rule("fix", {"fixed": 100}, promoter={"kind": "student"}),
                rule(
                    "ladder",
                    {
                        "tiered": {
                            "metric": "orders",
                            "period": "month",
                            "steps": [
                                {"from": 1, "percent_bps": 100},
                                {"from": 5, "fixed": 200},
                            ],
                        }
                    },
                    promoter={"group": "gold"},
                    course={"category": "exam"},
                ),
                rule("own", promoter={"promoter": "yu"}, course={"course": "math"}),
            ],
            points={"points_per_order": 1, "points_per_yuan": 2},
            boards=[
                {"metric": "sales", "period": "week", "prizes": [10, 5], "close_after_days": 7}
            ],
        ),
        version("2026-04-01T00:00:00+08:00"),
    ],
)
AT = "2026-03-02T10:00:00+08:00"
EVENTS: list[Json] = [
    {"type": "touch", "visitor": "v", "promoter": "yu", "course": "math"},
    {"type": "identify", "visitor": "v", "student": "s"},
    {
        "type": "order_placed",
        "order": "A",
        "student": "s",
        "lines": [{"line": 1, "course": "math", "quantity": 1, "paid": 100}],
        "code": "yu",
    },
    {"type": "order_paid", "order": "A", "channel": "wechat"},
    {"type": "order_cancelled", "order": "A"},
    {"type": "refund", "refund": "R1", "order": "A", "lines": [{"line": 1, "amount": 5}]},
    {"type": "refund", "refund": "R2", "order": "A", "amount": 5},
    {"type": "promoter_status", "promoter": "yu", "status": "suspended"},
    {"type": "promoter_group", "promoter": "yu", "group": "gold"},
    {"type": "withdraw", "withdrawal": "W", "promoter": "yu", "amount": 5},
    {"type": "payout_result", "withdrawal": "W", "result": "succeeded"},
    {"type": "tick"},
]
for _event in EVENTS:
    _event["at"] = AT

# What may be missing: what has a default in domain.md, and what replay.md names.
OPTIONAL = {
    "timezone", "model", "touch_scope", "self_purchase", "binding_days", "level2",
    "level2_allowed", "minimum", "base", "from", "to", "prizes", "points", "boards",
    "close_after_days",
}  # fmt: skip
NULLABLE = {
    "code", "group", "inviter", "account", "active_to", "from", "to", "close_after_days",
}  # fmt: skip


def walk(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from walk(inner, (*path, place))


def named(path: tuple[Step, ...]) -> str:
    """The field as the message names it."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def changed(document: Any, path: tuple[Step, ...], value: Any) -> Any:
    """A copy of the document with another value at a path; KeyError as value removes the key."""
    found = copy.deepcopy(document)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    if value is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return found


def may_be_null(path: tuple[Step, ...], in_events: bool) -> bool:
    *before, last = path
    if last == "group" and "rules" in before:
        return False
    if last == "level2":
        return "rules" in before
    if last == "course":
        return in_events and EVENTS[int(str(path[0]))]["type"] == "touch"
    return last in NULLABLE and not (last == "from" and "steps" in before)


def may_be_missing(path: tuple[Step, ...]) -> bool:
    return path[-1] in OPTIONAL and not (path[-1] == "from" and "steps" in path)


WRONG_TYPES: dict[type, tuple[Any, ...]] = {
    dict: ([], 1),
    list: ({}, 1),
    bool: (1, "true"),
    int: (1.0, True, "1"),
    str: (7, []),
    type(None): (7.5,),
}


def cases(document: Any, *, in_events: bool) -> Iterator[tuple[str, tuple[Step, ...], Any]]:
    """Every way in which one value can be of the wrong type, missing or too much."""
    for path, value in walk(document):
        if isinstance(value, dict):
            yield "unknown key", (*path, "surprise"), 1
        if not path or (in_events and len(path) == 1):
            continue
        for wrong in WRONG_TYPES[type(value)]:
            yield f"{json.dumps(wrong)} for {type(value).__name__}", path, wrong
        if isinstance(path[-1], str):
            if not may_be_null(path, in_events):
                yield "null", path, None
            if not may_be_missing(path):
                yield "missing", path, KeyError


def event_name(path: tuple[Step, ...]) -> str:
    place = int(str(path[0]))
    return f"{EVENTS[place]['type']} {place} {named(path[1:])}"


TYPES = [
    pytest.param("programme.json", path, value, id=f"{kind} {named(path)}")
    for kind, path, value in cases(PROGRAMME, in_events=False)
]
EVENT_TYPES = [
    pytest.param("events.jsonl", path, value, id=f"{kind} {event_name(path)}")
    for kind, path, value in cases(EVENTS, in_events=True)
]


@pytest.fixture
def refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[str | bytes | None, str | bytes | None], str]:
    """Replay two files as they are: refused with status 1, nothing written, no institution;
    answers the message."""

    def run(programme_file: str | bytes | None, events_file: str | bytes | None) -> str:
        scenario, out = tmp_path / "scenario", tmp_path / "out"
        scenario.mkdir()
        for name, content in (("programme.json", programme_file), ("events.jsonl", events_file)):
            if content is not None:
                raw = content.encode() if isinstance(content, str) else content
                (scenario / name).write_bytes(raw)
        before = Institution.objects.count()
        with pytest.raises(SystemExit) as stopped:
            call_command("replay", str(scenario), out=out)
        assert stopped.value.code == 1
        assert not out.exists()
        assert Institution.objects.count() == before
        printed = capsys.readouterr()
        assert printed.out == ""
        return printed.err

    return run


def jsonl(events: list[Json]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def test_the_whole_one_is_well_formed(tmp_path: Path) -> None:
    (tmp_path / "programme.json").write_text(json.dumps(PROGRAMME), "utf-8")
    (tmp_path / "events.jsonl").write_text(jsonl(EVENTS), "utf-8")
    call_command("replay", str(tmp_path), out=tmp_path / "out")
    assert (tmp_path / "out" / "ledger.jsonl").exists()


@pytest.mark.parametrize(("file", "path", "value"), TYPES + EVENT_TYPES)
def test_a_wrong_type_is_named(
    refused: Callable[..., str], file: str, path: tuple[Step, ...], value: Any
) -> None:
    if file == "programme.json":
        document = changed(PROGRAMME, path, value)
        message = refused(json.dumps(document, indent=1), jsonl(EVENTS))
        assert message.startswith("programme.json line ")
    else:
        number, path = int(str(path[0])), path[1:]
        events = [*EVENTS[:number], changed(EVENTS[number], path, value), *EVENTS[number + 1 :]]
        message = refused(json.dumps(PROGRAMME), jsonl(events))
        assert message.startswith(f"events.jsonl line {number + 1}: ")
    # A scope that is none of its kinds, or a reward, is named as a whole.
    parent = named(path[:-1])
    assert f" {named(path)}" in message or (bool(parent) and f" {parent}" in message)


def at(*path: Step) -> tuple[Step, ...]:
    return path


RULES = ("versions", 0, "rules")
STEPS = (*RULES, 2, "level1", "tiered", "steps")
LONG = "x" * 65
BAD_IDS = (".", "..", "", LONG, "a b", "a/b", "知", "a:b", "a\n")
PROGRAMME_VALUES = [
    *[(at("courses", 0, "id"), bad, "courses[0].id") for bad in BAD_IDS],
    *[(at("promoters", 0, "id"), bad, "promoters[0].id") for bad in (*BAD_IDS, "institution")],
    *[(at(*RULES, 0, "key"), bad, "versions[0].rules[0].key") for bad in BAD_IDS],
    (at("courses", 1, "id"), "math", "courses[1].id"),
    (at("promoters", 1, "id"), "yu", "promoters[1].id"),
    (at("promoters", 1, "inviter"), "nobody", "promoters[1].inviter"),
    (at("promoters", 1, "inviter"), "chen", "promoters[1].inviter"),
    (at("promoters", 0, "kind"), "boss", "promoters[0].kind"),
    (at("promoters", 0, "active_from"), "2026-03-01T00:00:00", "promoters[0].active_from"),
    (at("institution", "timezone"), "Asia/Nowhere", "institution.timezone"),
    (at("institution", "timezone"), "", "institution.timezone"),
    (at("institution", "currency"), "yuan", "institution.currency"),
    (at("platform", "max_rate_bps"), -1, "platform.max_rate_bps"),
    (at("platform", "max_rate_bps"), 4999, "versions[0]"),
    (at("withdrawal", "tax"), "flat", "withdrawal.tax"),
    (at("withdrawal", "minimum"), -1, "withdrawal.minimum"),
    (at("courses", 0, "price"), -1, "courses[0].price"),
    (at("courses", 0, "price"), 10**15 + 1, "courses[0].price"),
    (at("versions", 0, "points", "points_per_yuan"), 2**31, "versions[0].points.points_per_yuan"),
    (at("versions", 1, "effective_from"), "2026-03-01T00:00:00+08:00", "versions[1]"),
    (at("versions", 1, "effective_from"), "2026-02-28T15:59:59Z", "versions[1]"),
    (at("versions", 0, "attribution", "window_days"), 0, "versions[0].attribution.window_days"),
    (at("versions", 0, "attribution", "binding_days"), -1, "versions[0].attribution.binding_days"),
    (at("versions", 0, "attribution", "model"), "best", "versions[0].attribution.model"),
    (at("versions", 0, "attribution", "touch_scope"), "all", "versions[0].attribution.touch_scope"),
    (at("versions", 0, "hold_days"), -1, "versions[0].hold_days"),
    (at("versions", 0, "max_rate_bps"), 5001, "versions[0]"),
    (at("versions", 0, "points", "points_per_order"), -1, "versions[0].points.points_per_order"),
    (at("versions", 0, "boards", 0, "metric"), "clicks", "versions[0].boards[0].metric"),
    (at("versions", 0, "boards", 0, "period"), "year", "versions[0]"),
    (at("versions", 0, "boards", 0, "prizes"), [-1], "versions[0].boards[0].prizes[0]"),
    (at("versions", 0, "boards", 0, "prizes"), [1.0], "versions[0].boards[0].prizes[0]"),
    (at("versions", 0, "boards", 0, "close_after_days"), -1, "versions[0].boards[0]"),
    (at(*RULES, 0, "promoter"), {"promoter": "nobody"}, "versions[0].rules[0].promoter"),
    (at(*RULES, 0, "promoter"), {"any": False}, "versions[0].rules[0].promoter.any"),
    (at(*RULES, 0, "promoter"), {}, "versions[0].rules[0].promoter"),
    (at(*RULES, 0, "promoter"), {"any": True, "kind": "student"}, "versions[0].rules[0].promoter"),
    (at(*RULES, 0, "course"), {"course": "nothing"}, "versions[0].rules[0].course"),
    (at(*RULES, 0, "course"), {"any": 1}, "versions[0].rules[0].course.any"),
    (at(*RULES, 0, "base"), "net", "versions[0].rules[0].base"),
    (at(*RULES, 0, "from"), "2026-04-01T00:00:00Z", "versions[0].rules[0].from"),
    (at(*RULES, 0, "from"), "2026-04-02T00:00:00Z", "versions[0].rules[0].from"),
    (at(*RULES, 0, "level1"), {}, "versions[0].rules[0].level1"),
    (at(*RULES, 0, "level1"), {"percent_bps": 1, "fixed": 1}, "versions[0].rules[0].level1.fixed"),
    (at(*RULES, 0, "level1"), {"percent_bps": -1}, "versions[0].rules[0].level1.percent_bps"),
    (at(*RULES, 0, "level1"), {"percent_bps": 4901}, "versions[0]"),  # 4901 + 100 > 5000
    (at(*RULES, 1, "level1"), {"fixed": 5001}, "versions[0]"),  # of 10000 at 50 %
    (at(*RULES, 0, "level2"), {"tiered": {}}, "versions[0].rules[0].level2"),
    (at(*RULES, 0, "level2"), {"fixed": 3001}, "versions[0]"),  # 20 % + 3001 > 5000
    (at(*RULES, 3, "key"), "base", "versions[0]"),
    (at(*STEPS, 0, "from"), 2, "versions[0]"),
    (at(*STEPS, 0, "from"), 0, "versions[0]"),
    (at(*STEPS, 1, "from"), 1, "versions[0]"),
    (at(*STEPS, 1, "fixed"), 0, "versions[0]"),
    (at(*STEPS, 0, "percent_bps"), 0, "versions[0]"),
    (at(*STEPS), [], "versions[0]"),
    (at(*RULES, 2, "level1", "tiered", "metric"), "sales", "versions[0]"),  # starts at 1, not 0
    (at(*RULES, 2, "level1", "tiered", "period"), "week", "versions[0]"),
    (at(*RULES, 2, "level1", "tiered", "period"), "day", "versions[0]"),
]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    PROGRAMME_VALUES,
    ids=[f"{named(path)}={json.dumps(value)[:30]}" for path, value, _ in PROGRAMME_VALUES],
)
def test_a_wrong_value_in_the_programme_is_named(
    refused: Callable[..., str], path: tuple[Step, ...], value: Any, field: str
) -> None:
    message = refused(json.dumps(changed(PROGRAMME, path, value)), jsonl(EVENTS))
    assert message.startswith("programme.json line 1: ")
    assert f" {field}" in message


SAME_SCOPES = [
    pytest.param([{}, {}], id="both always"),
    pytest.param([{"to": "2026-04-01T00:00:00Z"}, {}], id="one without beginning"),
    pytest.param(
        [{"to": "2026-04-01T00:00:00.000001Z"}, {"from": "2026-04-01T00:00:00Z"}],
        id="by a microsecond",
    ),
]


@pytest.mark.parametrize("times", SAME_SCOPES)
def test_overlapping_rules_are_refused(refused: Callable[..., str], times: list[Json]) -> None:
    rules = [rule(f"k{place}", **time) for place, time in enumerate(times)]
    message = refused(json.dumps(programme(versions=[version(rules=rules)])), "")
    assert message.startswith("programme.json line 1: versions[0]: cannot be published")
    assert "k0" in message
    assert "k1" in message


def test_a_board_twice_is_refused(refused: Callable[..., str]) -> None:
    board = {"metric": "sales", "period": "day"}
    message = refused(json.dumps(programme(versions=[version(boards=[board, board])])), "")
    assert message.startswith("programme.json line 1: versions[0]: cannot be published")


EVENT_VALUES = [
    *[(2, at("order"), bad, "order") for bad in BAD_IDS],
    *[(3, at("order"), bad, "order") for bad in BAD_IDS],
    *[(3, at("channel"), bad, "channel") for bad in BAD_IDS],
    *[(5, at("refund"), bad, "refund") for bad in BAD_IDS],
    *[(9, at("withdrawal"), bad, "withdrawal") for bad in BAD_IDS],
    *[(10, at("withdrawal"), bad, "withdrawal") for bad in BAD_IDS],
    (1, at("at"), "2026-03-02T09:59:59.999999+08:00", "at"),  # before the line above
    (0, at("at"), "2026-03-02T10:00:00", "at"),
    (0, at("at"), "2026-03-02 10:00:00+08:00", "at"),
    (0, at("at"), "2026-03-02T10:00:00.1234567+08:00", "at"),
    (0, at("at"), "2026-03-02T10:00:00.+08:00", "at"),
    (0, at("at"), "2026-02-30T10:00:00+08:00", "at"),
    (0, at("at"), "2026-03-02T24:00:00+08:00", "at"),
    (0, at("at"), "2026-03-02T10:00:60+08:00", "at"),
    (0, at("at"), "2026-03-02T10:00+08:00", "at"),
    (0, at("at"), "2026-03-02T10:00:00+0800", "at"),
    (0, at("at"), "2026-03-02T10:00:00+08", "at"),
    (0, at("at"), "20260302T100000+08:00", "at"),
    (0, at("at"), "", "at"),
    (0, at("type"), "click", "type"),
    (2, at("lines"), [], "lines"),
    (2, at("lines", 0, "quantity"), 0, "lines[0].quantity"),
    (2, at("lines", 0, "paid"), -1, "lines[0].paid"),
    (2, at("lines", 0, "quantity"), 2**31, "lines[0].quantity"),
    (2, at("lines", 0, "line"), 2**31, "lines[0].line"),
    (5, at("lines", 0, "amount"), 0, "lines[0].amount"),
    (5, at("lines"), [], "lines"),
    (5, at("amount"), 5, "amount"),
    (5, at("amount"), None, "amount"),
    (6, at("lines"), None, "amount"),
    (6, at("amount"), 0, "amount"),
    (6, at("amount"), -1, "amount"),
    (7, at("status"), "left", "status"),
    (10, at("result"), "cancelled", "result"),
]


@pytest.mark.parametrize(
    ("number", "path", "value", "field"),
    EVENT_VALUES,
    ids=[f"{EVENTS[n]['type']} {named(p)}={json.dumps(v)[:30]}" for n, p, v, _ in EVENT_VALUES],
)
def test_a_wrong_value_in_an_event_is_named(
    refused: Callable[..., str], number: int, path: tuple[Step, ...], value: Any, field: str
) -> None:
    events = [*EVENTS[:number], changed(EVENTS[number], path, value), *EVENTS[number + 1 :]]
    message = refused(json.dumps(PROGRAMME), jsonl(events))
    assert message.startswith(f"events.jsonl line {number + 1}: {field}")


@pytest.mark.parametrize(
    ("number", "line", "field"),
    [(2, {"line": 1, "course": "art", "quantity": 1, "paid": 1}, "lines"),
     (5, {"line": 1, "amount": 1}, "lines")],
)  # fmt: skip
def test_a_line_number_twice_is_refused(
    refused: Callable[..., str], number: int, line: Json, field: str
) -> None:
    events = copy.deepcopy(EVENTS)
    events[number]["lines"].append(line)
    message = refused(json.dumps(PROGRAMME), jsonl(events))
    assert message.startswith(f"events.jsonl line {number + 1}: {field}")


GOOD = jsonl(EVENTS)
FILES = [
    pytest.param(None, GOOD, "programme.json: file: ", id="no programme"),
    pytest.param(json.dumps(PROGRAMME), None, "events.jsonl: file: ", id="no events"),
    pytest.param("", GOOD, "programme.json line 1: json: ", id="empty programme"),
    pytest.param("[]", GOOD, "programme.json line 1: object: ", id="list as programme"),
    pytest.param("{", GOOD, "programme.json line 1: json: ", id="broken programme"),
    pytest.param('{\n"a": 1,\n}', GOOD, "programme.json line 3: json: ", id="comma too many"),
    pytest.param("[" * 100_000, GOOD, "programme.json line 1: json: ", id="too deep"),
    pytest.param("\ufeff" + json.dumps(PROGRAMME), GOOD, "programme.json line 1: ", id="BOM"),
    pytest.param(b'{\n"\xff": 1}', GOOD, "programme.json line 2: file: ", id="no UTF-8"),
    pytest.param('{"a": NaN}', GOOD, "programme.json line 1: NaN: ", id="NaN"),
    pytest.param(
        '{"institution": {"id": "a",\n "id": "b"}}', GOOD, "programme.json line 2: id: ", id="twice"
    ),
    pytest.param(json.dumps(PROGRAMME), "\n", "events.jsonl line 1: line: ", id="only a newline"),
    pytest.param(json.dumps(PROGRAMME), GOOD + "\n", "events.jsonl line 13: ", id="empty at end"),
    pytest.param(json.dumps(PROGRAMME), GOOD + " \n", "events.jsonl line 13: ", id="a space"),
    pytest.param(json.dumps(PROGRAMME), GOOD + "\n" + GOOD, "events.jsonl line 13: ", id="between"),
    pytest.param(json.dumps(PROGRAMME), GOOD + "{}x", "events.jsonl line 13: json: ", id="rest"),
    pytest.param(json.dumps(PROGRAMME), GOOD + "[]", "events.jsonl line 13: object: ", id="list"),
    pytest.param(json.dumps(PROGRAMME), "\ufeff" + GOOD, "events.jsonl line 1: json: ", id="BOM 2"),
    pytest.param(
        json.dumps(PROGRAMME), GOOD.encode() + b"\xff", "events.jsonl line 13: file: ", id="bytes"
    ),
    pytest.param(
        json.dumps(PROGRAMME),
        '{"type": "tick", "at": "2026-03-02T10:00:00Z", "type": "tick"}',
        "events.jsonl line 1: type: ",
        id="key twice",
    ),
    pytest.param(
        json.dumps(PROGRAMME), '{"type": "tick", "at": "\\ud800"}', "events.jsonl line 1: at: ",
        id="half a letter",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("programme_file", "events_file", "beginning"), FILES)
def test_a_file_that_is_none_is_named(
    refused: Callable[..., str], programme_file: Any, events_file: Any, beginning: str
) -> None:
    assert refused(programme_file, events_file).startswith(beginning)


def test_the_line_of_the_programme_is_the_field_s() -> None:
    """Pretty-printed, one value a line: the message names the line of the wrong one."""
    from kefen.ops.replay.places import line_of

    text = json.dumps(PROGRAMME, indent=1)
    lines = text.split("\n")
    assert '"price"' in lines[line_of(text, "courses[1].price") - 1]
    assert '"minimum"' in lines[line_of(text, "withdrawal.minimum") - 1]
    # Something that is missing is looked for where it should stand.
    assert lines[line_of(text, "withdrawal.surprise") - 1].strip() == '"withdrawal": {'
