"""`/live/<token>`: a stream of server-sent events; `/live/<token>/now`: the same once, for polling.

A raw ASGI application beside Django: streams stay open for long and cost no thread. Who may watch
what is in the signed token alone.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from kefen.faces.live.hub import NO_ANSWER, Hub, Watch
from kefen.faces.live.shown import shown
from kefen.faces.web import tokens
from kefen.faces.web.tokens import Watched

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SILENCE_SECONDS: Final = 8.0  # a proxy that hears nothing for longer may hang up
RETRY_AFTER_SECONDS: Final = 5
_NOW: Final = "/now"


class Live:
    """Answers every address below `/live/`."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] != "GET":
            await _answer(send, 405, {"problem": "method_not_allowed"}, allow="GET")
            return
        rest = scope["path"].removeprefix(tokens.LIVE)
        token = rest.removesuffix(_NOW)
        watched = tokens.read_live(token)
        if watched is None:
            await _answer(send, 404, {"problem": "not_found"})
        elif rest != token:
            await self._now(watched, send)
        elif not self.hub.has_room(watched):
            await _full(send, "too_many_streams")
        else:
            await self._stream(token, watched, receive, send)

    async def _now(self, watched: Watched, send: Send) -> None:
        try:
            figures = await self.hub.once(watched)
        except NO_ANSWER:
            await _full(send, "database_unreachable")
            return
        if figures is None:
            await _answer(send, 404, {"problem": "not_found"})
        else:
            await _answer(send, 200, shown(figures))

    async def _stream(self, token: str, watched: Watched, receive: Receive, send: Send) -> None:
        headers = _headers("text/event-stream; charset=utf-8", {"x-accel-buffering": "no"})
        with self.hub.watching(watched) as watch:
            leaving = asyncio.create_task(_leave(receive, watch))
            try:
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await _speak(send, b"retry: 2000\n\n")
                await _tell(token, watch, send)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                leaving.cancel()


async def _tell(token: str, watch: Watch, send: Send) -> None:
    """Everything at first, then what changed, until the page leaves or its token is too old."""
    said: dict[str, str] = {}
    while not watch.over:
        if not await watch.told(SILENCE_SECONDS):
            await _speak(send, b": nothing known\n\n")
            continue
        if watch.over:
            return
        if watch.figures is None or tokens.read_live(token) is None:
            await _speak(send, b"event: expired\ndata: {}\n\n")
            return
        whole = shown(watch.figures)
        news = {name: text for name, text in whole.items() if said.get(name) != text}
        event = b"figures" if news else b"beat"
        await _speak(send, b"event: %s\ndata: %s\n\n" % (event, _json(news)))
        said = whole


async def _leave(receive: Receive, watch: Watch) -> None:
    """Notice that the browser hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
    watch.end()


async def _speak(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def _full(send: Send, problem: str) -> None:
    await _answer(send, 503, {"problem": problem}, retry_after=str(RETRY_AFTER_SECONDS))


async def _answer(send: Send, status: int, content: dict[str, str], **more: str) -> None:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    start = {"status": status, "headers": _headers("application/json", headers)}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": _json(content)})


def _headers(content_type: str, more: dict[str, str]) -> list[tuple[bytes, bytes]]:
    every = {
        "content-type": content_type,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **more,
    }
    return [(name.encode(), value.encode()) for name, value in every.items()]


def _json(content: dict[str, str]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
