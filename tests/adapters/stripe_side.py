"""Stripe's other side in tests: the emulator on a loopback port, and accounts at it."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from kefen.adapters.payments.stripe.channel import Stripe
from kefen.core.errors import NotFound
from kefen.platform import clock
from kefen.ports.merchants import Merchant
from kefen.ports.payments import EventKind, Method
from tests.adapters.contract import HERE, Message, Person
from tests.adapters.post_box import PostBox

NOWHERE = "http://127.0.0.1:9"


class StripeSide:
    """The adapter with two accounts at an emulator; only the first has money and a webhook."""

    currency = "USD"

    def __init__(self, address: str, box: PostBox) -> None:
        self.address, self.box, self.notify_url = address, box, box.url
        self.control = httpx.Client(base_url=address, timeout=10)
        self.clock = ExitStack()
        self.ahead = timedelta()
        self.accounts = {
            HERE: self._open(HERE, {"webhook_url": box.url, "balance": {"usd": 1_000_000}}),
            "another": self._open("another", {}),
        }
        self.channel = Stripe(self._merchant_of)
        self.person = Person(self.connected_account())

    def _open(self, institution: str, wishes: dict[str, Any]) -> Merchant:
        made = self.control.post("/emulator/merchants", json=wishes).raise_for_status().json()
        bare = Merchant(institution, made["gateway"], {}, made["values"], stand_in=True)
        # What Stripe says of it stands among its settings, as `connect` keeps it.
        return replace(bare, settings=Stripe(self._merchant_of).identify(bare))

    def _merchant_of(self, institution: str) -> Merchant:
        if institution not in self.accounts:
            raise NotFound(what="account at stripe")
        return self.accounts[institution]

    def api(self, method: str, path: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The institution asks Stripe something that Kefen does not."""
        key = self.merchant().secrets["secret_key"]
        headers = {"Authorization": f"Bearer {key}"}
        answer = self.control.request(method, path, data=data, headers=headers)
        return dict(answer.raise_for_status().json())

    def connected_account(self, *, active: bool = True) -> str:
        """A promoter's account."""
        made = self.api("POST", "/v1/accounts", {"capabilities[transfers][requested]": "true"})
        if active:
            self.control.post(f"/connect/{made['id']}", data={"do": "agree"})
        return str(made["id"])

    def state(self, kind: str) -> list[dict[str, Any]]:
        """The emulator's books."""
        return list(self.control.get("/emulator/state").json().get(kind, []))

    def fault(self, fault: str, where: str, number: str = "", **more: Any) -> None:
        """Something is to go wrong."""
        content = [{"fault": fault, "where": where, "number": number, **more}]
        self.control.post("/emulator/faults", json=content).raise_for_status()

    def payer(self) -> str:
        return ""

    def student_pays(self, order: str, method: Method | None = None) -> None:
        known = [one for one in self.state("session") if one["client_reference_id"] == order]
        if known:
            self.control.post(f"/pay/{known[-1]['id']}", data={"do": "pay"})

    def told(self) -> list[Message]:
        """What was delivered and means something to us."""
        self.control.post("/emulator/deliver").raise_for_status()
        return [
            one
            for one in self.box.messages
            if self.channel.translate(HERE, one.body).kind is not EventKind.OTHER
        ]

    def last_message(self) -> Message:
        return self.told()[-1]

    def messages(self) -> int:
        return len(self.told())

    def signed_before(self, message: Message, ago: timedelta) -> Message:
        at = int(time.time() - ago.total_seconds())
        return self.signed(message.body, at)

    def signed(self, body: bytes, at: int | None = None) -> Message:
        """Any body, signed with the institution's secret."""
        at = int(time.time()) if at is None else at
        secret = self.merchant().secrets["webhook_secret"].encode()
        digest = hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()
        return Message({"stripe-signature": f"t={at},v1={digest}"}, body)

    def refuse(self, number: str) -> None:
        for where in ("refunds.create", "transfers.create"):
            self.fault("refuse", where, number, times=1)

    def stay_silent(self, number: str) -> None:
        for where in ("refunds.create", "transfers.create"):
            self.fault("fail_after", where, number, times=1)

    def speak_again(self, number: str) -> None:
        self.control.delete("/emulator/faults").raise_for_status()

    def tell_wrong_amount(self, order: str) -> None:
        self.fault("wrong_amount", "page", order, times=1)

    @contextmanager
    def down(self) -> Iterator[None]:
        before = self.accounts
        self.accounts = {name: replace(one, gateway=NOWHERE) for name, one in before.items()}
        yield
        self.accounts = before

    def receiver_confirms(self, withdrawal: str) -> None:
        pass

    def receiver_agrees(self, number: str) -> None:
        pass

    def pass_time(self, time: timedelta) -> None:
        self.ahead += time
        seconds = self.ahead.total_seconds()
        self.control.post("/emulator/clock", json={"ahead_seconds": seconds}).raise_for_status()
        self.clock.enter_context(clock.at(clock.now() + time))

    def today(self) -> date:
        now = self.control.get("/emulator/clock").json()["now"]
        return datetime.fromisoformat(now).date()

    def merchant(self) -> Merchant:
        return self.accounts[HERE]
