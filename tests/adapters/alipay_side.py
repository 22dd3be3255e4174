"""The other side of Alipay: its emulator, with two schools' accounts at it."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qsl

import httpx

from kefen.adapters.payments.alipay import numbers
from kefen.adapters.payments.alipay.channel import Alipay
from kefen.adapters.payments.alipay.wire_format import BEIJING
from kefen.core.errors import NotFound
from kefen.emulators.alipay.server import Alipay as Emulator
from kefen.platform import clock
from kefen.ports.merchants import Merchant
from kefen.ports.payments import Cashier, Collect, Method
from tests.adapters.contract import HERE, Message, Person
from tests.adapters.post_box import PostBox


class Opening(Alipay):
    """The adapter, and what it opened."""

    opened: dict[tuple[str, Method], Cashier]

    def collect(self, request: Collect) -> Cashier:
        cashier = super().collect(request)
        self.opened[request.order, request.method] = cashier
        self.opened[request.order, Method.IN_APP] = cashier  # whichever was the last
        return cashier


class AlipaySide:
    """Everything goes over HTTP, as with the real one."""

    currency = "CNY"
    person = Person("promoter@example.com", "于晨")

    def __init__(self, address: str, emulator: Emulator, box: PostBox, *, mode: str = "") -> None:
        self.address, self.emulator, self.box = address, emulator, box
        self.notify_url = box.url
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=10, verify=False)  # noqa: S501 - no TLS
        self.merchants = {slug: self.connect(slug, mode) for slug in (HERE, "another")}
        self.channel = Opening(self.merchant_of)
        self.channel.opened = {}
        self.clock = ExitStack()
        self.ahead = timedelta()

    def connect(self, slug: str, mode: str) -> Merchant:
        wanted = {"app_gateway": self.notify_url, "mode": mode}
        made = self.http.post("/emulator/merchants", json=wanted).json()
        values = made["values"]
        secret = {"private_key": values.pop("private_key")}
        defaults = {"transfer_scene_name": "佣金报酬", "split_maximum_bps": "3000"}
        return Merchant(slug, made["gateway"], defaults | values, secret, stand_in=True)

    def merchant_of(self, institution: str) -> Merchant:
        if institution not in self.merchants:
            raise NotFound(what="account at alipay")
        return self.merchants[institution]

    def merchant(self) -> Merchant:
        return self.merchants[HERE]

    def payer(self) -> str:
        return ""

    def visit(self, order: str, method: Method | None = None) -> str:
        """The student looks at the cashier; answers where he is then."""
        cashier = self.channel.opened[order, method or Method.IN_APP]
        address = cashier.url or cashier.stand_in
        return str(self.http.get(address, follow_redirects=True).url)

    def student_pays(self, order: str, method: Method | None = None) -> None:
        at = self.visit(order, method)
        code = re.search(r"[?&]code=", at)
        if code is not None:
            cashier = self.channel.opened[order, method or Method.IN_APP]
            self.http.post("/emulator/phone", data={"code": cashier.code, "do": "pay"})
        elif "/cashier/" in at:
            self.http.post(at, data={"do": "pay"})

    def deliver(self) -> None:
        self.http.post("/emulator/deliver")

    def last_message(self) -> Message:
        self.deliver()
        return self.box.messages[-1]

    def messages(self) -> int:
        self.deliver()
        return len(self.box.messages)

    def signed_before(self, message: Message, ago: timedelta) -> Message:
        """Alipay's time stands in the body and is signed with it."""
        told = dict(parse_qsl(message.body.decode(), keep_blank_values=True))
        at = (clock.now() - self.ahead - ago).astimezone(BEIJING)
        if "utc_timestamp" in told:
            told["utc_timestamp"] = str(int(at.timestamp() * 1000))
        else:
            told["notify_time"] = at.strftime("%Y-%m-%d %H:%M:%S")
        return self.sign(told)

    def sign(self, told: dict[str, str]) -> Message:
        """A notification as the emulator signs it."""
        content = {name: value for name, value in told.items() if name not in {"sign", "sign_type"}}
        letter = self.emulator.write_notice({"content": content})
        return Message({name.lower(): text for name, text in letter.headers.items()}, letter.body)

    def fault(self, fault: str, number: str = "", **more: object) -> None:
        wanted = {"fault": fault, "number": numbers.written(number), **more}
        assert self.http.post("/emulator/faults", json=wanted).status_code == 201

    def refuse(self, number: str) -> None:
        self.fault("refuse", number, times=1)

    def stay_silent(self, number: str) -> None:
        for place in (
            "alipay.trade.refund",
            "alipay.fund.trans.uni.transfer",
            "alipay.trade.order.settle",
        ):
            self.fault("fail_after", number, where=place)

    def speak_again(self, number: str) -> None:
        self.http.delete("/emulator/faults")

    def tell_wrong_amount(self, order: str) -> None:
        self.fault("wrong_amount", order)

    @contextmanager
    def down(self) -> Iterator[None]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nobody = f"http://127.0.0.1:{free.getsockname()[1]}/gateway.do"
        before = dict(self.merchants)
        for slug, merchant in before.items():
            self.merchants[slug] = replace(merchant, gateway=nobody)
        yield
        self.merchants.update(before)

    def receiver_confirms(self, withdrawal: str) -> None:
        pass

    def receiver_agrees(self, number: str) -> None:
        pass

    def pass_time(self, time: timedelta) -> None:
        self.ahead += time
        self.http.post("/emulator/clock", json={"ahead_seconds": self.ahead.total_seconds()})
        self.clock.enter_context(clock.at(clock.now() + time))

    def today(self) -> date:
        return clock.now().astimezone(BEIJING).date()
