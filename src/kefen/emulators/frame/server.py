"""A channel as a WSGI application, and how it is served."""

import ipaddress
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from kefen.emulators.frame.agenda import Agenda
from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.frame.clock import Clock
from kefen.emulators.frame.control import Control
from kefen.emulators.frame.faults import Faults
from kefen.emulators.frame.post_room import Answer, Letter, PostRoom, accepts_any_2xx

HANG = 30.0  # seconds, where the fault does not say


class Emulator:
    """What all channels share. A channel says who it is in the attributes and overrides the
    methods of the first half; `__call__` is the WSGI application."""

    title = "a channel"
    # Intervals in seconds between the attempts to deliver a notice.
    retries: Sequence[float] = (15, 15, 30, 180)
    # Fields by which documents are found, faults of its own, and what `state` does not show:
    # names of fields or of whole kinds.
    look_ups: Sequence[str] = ()
    own_faults: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()

    def __init__(self, home: Path, *, notice_scale: float = 1.0, seed: int = 0) -> None:
        self.books = Books(home / "books.sqlite3", look_ups=("state", "due", *self.look_ups))
        self.clock = Clock(self.books)
        self.agenda = Agenda(self.books, self.clock)
        # Apart from the books: a fault that made a request fail is used up all the same.
        self._fault_books = Books(home / "faults.sqlite3")
        self.faults = Faults(self._fault_books, seed=seed, known=self.own_faults)
        self.post_room = PostRoom(
            self.books,
            self.clock,
            self.faults,
            retries=self.retries,
            write=self.write_notice,
            accepted=self.accepted,
            tick=self.tick,
            scale=notice_scale,
        )
        routes = (*Control(self).routes(), *self.routes())
        rules = [Rule(one.path, methods=[one.method], endpoint=one) for one in routes]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False)

    # What a channel says of itself.

    def routes(self) -> Iterable[Route]:
        """Its addresses, and its pages under `/emulator/`."""
        raise NotImplementedError

    def make_merchant(self, call: Call, wanted: Document) -> tuple[str, dict[str, str]]:
        """A merchant with fresh keys: the gateway, and the fields of the adapter's account."""
        raise NotImplementedError

    def write_notice(self, notice: Document) -> Letter:
        """The letter of a notice (`notice["content"]`), signed for this moment."""
        raise NotImplementedError

    def accepted(self, answer: Answer) -> bool:
        """Whether the receiver of a notice has taken it."""
        return accepts_any_2xx(answer)

    def place(self, call: Call) -> str:
        """Where a request goes, for faults."""
        return call.route.place

    def admit(self, call: Call) -> None:
        """Verify who asks and set `call.merchant`; raise an HTTPException to refuse."""

    def finish(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """Sign the answer, for example. Also called for what `admit` or the handler refused."""
        return response

    def refuse(self, error: HTTPException) -> Response:
        """An error as the channel words it."""
        return Response(f"{error.description}\n", status=error.code, mimetype="text/plain")

    def break_down(self, call: Call) -> Response:  # noqa: ARG002
        """What the channel says when it fails (5xx)."""
        return Response("down\n", status=500, mimetype="text/plain")

    def tick(self) -> None:
        """What passes with time: expire, settle. Called before each request of the channel and
        each round of the post room, in a transaction."""

    # What the frame does.

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = self._answer(Request(environ))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            route, args = self._map.bind_to_environ(request.environ).match()
            if route.is_own and not _is_this_machine(request.remote_addr):
                raise NotFound
        except HTTPException as error:
            return self.refuse(error)
        call = Call(request, route, args, self.books)
        if route.is_own:
            return self._answer_own(call)
        return self._answer_channel(call)

    def _answer_own(self, call: Call) -> Response:
        try:
            if not call.route.transaction:
                return call.route.handler(call)
            with self.books.transaction():
                return call.route.handler(call)
        except HTTPException as error:
            return Response(f"{error.description}\n", status=error.code, mimetype="text/plain")

    def _answer_channel(self, call: Call) -> Response:
        place, mentioned = self.place(call), call.mentioned
        if self.faults.take("fail_before", place, mentioned):
            return self.break_down(call)
        try:
            with self.books.transaction():
                self.tick()
                self.admit(call)
                response = call.route.handler(call)
        except HTTPException as error:
            response = self.refuse(error)
        if self.faults.take("fail_after", place, mentioned):
            return self.break_down(call)
        if hang := self.faults.take("hang", place, mentioned):
            time.sleep(float(hang.get("seconds", HANG)))
        return self.finish(call, response)

    def close(self) -> None:
        """Stop sending and let go of the books."""
        self.post_room.stop()
        self.books.close()
        self._fault_books.close()


def _is_this_machine(address: str | None) -> bool:
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class _Quiet(WSGIRequestHandler):
    """Does not write a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def serve(emulator: Emulator, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` hears the address."""
    server = make_server(host, port, emulator, threaded=True, request_handler=_Quiet)
    emulator.post_room.start()
    try:
        ready(_address(server))
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        emulator.close()


@contextmanager
def running(emulator: Emulator, *, port: int = 0, delivering: bool = True) -> Iterator[str]:
    """Serve in a thread on a free port; gives the address. Without `delivering`, notices go out
    only when `/emulator/deliver` asks for it. The emulator is closed at the end."""
    server = make_server("127.0.0.1", port, emulator, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    if delivering:
        emulator.post_room.start()
    try:
        yield _address(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        emulator.close()


def _address(server: BaseWSGIServer) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}"
