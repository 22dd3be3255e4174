"""Between storing and working, and in the middle of working, everything may stop."""

import signal
import subprocess
import sys

import pytest
from django.db import OperationalError, connection

from kefen.faces.api.webhooks_in.work import work
from kefen.platform.inbox import actions as inbox
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.webhooks.processes import wait_until, working
from tests.webhooks.shop import (
    PAID_BOOKS,
    Seen,
    books,
    commissions,
    id_of,
    paid,
    place,
    queued,
    seen,
    send,
)


def test_a_crash_before_the_outcome_books_nothing_and_leaves_it_open(
    own_shop: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    place("ord-1")
    send(paid("ord-1"))

    def crash(*_: object) -> None:
        assert books() == PAID_BOOKS, "it was booked in this transaction"
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "conclude", crash)
        with pytest.raises(OperationalError):
            work(id_of("evt-ord-1"))
    assert (books(), commissions()) == ({}, 0)
    assert seen("evt-ord-1") == Seen("received", "")
    work(id_of("evt-ord-1"))
    assert (books(), commissions()) == (PAID_BOOKS, 1)


def test_a_worker_finds_what_was_stored_before_the_crash(own_shop: InstitutionFacts) -> None:
    place("ord-1")
    send(paid("ord-1"))
    with working():
        wait_until(lambda: seen("evt-ord-1") == Seen("done", ""))
    assert (books(), commissions()) == (PAID_BOOKS, 1)
    assert queued("notifications.work") == []


_HANGS = """
import os, sys, time, django
django.setup()
from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.faces.api.webhooks_in import work
from kefen.ops import worker
from kefen.ports import registry
registry.register_payments(Sandbox())
booked = work.commissions.take_payment
def hang(*given, **named):
    booked(*given, **named)
    print("booked", flush=True)
    time.sleep(600)
work.commissions.take_payment = hang
worker.run(wait=True)
"""


def test_a_job_of_a_killed_worker_runs_again(own_shop: InstitutionFacts) -> None:
    place("ord-1")
    send(paid("ord-1"))
    victim = subprocess.Popen([sys.executable, "-c", _HANGS], stdout=subprocess.PIPE, text=True)
    try:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "booked\n"
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    assert (books(), commissions()) == ({}, 0), "its transaction went with it"
    assert queued("notifications.work") == [], "the job is nobody's: still running, it seems"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    with working():
        wait_until(lambda: seen("evt-ord-1") == Seen("done", ""))
    assert (books(), commissions()) == (PAID_BOOKS, 1)
