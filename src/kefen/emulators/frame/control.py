"""What a test or a person tells an emulator, under `/emulator/`; only from this machine.

The channel itself has no such addresses.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from kefen.emulators.frame import pages
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.frame.faults import UnknownFaultError

if TYPE_CHECKING:
    from kefen.emulators.frame.server import Emulator

HIDDEN = "(kept to itself)"


class Control:
    """The addresses that every emulator has."""

    def __init__(self, emulator: "Emulator") -> None:
        self._emulator = emulator

    def routes(self) -> Iterable[Route]:
        """All of them."""
        yield Route("GET", "/emulator/", self._front)
        yield Route("GET", "/emulator/state", self._state)
        yield Route("POST", "/emulator/merchants", self._merchants)
        yield Route("GET", "/emulator/clock", self._show_clock)
        yield Route("POST", "/emulator/clock", self._set_clock)
        yield Route("GET", "/emulator/faults", self._list_faults)
        yield Route("POST", "/emulator/faults", self._set_faults)
        yield Route("DELETE", "/emulator/faults", self._clear_faults)
        yield Route("POST", "/emulator/deliver", self._deliver, transaction=False)

    def _merchants(self, call: Call) -> Response:
        wanted = _body(call)
        if not isinstance(wanted, dict):
            raise BadRequest("an object of wishes, or nothing")
        gateway, values = self._emulator.make_merchant(call, wanted)
        return answer({"gateway": gateway, "values": values}, status=201)

    def _state(self, call: Call) -> Response:
        books = call.books
        return answer(
            {
                kind: [_without(one, self._emulator.private) for one in books.find(kind)]
                for kind in books.kinds()
                if kind not in self._emulator.private
            }
        )

    def _show_clock(self, call: Call) -> Response:  # noqa: ARG002
        clock = self._emulator.clock
        return answer({"ahead_seconds": clock.ahead(), "now": clock.now().isoformat()})

    def _set_clock(self, call: Call) -> Response:
        wanted = _body(call)
        try:
            self._emulator.clock.set_ahead(float(wanted["ahead_seconds"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise BadRequest('{"ahead_seconds": seconds}') from wrong
        return self._show_clock(call)

    def _list_faults(self, call: Call) -> Response:  # noqa: ARG002
        return answer(self._emulator.faults.listed())

    def _set_faults(self, call: Call) -> Response:
        wanted = _body(call)
        try:
            self._emulator.faults.set(wanted if isinstance(wanted, list) else [wanted])
        except UnknownFaultError as wrong:
            raise BadRequest(str(wrong)) from wrong
        return answer(self._emulator.faults.listed(), status=201)

    def _clear_faults(self, call: Call) -> Response:  # noqa: ARG002
        self._emulator.faults.clear()
        return Response(status=204)

    def _deliver(self, call: Call) -> Response:
        early = bool(_body(call).get("all"))
        return answer({"delivered": self._emulator.post_room.deliver(early=early)})

    def _front(self, call: Call) -> Response:
        books, clock = call.books, self._emulator.clock
        kinds = [(kind, len(books.find(kind))) for kind in books.kinds()]
        notices = [
            (one["topic"], one["mentioned"][:80], one["state"], len(one["attempts"]), one["url"])
            for one in reversed(books.find("notice")[-50:])
        ]
        return pages.page(
            f"Emulator of {self._emulator.title}",
            pages.paragraph("Nothing here is money, and nothing leaves this machine."),
            pages.paragraph(f"Business clock: {clock.now():%Y-%m-%d %H:%M:%S} UTC"),
            pages.link("/emulator/phone", "The phone: pay and confirm"),
            pages.link("/emulator/state", "The books as JSON"),
            "<h2>Books</h2>",
            pages.table(("Kind", "Documents"), kinds),
            "<h2>Notices</h2>",
            pages.table(("Topic", "About", "State", "Attempts", "Address"), notices),
            "<h2>Faults</h2>",
            pages.table(("Fault",), [(json.dumps(one),) for one in self._emulator.faults.listed()]),
        )


def answer(content: Any, *, status: int = 200) -> Response:
    """JSON for people and tests."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return Response(text + "\n", status=status, mimetype="application/json")


def _body(call: Call) -> Any:
    text = call.request.get_data()
    try:
        return json.loads(text) if text else {}
    except ValueError as wrong:
        raise BadRequest("not JSON") from wrong


def _without(document: Any, private: frozenset[str]) -> Any:
    """The document without what only the channel or its merchant may know."""
    if isinstance(document, dict):
        return {
            name: HIDDEN if name in private else _without(value, private)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [_without(one, private) for one in document]
    return document
