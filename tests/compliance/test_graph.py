"""Who invited whom: counted, bounded, and looked at by a person."""

import pytest

from kefen.compliance import actions, queries
from kefen.compliance.contracts import AlarmState, Root
from kefen.compliance.models import GraphAlarm
from kefen.core.errors import InvalidInput, NotFound
from kefen.core.ids import uuid7
from kefen.core.terms import PromoterKind
from kefen.platform.audit.models import Record
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.models import Promoter
from kefen.promoters.queries import by_code
from tests.factories.terms import START


def invite(**inviters: str | None) -> None:
    """Enrol promoters by code, each with his inviter's code."""
    kind = PromoterKind.STUDENT
    enrol([Enrolment(code, kind, None, None, START, None, who) for code, who in inviters.items()])


def found() -> dict[str, tuple[int, int]]:
    return {root.code: (root.persons, root.depth) for root in queries.roots()[0]}


def many(root: str, number: int, start: int = 0) -> None:
    invite(**{f"{root}{n}": root for n in range(start, start + number)})


def test_roots_with_their_persons_and_depth(institution: object) -> None:
    invite(a=None, b="a", c="a", d="b", x=None, y="x", alone=None)
    assert found() == {"a": (3, 2), "x": (1, 1)}
    assert [one.code for one in queries.members(by_code("a").id, 9)] == ["b", "c", "d"]
    assert [one.inviter_code for one in queries.members(by_code("a").id, 9)] == ["a", "a", "b"]
    assert len(queries.members(by_code("a").id, 2)) == 2


def test_a_ring_ends_and_is_told(institution: object) -> None:
    invite(a="c", b="a", c="b", root=None, leaf="root")
    roots, rings = queries.roots()
    assert [root.code for root in roots] == ["root"]
    assert rings == 3
    assert {one.code for one in queries.members(by_code("a").id, 99)} >= {"b", "c"}
    assert len(queries.members(by_code("a").id, 99)) <= 4


def test_deeper_than_anybody_looks_is_bounded(institution: object) -> None:
    chain = {f"p{n}": f"p{n - 1}" if n else None for n in range(120)}
    invite(**chain)
    (root,), rest = queries.roots()
    assert (root.persons, root.depth, rest) == (100, 100, 19)


@pytest.mark.parametrize(
    ("persons", "depth", "levels", "alarming"),
    [(29, 1, 1, False), (30, 1, 1, True), (2, 2, 1, True), (2, 2, 2, False), (3, 3, 2, True)],
)
def test_when_a_person_has_to_look(persons: int, depth: int, levels: int, alarming: bool) -> None:
    root = Root(uuid7(), "a", "", persons, depth, 0)
    assert root.alarming(levels) is alarming


def test_an_alarm_is_noted_and_comes_back_when_it_grows(institution: object) -> None:
    invite(a=None)
    many("a", 29)
    actions.look()
    assert queries.waiting()["graph_alarms"] == 0
    many("a", 1, start=29)
    actions.look()
    alarm = GraphAlarm.objects.get()
    assert (alarm.persons, alarm.depth, alarm.state) == (30, 1, AlarmState.OPEN)
    with pytest.raises(InvalidInput):
        actions.note_alarm(alarm.promoter_id, "")
    actions.note_alarm(alarm.promoter_id, "同一班级")
    actions.look()
    assert queries.waiting()["graph_alarms"] == 0
    assert Record.objects.get(verb="graph_alarm.seen").details["persons"] == 30
    many("a", 1, start=30)
    actions.look()
    assert queries.waiting()["graph_alarms"] == 1


def test_an_alarm_that_is_none_any_more_goes(institution: object) -> None:
    invite(a=None, b="a", c="b")
    actions.look()
    assert GraphAlarm.objects.get().depth == 2
    Promoter.objects.filter(code="c").update(inviter_id=by_code("a").id)
    actions.look()
    assert not GraphAlarm.objects.exists()
    with pytest.raises(NotFound):
        actions.note_alarm(by_code("a").id, "gone")
