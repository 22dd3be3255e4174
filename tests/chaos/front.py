"""Where notifications arrive over HTTP: our own view, behind a line that misbehaves, too."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from werkzeug.serving import WSGIRequestHandler, make_server


class Front:
    """Passes on to the view; sometimes it answers 503 and passes nothing on, sometimes 500 after
    the view has stored and answered, sometimes somebody else sends a copy that he changed."""

    def __init__(self, seed: int) -> None:
        self.struck: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._view = WSGIHandler()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock:
            roll = self._dice.random()
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            if roll < 0.04:
                return self._say(start, "503 Service Unavailable", "refused before")
            if roll > 0.96:
                status = self._ask(environ, body + b" ")
                self._note("forged", status)
                assert status.startswith(("401", "400")), status
            status = self._ask(environ, body)
            self._note("", status)
            if roll < 0.10:
                return self._say(start, "500 Internal Server Error", "failed after")
            start(status, [("Content-Length", "0")])
            return []
        finally:
            connections.close_all()

    def _ask(self, environ: dict[str, Any], body: bytes) -> str:
        said: list[str] = []
        asked = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        answer = self._view(asked, lambda status, headers, error=None: said.append(status))
        getattr(answer, "close", lambda: None)()
        return said[0]

    def _say(self, start: Callable[..., Any], status: str, what: str) -> list[bytes]:
        self._note(what, "")
        start(status, [("Content-Length", "0")])
        return []

    def _note(self, what: str, status: str) -> None:
        with self._lock:
            if what:
                self.struck[what] += 1
            elif status:
                self.answers[status[:3]] += 1


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def listening(front: Front) -> Iterator[str]:
    """Serve on a free port, one after the other, as the channel sends; gives the address."""
    server = make_server("127.0.0.1", 0, front, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
