"""`kefen up`: children that are killed come back, and nothing is left when it stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import pytest

from tests.webhooks.processes import environment, free_port, wait_until


@contextmanager
def up(port: int) -> Iterator[psutil.Popen]:
    command = [sys.executable, "-m", "kefen.config.cli", "up", "--no-migrate", "--port", str(port)]
    process = psutil.Popen(command, env=environment(), start_new_session=True)
    try:
        yield process
    finally:
        if process.is_running():
            process.kill()
            process.wait(30)


def health(port: int) -> dict[str, Any]:
    try:
        with httpx.Client(trust_env=False, timeout=2) as browser:
            found: dict[str, Any] = browser.get(f"http://127.0.0.1:{port}/healthz").json()
            return found
    except httpx.HTTPError:
        return {}


def is_well(port: int) -> bool:
    found = health(port)
    heard = found.get("worker_heard_seconds")
    return found.get("status") == "ok" and heard is not None and heard < 10


def family(process: psutil.Popen) -> list[psutil.Process]:
    return [*process.children(recursive=True)]


def child(process: psutil.Popen, word: str) -> psutil.Process:
    (found,) = [one for one in process.children() if word in one.cmdline()]
    return found


@pytest.mark.usefixtures("own_shop")
def test_killed_children_come_back_and_nothing_is_left() -> None:
    port = free_port()
    with up(port) as process:
        wait_until(lambda: is_well(port))
        worker, web = child(process, "work"), child(process, "granian")
        served = web.children()
        worker.kill()
        web.kill()
        wait_until(lambda: not any(one.is_running() for one in served), 10)
        wait_until(lambda: is_well(port) and len(process.children()) == 2)
        assert child(process, "work").pid != worker.pid
        # granian's own worker: granian brings it back.
        (served_by,) = child(process, "granian").children()
        served_by.kill()
        wait_until(lambda: is_well(port))
        left = family(process)
        assert len(left) >= 3
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
        assert [one for one in left if one.is_running()] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the leash is Linux's")
@pytest.mark.usefixtures("own_shop")
def test_killed_outright_it_leaves_no_orphans() -> None:
    port = free_port()
    with up(port) as process:
        wait_until(lambda: is_well(port))
        left = family(process)
        process.kill()
        process.wait(10)
        wait_until(lambda: not any(one.is_running() for one in left))
        assert health(port) == {}


@pytest.mark.usefixtures("own_shop")
def test_a_port_that_is_taken_is_refused_in_words() -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        time.sleep(1)
        command = [sys.executable, "-m", "kefen.config.cli", "up", "--port", str(port)]
        answer = subprocess.run(
            command, env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
        os.kill(other.pid, signal.SIGTERM)
    assert answer.returncode != 0
    assert f"127.0.0.1:{port} is not free" in answer.stderr
