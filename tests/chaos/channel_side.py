"""WeChat Pay's emulator as a process of its own, and what people do at its phone."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests import databases

OFTEN = 1_000_000  # a fault counts down from here, so that one sees how often it struck
HANGS = 1.5  # seconds; longer than the adapter waits

# What strikes in general, and how likely: (fault, where, probability).
FAULTS = (
    ("fail_before", "", 0.03),
    ("fail_after", "", 0.04),
    ("hang", "", 0.003),
    ("bad_signature", "", 0.02),
    ("lose", "notice", 0.12),
    ("duplicate", "notice", 0.10),
    ("delay", "notice", 0.10),
    ("reorder", "notice", 0.10),
    ("sign_test", "", 0.02),
    ("slow", "", 0.15),
    ("receiver_fails", "", 0.15),
    ("transfer_fails", "", 0.10),
    ("refund_closed", "", 0.06),
    ("statement_creating", "", 0.15),
)


class ChannelSide:
    """The emulator behind its control addresses."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.ahead = 0.0
        limits = httpx.Limits(max_keepalive_connections=0)
        self._control = httpx.Client(
            base_url=gateway, trust_env=False, timeout=30, limits=limits, follow_redirects=False
        )

    def merchant(self, **wishes: object) -> dict[str, str]:
        """A merchant: the fields of our account there."""
        made = self._control.post("/emulator/merchants", json=wishes)
        made.raise_for_status()
        values: dict[str, str] = made.json()["values"]
        return values

    def person(self, openid: str, name: str) -> None:
        """Somebody whom the channel knows by name."""
        told = self._control.post("/emulator/people", json={"openid": openid, "name": name})
        told.raise_for_status()

    def misbehave(self) -> None:
        """From now on everything goes wrong now and then."""
        wanted = [
            {"fault": fault, "where": where, "probability": likely, "times": OFTEN}
            | ({"seconds": HANGS} if fault == "hang" else {})
            for fault, where, likely in FAULTS
        ]
        self._control.post("/emulator/faults", json=wanted).raise_for_status()

    def struck(self) -> Counter[str]:
        """How often each fault struck so far."""
        listed = self._control.get("/emulator/faults").json()
        return Counter({one["fault"]: OFTEN - int(one["times"]) for one in listed})

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the channel's business ahead."""
        self.ahead += seconds
        told = self._control.post("/emulator/clock", json={"ahead_seconds": self.ahead})
        told.raise_for_status()

    def pay(self, *, code: str = "", url: str = "") -> bool:
        """The student pays what he scanned, or where he was sent; False where he cannot."""
        given = (
            {"code": code} if code else {"prepay_id": parse_qs(urlsplit(url).query)["prepay_id"][0]}
        )
        answer = self._control.post("/emulator/phone/pay", data={**given, "do": "pay"})
        return answer.status_code < 400

    def confirm(self, url: str) -> bool:
        """The promoter takes his money; False where he cannot any more."""
        package = parse_qs(urlsplit(url).query)["package_info"][0]
        form = {"package_info": package, "do": "confirm"}
        return self._control.post("/emulator/phone/receive", data=form).status_code < 400

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the channel has written down."""
        answer = self._control.get("/emulator/state")
        answer.raise_for_status()
        found: dict[str, list[dict[str, Any]]] = answer.json()
        return found

    def close(self) -> None:
        self._control.close()


@contextmanager
def channel(home: Path, *, seed: int) -> Iterator[ChannelSide]:
    """The emulator in a process of its own, as an integrator starts it."""
    command = [sys.executable, "-m", "kefen.config.cli", "emulate", "wechat", "--home", str(home)]
    process = subprocess.Popen(
        [*command, "--notice-scale", "0.03", "--seed", str(seed)],
        cwd=databases.ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    side = ChannelSide(process.stdout.readline().decode().split()[0])
    try:
        yield side
    finally:
        side.close()
        process.terminate()
        process.wait(20)
        process.stdout.close()
