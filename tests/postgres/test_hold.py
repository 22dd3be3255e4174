"""Sharing one server: the last one out stops it."""

import os
import subprocess
import sys

import pytest

from kefen.postgres import EmbeddedPostgres

from .conftest import FAST, ask

HOLDER = """
import sys
from pathlib import Path
from kefen.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"}).hold():
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(folder) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert started.stdout.readline() == "held\n"
    return started


def test_last_one_out_stops_the_server(folder):
    server = EmbeddedPostgres(folder, settings=FAST)
    with server.hold():
        with holder(folder) as other:
            with EmbeddedPostgres(folder).hold():
                assert ask(server, "SELECT 1") == (1,)
            assert server.running()
            other.communicate("out\n", timeout=30)
        assert server.running()
    assert not server.running()


def test_killed_holder_does_not_keep_the_server(folder):
    server = EmbeddedPostgres(folder, settings=FAST)
    with holder(folder) as killed, server.hold():
        killed.kill()
        killed.wait()
        assert server.running()
    assert not server.running()


def test_living_holder_keeps_the_server(folder):
    server = EmbeddedPostgres(folder, settings=FAST)
    with holder(folder) as other:
        with server.hold():
            pass
        assert server.running()
        other.communicate("out\n", timeout=30)
    assert not server.running()


def test_failure_inside_leaves_no_server(folder):
    server = EmbeddedPostgres(folder, settings=FAST)
    with pytest.raises(ZeroDivisionError), server.hold():
        _ = 1 / 0
    assert not server.running()
