"""Those of the story's students who pay by a channel: through its cashier, like anybody."""

import time
from collections.abc import Mapping
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin

from kefen.commissions import actions as commissions
from kefen.ops.demo.channels import Emulated, line, set_clock
from kefen.ops.replay import events as ev
from kefen.ops.replay.runner import Runner
from kefen.orders import actions as orders
from kefen.platform import clock
from kefen.ports.payments import Method

_BACK = "http://127.0.0.1/"


class Story(Runner):
    """A replay in which the payments of some channels are made at their emulators."""

    def __init__(self, events: list[ev.Event], emulators: Mapping[str, Emulated]) -> None:
        super().__init__(events)
        self._emulators = emulators
        # Outside of every event: the clock is nobody's but the machine's.
        self._begun, self._began_at = clock.now(), time.monotonic()

    def _paid(self, event: ev.PaidEvent) -> None:
        emulator = self._emulators.get(event.channel)
        if emulator is None:
            super()._paid(event)
            return
        real = self._begun + timedelta(seconds=time.monotonic() - self._began_at)
        set_clock(emulator, (event.at - real).total_seconds())
        by = orders.PayBy(event.channel, Method.CODE)
        pay_at(orders.open_cashier(event.order, by, return_url=_BACK).stand_in)
        with clock.at(event.at):
            commissions.ask_about_payment(event.order, event.channel)
        self._plan_boards(event.at)


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")


def pay_at(page: str) -> None:
    """Press the pay button of an emulator's cashier, as a browser without script does."""
    browser = line()
    shown = browser.get(page)
    shown.raise_for_status()
    form = _Form()
    form.feed(shown.text)
    if form.action is None:
        raise RuntimeError(f"no form to pay by at {page}")
    answer = browser.post(urljoin(page, form.action), data={**form.hidden, "do": "pay"})
    if answer.status_code >= 400:
        answer.raise_for_status()
