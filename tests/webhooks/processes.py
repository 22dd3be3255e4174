"""The worker and the web server as processes, on the database of the test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from kefen.ops.processes import serve_command


def environment(**more: str) -> dict[str, str]:
    """The surroundings of a process of this test. What it logs is scanned (tests/logs), also what
    an operator may turn on."""
    return {**os.environ, "KEFEN_SANDBOX": "1", "KEFEN_LOG_LEVEL": "INFO", **more}


@contextmanager
def working(**more: str) -> Iterator[None]:
    """A worker as `kefen up` runs it."""
    command = [sys.executable, "-m", "kefen.config.cli", "work"]
    worker = subprocess.Popen(command, env=environment(**more), start_new_session=True)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def wait_until(reached: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something is so; fails if it never is."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def web(port: int, **more: str) -> Iterator[None]:
    """The web server as `kefen up` runs it."""
    server = subprocess.Popen(
        serve_command("127.0.0.1", port), env=environment(**more), start_new_session=True
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)
