"""The ASGI application that granian serves: one address, one port, two ways of working.

What stays open for long (`/live/`) is asynchronous and answered without Django's machinery. All
else is Django, synchronous, in threads: each thread keeps its own database connection, and Django's
signals at the begin and end of a request look after it, as under WSGI.
"""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from django.conf import settings

from kefen.config import database
from kefen.config.wsgi import application as django
from kefen.faces.live.figures import Reader
from kefen.faces.live.hub import Hub
from kefen.faces.live.stream import Live, Message, Receive, Scope, Send
from kefen.faces.web.tokens import LIVE
from kefen.ports import registry

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

# Whoever pays first shall not wait for a library.
registry.load_all()
reader = Reader(database.conninfo(settings.DATABASES["default"]), shifted=settings.DEMO)
live = Live(Hub(reader.read, limit=settings.LIVE_STREAMS))
pages = WSGIMiddleware(django, workers=settings.PAGE_THREADS)  # type: ignore[arg-type]  # looser than Django's


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to whom its path belongs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(LIVE):
        await live(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Django, with what a2wsgi wants: a query of ASCII (RFC 3986), `receive` as a coroutine."""

    async def received() -> Message:
        return await receive()

    if not scope.get("query_string", b"").isascii():
        scope = {**scope, "query_string": quote(scope["query_string"], safe="%&=+").encode()}
    await pages(scope, received, send)  # type: ignore[arg-type]  # its own typed dictionaries


async def _lifespan(receive: Receive, send: Send) -> None:
    """Streams end as soon as this process is told to stop: the server waits for open requests
    before it says that it shuts down."""
    await receive()
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        _before(number, lambda: loop.call_soon_threadsafe(live.hub.end))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    live.hub.end()
    await reader.close()
    await send({"type": "lifespan.shutdown.complete"})


def _before(number: int, act: Callable[[], object]) -> None:
    """Do something when a signal comes, and then what was done until now. The event loop hears of
    signals by another way (`signal.set_wakeup_fd`), which this leaves alone."""
    earlier = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        act()
        if callable(earlier):
            earlier(number, frame)

    signal.signal(number, handle)
