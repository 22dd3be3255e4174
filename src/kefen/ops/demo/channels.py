"""The demo's payment channels: emulators beside the product, and the school's accounts at them.

Emulators keep their books in files of their own, so a demo that is started again finds its orders
there. Their business clock follows the demo's, which can be pushed ahead.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
from django.conf import settings

from kefen.ops.processes import Child, kefen_command
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants import queries
from kefen.platform.tenancy.queries import clock_shift

HOST = "127.0.0.1"
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.5


@cache
def line() -> httpx.Client:
    """One line to all emulators: each new client would read this machine's certificates anew."""
    return httpx.Client(timeout=30, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Emulated:
    """An emulator by its name, the channel it stands for, and where it listens."""

    name: str
    channel: str
    address: str

    @property
    def home(self) -> Path:
        """Its books."""
        return settings.HOME / "emulators" / self.name


def emulated(port: int) -> tuple[Emulated, ...]:
    """The demo's emulators, for this machine alone, on the ports after the product's own."""
    names = (("wechat", "wechat_pay"), ("alipay", "alipay"))
    return tuple(
        Emulated(name, channel, f"http://{HOST}:{port + place}")
        for place, (name, channel) in enumerate(names, start=1)
    )


def child_of(one: Emulated, environment: Mapping[str, str]) -> Child:
    """An emulator as a process to be kept alive."""
    host, port = one.address.removeprefix("http://").rsplit(":", 1)
    command = [*kefen_command(), "emulate", one.name, "--host", host, "--port", port]
    return Child(f"{one.name} emulator", [*command, "--home", str(one.home)], environment)


def wait_for(one: Emulated) -> None:
    """Until it answers. Raises RuntimeError where it never does."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            line().get(f"{one.address}/emulator/clock", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the emulator of {one.name} does not answer at {one.address}")


def connect(one: Emulated) -> None:
    """Open the school's account at an emulator, or say where the emulator is by now."""
    known = queries.account(one.channel)
    if known is None:
        app = proofs.wechat_app()
        wishes = {"app_id": app.app_id} if app is not None and one.channel == "wechat_pay" else {}
        made = line().post(f"{one.address}/emulator/merchants", json=wishes, timeout=30)
        made.raise_for_status()
        merchants.connect(
            one.channel,
            values=made.json()["values"],
            gateway=made.json()["gateway"],
            splits=True,
            actor=SYSTEM,
        )
    elif not known.gateway.startswith(one.address):
        # Another port than last time; keys stay where they are.
        path = known.gateway.removeprefix("http://").partition("/")[2]
        merchants.connect(
            one.channel,
            values=dict(known.settings),
            gateway=f"{one.address}/{path}",
            active=known.active,
            splits=known.splits,
            actor=SYSTEM,
        )


def set_clock(one: Emulated, ahead_seconds: float) -> None:
    """Let an emulator's business day run ahead of real time, or behind."""
    told = {"ahead_seconds": ahead_seconds}
    line().post(f"{one.address}/emulator/clock", json=told, timeout=10).raise_for_status()


def silence(one: Emulated) -> None:
    """Let an emulator tell nothing: nobody listens while the story is told."""
    lost = [{"fault": "lose"}]
    line().post(f"{one.address}/emulator/faults", json=lost, timeout=10).raise_for_status()


def speak_again(one: Emulated) -> None:
    """Let it tell what happens from now on."""
    line().delete(f"{one.address}/emulator/faults", timeout=10).raise_for_status()


@contextmanager
def following_clock(all_: tuple[Emulated, ...]) -> Iterator[None]:
    """While inside, the emulators' clocks follow the demo's."""
    over = threading.Event()

    def follow() -> None:
        told: dict[str, float] = {}
        while not over.wait(_LOOK_SECONDS):
            ahead = clock_shift().total_seconds()
            for one in all_:
                if told.get(one.name) != ahead:
                    try:
                        set_clock(one, ahead)
                    except httpx.HTTPError:
                        continue  # it starts anew; the next look tells it
                    told[one.name] = ahead

    thread = threading.Thread(target=follow, name="emulator clocks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
