"""Where the other side of a channel delivers its notifications in a test: a server of its own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.adapters.contract.notifications import Message


class PostBox:
    """Keeps what is posted to it, as it came, and answers `status` with `answer`.

    Used as a context; `url` is where to post. What is delivered twice (the same body) is kept once
    in `messages` and counted in `deliveries`.
    """

    def __init__(self, *, status: int = 200, answer: bytes = b"") -> None:
        self.status, self.answer = status, answer
        self.messages: list[Message] = []
        self.deliveries = 0
        box, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with lock:
                    box.deliveries += 1
                    if all(known.body != body for known in box.messages):
                        box.messages.append(Message(headers, body))
                self.send_response(box.status)
                self.send_header("content-length", str(len(box.answer)))
                self.end_headers()
                self.wfile.write(box.answer)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/channel/zhixing"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
