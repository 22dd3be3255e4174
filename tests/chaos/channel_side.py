"""A channel's emulator as a process of its own, and what people do there.

What is one channel's own stands in `wechat.py`, `alipay.py` and `stripe.py`: which faults it knows,
how a student pays, where a promoter is paid, and what its books say in our words.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from kefen.ports.payments import Cashier, Method
from tests import databases
from tests.chaos.books import Books, Theirs


class Account(NamedTuple):
    """What an institution enters of its account at a channel."""

    gateway: str
    values: dict[str, str]


OFTEN = 1_000_000  # a fault counts down from here, so that one sees how often it struck

# What strikes everywhere, and how likely: (fault, where, probability).
FAULTS: tuple[tuple[str, str, float], ...] = (
    ("fail_before", "", 0.03),
    ("fail_after", "", 0.04),
    ("lose", "notice", 0.12),
    ("duplicate", "notice", 0.10),
    ("delay", "notice", 0.10),
    ("reorder", "notice", 0.10),
)


class ChannelSide:
    """The emulator behind its control addresses. `name` is the channel's, `emulator` what the
    command calls it; `methods` are the ways to pay, the first of which is the usual one; `start`
    is what a merchant has there to begin with."""

    name: str
    emulator: str
    currency = "CNY"
    methods: tuple[Method, Method] = (Method.CODE, Method.MOBILE)
    start = 3_000_00
    own_faults: tuple[tuple[str, str, float], ...] = ()
    # Seconds that the adapter waits: many, so that a slow machine is not taken for a channel that
    # hangs; that it does for longer, by this chance and so often.
    patience = 4.0
    hangs = (0.01, 3)
    authorises = False

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.ahead = 0.0
        limits = httpx.Limits(max_keepalive_connections=0)
        self.control = httpx.Client(
            base_url=gateway, trust_env=False, timeout=30, limits=limits, follow_redirects=False
        )

    # What each channel says of itself.

    def adapter(self, patch: pytest.MonkeyPatch) -> Any:
        """The adapter, with less patience than it has outside."""
        raise NotImplementedError

    def account(self, notify_url: str) -> Account:
        """Open an account there: its gateway, and the fields of ours."""
        raise NotImplementedError

    def payee(self, code: str, name: str) -> tuple[str, str]:
        """A promoter's account there, and the name that it is kept with."""
        raise NotImplementedError

    def pay(self, cashier: Cashier) -> bool:
        """The student pays where he was sent; False where he cannot."""
        raise NotImplementedError

    def confirm(self, url: str) -> bool:
        """The promoter takes his money; False where he cannot (any more)."""
        raise NotImplementedError

    def read(self, books: Books) -> Theirs:
        """What the channel wrote down, in our words."""
        raise NotImplementedError

    # What all emulators have.

    def merchant(self, **wishes: object) -> Account:
        """A merchant with these wishes."""
        made = self.control.post("/emulator/merchants", json=wishes)
        made.raise_for_status()
        told = made.json()
        return Account(told["gateway"], told["values"])

    def misbehave(self) -> None:
        """From now on everything goes wrong now and then."""
        wanted = [
            {"fault": fault, "where": where, "probability": likely, "times": OFTEN}
            for fault, where, likely in (*FAULTS, *self.own_faults)
        ]
        likely, times = self.hangs
        silent = {"fault": "hang", "probability": likely, "seconds": self.patience * 1.5}
        wanted.append({**silent, "times": times})
        self.control.post("/emulator/faults", json=wanted).raise_for_status()

    def struck(self) -> Counter[str]:
        """How often each fault struck so far."""
        found: Counter[str] = Counter()
        for one in self.control.get("/emulator/faults").json():
            if one["fault"] != "hang":
                found[one["fault"]] += OFTEN - int(one["times"])
        return found

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the channel's business ahead."""
        self.ahead += seconds
        told = self.control.post("/emulator/clock", json={"ahead_seconds": self.ahead})
        told.raise_for_status()

    def tell_all(self) -> bool:
        """Let it send all that it has to tell, due or not; True if there was nothing."""
        waiting = [one for one in self.books().get("notice", []) if one["state"] == "waiting"]
        if waiting:
            told = self.control.post("/emulator/deliver", json={"all": True}, timeout=120)
            told.raise_for_status()
        return not waiting

    def books(self) -> Books:
        """Everything that the channel has written down."""
        answer = self.control.get("/emulator/state")
        answer.raise_for_status()
        found: Books = answer.json()
        return found

    def close(self) -> None:
        self.control.close()


@contextmanager
def channel(kind: type[ChannelSide], home: Path, *, seed: int) -> Iterator[ChannelSide]:
    """The emulator in a process of its own, as an integrator starts it."""
    emulate = ["emulate", kind.emulator, "--home", str(home)]
    process = subprocess.Popen(
        [sys.executable, "-m", "kefen.config.cli", *emulate, *_PACE, "--seed", str(seed)],
        cwd=databases.ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    side = kind(process.stdout.readline().decode().split()[0])
    try:
        yield side
    finally:
        side.close()
        process.terminate()
        process.wait(20)
        process.stdout.close()


_PACE = ("--notice-scale", "0.03")
