"""A hand on an emulator: its control addresses, and a letter box for its notices."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from kefen.emulators.frame.clock import BEIJING

DAY = 24 * 60 * 60


@dataclass(slots=True)
class Hand:
    """Controls the emulator at this address."""

    address: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=10))

    def merchant(self, **wishes: Any) -> dict[str, str]:
        """A merchant's values for an adapter."""
        return self._post("merchants", wishes)["values"]

    def ahead(self, seconds: float) -> None:
        """Put the business clock ahead."""
        self._post("clock", {"ahead_seconds": seconds})

    def now(self) -> datetime:
        """The business clock, in Beijing."""
        told = self.client.get(f"{self.address}/emulator/clock").json()["now"]
        return datetime.fromisoformat(told).astimezone(BEIJING)

    def fault(self, fault: str, where: str = "", **more: Any) -> None:
        """Let this go wrong."""
        self._post("faults", [{"fault": fault, "where": where, **more}])

    def deliver(self, *, early: bool = False) -> int:
        """Deliver notices now."""
        return int(self._post("deliver", {"all": early})["delivered"])

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """The books."""
        return dict(self.client.get(f"{self.address}/emulator/state").json())

    def form(self, path: str, **values: str) -> httpx.Response:
        """Press a button on the phone."""
        return self.client.post(f"{self.address}/emulator/phone/{path}", data=values)

    def page(self, path: str, **values: str) -> httpx.Response:
        """Look at the phone."""
        return self.client.get(f"{self.address}/emulator/phone{path}", params=values)

    def _post(self, path: str, content: Any) -> Any:
        answer = self.client.post(f"{self.address}/emulator/{path}", json=content)
        assert answer.status_code < 300, answer.text
        return answer.json()


@dataclass(slots=True)
class Box:
    """Notices as they came; `status` is what the box answers."""

    address: str = ""
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append((headers, request.get_data()))
        return Response(status=self.status)(environ, start_response)

    def bodies(self) -> list[dict[str, Any]]:
        """What they said."""
        return [json.loads(body) for _, body in self.came]


@contextmanager
def letter_box() -> Iterator[Box]:
    """A receiver of notices on this machine."""
    box = Box()
    server = make_server("127.0.0.1", 0, box, threaded=True)
    box.address = f"http://127.0.0.1:{server.port}/notices"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
