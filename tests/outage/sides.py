"""The channels by name, each with its other side, and how one of them goes down."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kefen.adapters.payments.sandbox.models import Payout, Refund
from kefen.core.errors import ChannelUnavailable
from kefen.emulators import alipay, stripe
from kefen.emulators.frame.server import running
from tests.adapters.alipay_side import AlipaySide
from tests.adapters.post_box import PostBox
from tests.adapters.stripe_side import StripeSide
from tests.adapters.test_sandbox import SandboxSide
from tests.adapters.wechat_side import WeChatSide

CHANNELS = ("sandbox", "wechat_pay", "alipay", "stripe")
VERBS = (
    "collect",
    "close",
    "give_back",
    "query_payment",
    "query_refund",
    "pay_out",
    "query_payout",
)
OFTEN = 1_000_000  # a fault counts down from here, so that one sees how often it struck


@contextmanager
def other_side(name: str, home: Path) -> Iterator[Any]:
    """The adapter with its other side, which sends no notices: all that is known is asked for."""
    if name == "sandbox":
        yield SandboxSide()
    elif name == "wechat_pay":
        with closing(WeChatSide(home)) as side:
            yield side
    elif name == "alipay":
        emulator = alipay.build(home)
        with PostBox(answer=b"success") as box, running(emulator, delivering=False) as address:
            yield AlipaySide(address, emulator, box)
    else:
        with PostBox() as box, running(stripe.build(home), delivering=False) as address:
            yield StripeSide(address, box)


def control(side: Any) -> Any:
    """The way to the emulator's own addresses; None where there is none."""
    return getattr(side, "control", None) or getattr(side, "http", None)


def set_clock(side: Any, ahead: timedelta) -> None:
    """Let the channel's business be ahead by so much."""
    told = control(side)
    if told is not None:
        seconds = {"ahead_seconds": ahead.total_seconds()}
        told.post("/emulator/clock", json=seconds).raise_for_status()


class Outage:
    """A channel that is down: it refuses connections, or answers 5xx and counts how often."""

    def __init__(self, side: Any, *, answers: bool) -> None:
        self._side, self._answers = side, answers
        self.requests = 0

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """While this is entered."""
        with self._unreachable():
            if self._answers:
                wanted = {"fault": "fail_before", "times": OFTEN}
                control(self._side).post("/emulator/faults", json=wanted).raise_for_status()
            yield
            if self._answers:
                self._end()

    @contextmanager
    def _unreachable(self) -> Iterator[None]:
        with ExitStack() as stack:
            if control(self._side) is None:
                # The sandbox lives in our own database: nobody but a test keeps us away from it.
                gone = ChannelUnavailable(channel="sandbox")
                for verb in VERBS:
                    stack.enter_context(patch.object(self._side.channel, verb, side_effect=gone))
            elif not self._answers:
                stack.enter_context(self._side.down())
            yield

    def _end(self) -> None:
        found = control(self._side).get("/emulator/faults").json()
        (left,) = [one["times"] for one in found if one["fault"] == "fail_before"]
        self.requests = OFTEN - int(left)
        control(self._side).delete("/emulator/faults").raise_for_status()


def done(side: Any) -> tuple[int, int]:
    """How many refunds and payouts the channel has on its books."""
    told = control(side)
    if told is None:
        return Refund.objects.count(), Payout.objects.count()
    books = told.get("/emulator/state").json()
    return len(books.get("refund", [])), len(books.get("transfer", []))
