"""events.jsonl as values (replay.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kefen.core.states import PromoterStatus, WithdrawalState
from kefen.ops.replay.strict import LARGEST_QUANTITY, Malformed, Node, parse, read_text

FILE = "events.jsonl"
# Far enough from the edge of the calendar that every period of an event can be named.
_FIRST_YEAR = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """What all events have: their line in the file and their instant."""

    line: int
    at: datetime
    type: str


@dataclass(frozen=True, slots=True)
class TouchEvent(Event):
    visitor: str
    promoter: str
    course: str | None


@dataclass(frozen=True, slots=True)
class IdentifyEvent(Event):
    visitor: str
    student: str


@dataclass(frozen=True, slots=True)
class PlacedLine:
    line: int
    course: str
    quantity: int
    paid: int


@dataclass(frozen=True, slots=True)
class PlacedEvent(Event):
    order: str
    student: str
    lines: tuple[PlacedLine, ...]
    code: str | None


@dataclass(frozen=True, slots=True)
class PaidEvent(Event):
    order: str
    channel: str


@dataclass(frozen=True, slots=True)
class CancelledEvent(Event):
    order: str


@dataclass(frozen=True, slots=True)
class RefundEvent(Event):
    refund: str
    order: str
    lines: dict[int, int] | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class StatusEvent(Event):
    promoter: str
    status: PromoterStatus


@dataclass(frozen=True, slots=True)
class GroupEvent(Event):
    promoter: str
    group: str | None


@dataclass(frozen=True, slots=True)
class WithdrawEvent(Event):
    withdrawal: str
    promoter: str
    amount: int


@dataclass(frozen=True, slots=True)
class PayoutResultEvent(Event):
    withdrawal: str
    result: WithdrawalState


class _Status(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class _Result(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


def read_events(folder: Path) -> list[Event]:
    """Read and check events.jsonl. Raises Malformed."""
    rows = read_text(folder / FILE).split("\n")
    if rows[-1] == "":
        rows.pop()
    events: list[Event] = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            raise Malformed(FILE, number, "line", "is empty")
        event = _event(Node(parse(row, FILE, number), FILE, number), number)
        if events and event.at < events[-1].at:
            raise Malformed(FILE, number, "at", "is before the event above")
        events.append(event)
    return events


def _event(node: Node, line: int) -> Event:
    kind = node.text("type")
    at = node.instant("at")
    if at.year < _FIRST_YEAR:
        raise node.wrong("at", f"must not be before the year {_FIRST_YEAR}")
    if kind == "tick":
        event = Event(line, at, kind)
    else:
        reader = _READERS.get(kind)
        if reader is None:
            raise node.wrong("type", f"{kind} is not a known type")
        event = reader(node, line, at)
    node.done()
    return event


def _touch(node: Node, line: int, at: datetime) -> Event:
    course = node.nullable("course", node.text)
    return TouchEvent(line, at, "touch", node.text("visitor"), node.text("promoter"), course)


def _identify(node: Node, line: int, at: datetime) -> Event:
    return IdentifyEvent(line, at, "identify", node.text("visitor"), node.text("student"))


def _placed(node: Node, line: int, at: datetime) -> Event:
    lines = []
    for inner in node.nodes("lines", least=1):
        lines.append(
            PlacedLine(
                inner.count("line", 0),
                inner.text("course"),
                inner.count("quantity", 1, LARGEST_QUANTITY),
                inner.integer("paid", 0),
            )
        )
        inner.done()
    if len({placed.line for placed in lines}) < len(lines):
        raise node.wrong("lines", "a line number stands twice")
    code = node.nullable("code", node.text)
    order, student = node.code("order"), node.text("student")
    return PlacedEvent(line, at, "order_placed", order, student, tuple(lines), code)


def _paid(node: Node, line: int, at: datetime) -> Event:
    return PaidEvent(line, at, "order_paid", node.code("order"), node.code("channel"))


def _cancelled(node: Node, line: int, at: datetime) -> Event:
    return CancelledEvent(line, at, "order_cancelled", node.code("order"))


def _refund(node: Node, line: int, at: datetime) -> Event:
    amount, lines = None, None
    if node.has("lines"):
        if node.has("amount"):
            raise node.wrong("amount", "stands beside lines; only one of them may")
        lines = {}
        for inner in node.nodes("lines", least=1):
            number = inner.asked("line")
            if number in lines:
                raise inner.wrong("line", f"{number} stands twice")
            lines[number] = inner.asked("amount", 1)
            inner.done()
    elif node.has("amount"):
        amount = node.asked("amount", 1)
    else:
        raise node.wrong("lines or amount", "one of them must be there")
    return RefundEvent(line, at, "refund", node.code("refund"), node.code("order"), lines, amount)


def _status(node: Node, line: int, at: datetime) -> Event:
    status = PromoterStatus(node.choice("status", _Status).value)
    return StatusEvent(line, at, "promoter_status", node.text("promoter"), status)


def _group(node: Node, line: int, at: datetime) -> Event:
    group = node.nullable("group", node.text)
    return GroupEvent(line, at, "promoter_group", node.text("promoter"), group)


def _withdraw(node: Node, line: int, at: datetime) -> Event:
    number, promoter = node.code("withdrawal"), node.text("promoter")
    return WithdrawEvent(line, at, "withdraw", number, promoter, node.asked("amount"))


def _payout_result(node: Node, line: int, at: datetime) -> Event:
    result = WithdrawalState(node.choice("result", _Result).value)
    return PayoutResultEvent(line, at, "payout_result", node.code("withdrawal"), result)


_READERS: dict[str, Callable[[Node, int, datetime], Event]] = {
    "touch": _touch,
    "identify": _identify,
    "order_placed": _placed,
    "order_paid": _paid,
    "order_cancelled": _cancelled,
    "refund": _refund,
    "promoter_status": _status,
    "promoter_group": _group,
    "withdraw": _withdraw,
    "payout_result": _payout_result,
}
