"""The web server as it is run: streams beside pages, files, forms, browsers that leave."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connections

from kefen.config.database import conninfo
from kefen.faces.web.tokens import Watched, live_address
from kefen.orders.queries import listed
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.promoters.queries import by_code
from tests.faces.conftest import compiled
from tests.faces.school import School, open_school
from tests.webhooks.processes import free_port, wait_until, web

pytestmark = pytest.mark.timeout(90)
STREAMS = 2


class Front:
    """A running server, and connections to it that nobody looks after."""

    def __init__(self, port: int, school: School) -> None:
        self.port, self.school = port, school
        self.here = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> httpx.Response:
        with httpx.Client(trust_env=False, timeout=10) as browser:
            return browser.get(self.here + path)

    def raw(self, request: str, *, end: bool = True) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall((request + ("\r\n\r\n" if end else "")).encode("latin-1"))
        return connection

    def stream(self, promoter: str = "yu") -> socket.socket:
        """An open stream; answers when its head is there."""
        watched = Watched(self.school.facts.id, "promoter", by_code(promoter).id)
        connection = self.raw(f"GET {live_address(watched)} HTTP/1.1\r\nHost: x")
        connection.recv(12)
        return connection


@pytest.fixture
def front(committed_institution: InstitutionFacts) -> Iterator[tuple[Front, ExitStack]]:
    """The server, and what stops it."""
    compiled()
    school, port = open_school(committed_institution), free_port()
    outside = {"KEFEN_PUBLIC_URL": f"http://127.0.0.1:{port}", "KEFEN_NOTIFY_URL": ""}
    with ExitStack() as stack:
        stack.enter_context(web(port, **outside, KEFEN_LIVE_STREAMS=str(STREAMS)))
        yield Front(port, school), stack


def test_pages_files_and_streams_share_one_port(front: tuple[Front, ExitStack]) -> None:
    server, _ = front
    stream = server.stream()
    assert any(b"event: figures" in line for line in stream.makefile("rb"))
    assert server.get("/healthz").json()["status"] == "ok"
    script = server.get("/static/web/live.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "customElements.define" in script.text
    assert server.get("/t/zhixing/c/maths").status_code == 200
    assert server.get("/live/nothing").status_code == 404
    assert server.get("/t/zhixing/?q=%E8%AF%BE%00").status_code == 400
    raw = server.raw("GET /t/zhixing/?q=\xe8\xaf\xbe HTTP/1.1\r\nHost: 127.0.0.1")
    assert raw.recv(12) == b"HTTP/1.1 200"
    stream.close()


def test_forms_arrive_whole_and_what_is_too_much_is_refused(
    front: tuple[Front, ExitStack],
) -> None:
    server, _ = front
    with httpx.Client(trust_env=False, timeout=10, base_url=server.here) as browser:
        page = browser.get("/t/zhixing/checkout/maths").text
        fields = {
            name: page.split(f'name="{name}" value="')[1].split('"')[0]
            for name in ("csrfmiddlewaretoken", "number", "attribution")
        }
        # A code that nobody has is ignored, however long it is: the order stands without it.
        typed = {**fields, "phone": "13700000001", "terms": "1", "promoter_code": "yu" * 50_000}
        assert browser.post("/t/zhixing/checkout/maths", data=typed).status_code == 302
        assert [row.total for row in listed()] == [299_00]
        more = {**typed, "phone": "1" * 4_000_000}
        assert browser.post("/t/zhixing/checkout/maths", data=more).status_code == 400


def test_browsers_that_leave_take_no_thread_with_them(front: tuple[Front, ExitStack]) -> None:
    """In the middle of a form, and in the middle of an answer."""
    server, _ = front
    for _ in range(settings.PAGE_THREADS + 2):
        half = "POST /t/zhixing/checkout/maths HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        half += (
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nx="
        )
        server.raw(half, end=False).close()
        server.raw("GET /static/web/phone.css HTTP/1.1\r\nHost: 127.0.0.1").close()
    for _ in range(settings.PAGE_THREADS + 2):
        assert server.get("/t/zhixing/").status_code == 200


def test_streams_are_limited_and_given_back(front: tuple[Front, ExitStack]) -> None:
    server, _ = front
    streams = [server.stream() for _ in range(STREAMS)]
    watched = Watched(server.school.facts.id, "promoter", by_code("yu").id)
    refused = server.get(live_address(watched))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    for stream in streams:
        stream.close()
    wait_until(lambda: opens(server), 10)


def opens(server: Front) -> bool:
    with server.stream() as stream:
        return b"503" not in stream.recv(40)


def test_connections_are_one_for_each_thread_and_none_is_left_in_a_transaction(
    front: tuple[Front, ExitStack],
) -> None:
    server, _ = front
    with server.stream():
        for _ in range(40):
            assert server.get("/t/zhixing/").status_code == 200
        with psycopg.connect(conninfo(connections.settings["default"])) as look:
            rows = look.execute(
                "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            ).fetchall()
    # This test's own and the hub's are among them.
    assert len(rows) <= settings.PAGE_THREADS + 3
    assert "idle in transaction (aborted)" not in {state for (state,) in rows}


def test_an_open_stream_does_not_keep_the_server(front: tuple[Front, ExitStack]) -> None:
    server, stack = front
    with server.stream() as stream:
        began = time.monotonic()
        stack.close()
        assert time.monotonic() - began < 5
        stream.settimeout(2)
        while stream.recv(4096):
            pass
