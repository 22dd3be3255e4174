"""WeChat Pay as the contracts drive it: the adapter, and the emulator in the same process."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx

from kefen.adapters.payments.wechat_pay.channel import WeChatPay
from kefen.adapters.payments.wechat_pay.connection import TIMEOUT, Timeout
from kefen.adapters.payments.wechat_pay.numbers import read_trade, write_bill, write_trade
from kefen.core.errors import InvalidInput, NotFound
from kefen.emulators.frame.server import running
from kefen.emulators.wechat import signing
from kefen.emulators.wechat.channel import WeChatPay as Emulator
from kefen.ports.merchants import Merchant
from kefen.ports.payments import Method
from tests.adapters.contract import HERE, Message, Person
from tests.adapters.post_box import PostBox

NOBODY_LISTENS = "http://127.0.0.1:9"
SECRETS = frozenset({"private_key", "api_v3_key"})


class WeChatSide:
    """One emulator, two merchants (`zhixing` and `another`), and a box for their notices."""

    currency = "CNY"
    person = Person("oPromoter0000000000000000001", "于晨")

    def __init__(self, home: Path, *, timeout: Timeout = TIMEOUT) -> None:
        self._stack = ExitStack()
        self.emulator = Emulator(home)
        self.box = self._stack.enter_context(PostBox())
        self.gateway = self._stack.enter_context(running(self.emulator, delivering=False))
        self.control = self._stack.enter_context(
            httpx.Client(base_url=self.gateway, trust_env=False)
        )
        self.notify_url = self.box.url
        self.merchants = {slug: self._new_merchant(slug) for slug in (HERE, "another")}
        self._reachable, self._wrong = True, set[str]()
        self.channel = WeChatPay(self._find, notify_url=lambda: self.notify_url, timeout=timeout)
        person = {"openid": self.person.account, "name": self.person.name}
        self.control.post("/emulator/people", json=person).raise_for_status()

    def close(self) -> None:
        self._stack.close()

    def _new_merchant(self, slug: str) -> Merchant:
        # Refunds of split payments are paid from what is available, so there is something.
        made = self.control.post("/emulator/merchants", json={"balance": 100_000}).json()
        filled = {field.name: made["values"].get(field.name, field.default) for field in FIELDS}
        return Merchant(
            institution=slug,
            gateway=made["gateway"],
            settings={name: text for name, text in filled.items() if name not in SECRETS},
            secrets={name: text for name, text in filled.items() if name in SECRETS},
            stand_in=True,
        )

    def _find(self, institution: str) -> Merchant:
        if institution not in self.merchants:
            raise NotFound(what=f"account of {institution}")
        found = self.merchants[institution]
        if self._reachable:
            return found
        return Merchant(institution, NOBODY_LISTENS, found.settings, found.secrets, stand_in=True)

    def merchant(self) -> Merchant:
        return self.merchants[HERE]

    def payer(self) -> str:
        return "oStudent00000000000000000001"

    def student_pays(self, order: str, method: Method | None = None) -> None:
        for found in reversed(self._orders(order)):
            if method is None or self._is_by(found, method):
                if order in self._wrong:
                    self._dearer(found)
                form = {"prepay_id": found["prepay_id"], "do": "pay"}
                self.control.post("/emulator/phone/pay", data=form)
                return

    def _dearer(self, found: dict[str, Any]) -> None:
        """A channel that errs by one fen is the emulator's books with one fen more."""
        with self.emulator.books.transaction() as books:
            books.put("order", found["key"], {**found, "total": found["total"] + 1})

    def _orders(self, order: str) -> list[dict[str, Any]]:
        with self.emulator.books.transaction() as books:
            every = books.find("order", merchant=self.merchant().settings["merchant_id"])
        return [one for one in every if _order_of(one["out_trade_no"]) == order]

    def _is_by(self, found: dict[str, Any], method: Method) -> bool:
        order = _order_of(found["out_trade_no"])
        return any(
            write_trade(order, method, attempt) == found["out_trade_no"] for attempt in range(20)
        )

    def deliver(self) -> None:
        self.control.post("/emulator/deliver", json={}).raise_for_status()

    def last_message(self) -> Message:
        self.deliver()
        return self.box.messages[-1]

    def messages(self) -> int:
        self.deliver()
        return len(self.box.messages)

    def signed_before(self, message: Message, ago: timedelta) -> Message:
        at, nonce = str(int(time.time() - ago.total_seconds())), "0123456789abcdef"
        text = signing.lines(at, nonce, message.body.decode())
        signed = {
            "wechatpay-timestamp": at,
            "wechatpay-nonce": nonce,
            "wechatpay-signature": signing.sign(self.emulator.key, text),
        }
        return Message({**message.headers, **signed}, message.body)

    def fault(self, fault: str, where: str = "", number: str = "", **more: object) -> None:
        wanted = {"fault": fault, "where": where, "number": number, "times": 1, **more}
        self.control.post("/emulator/faults", json=wanted).raise_for_status()

    def refuse(self, number: str) -> None:
        if number.startswith("wd"):
            self.fault("transfer_fails", number=write_bill(number))
        else:
            self.fault("refund_closed", number=number)

    def stay_silent(self, number: str) -> None:
        written = write_bill(number) if number.startswith("wd") else number
        for where in ("transfers", "refunds", "splits"):
            self.fault("fail_after", where, written)

    def speak_again(self, number: str) -> None:
        self.control.delete("/emulator/faults")

    def tell_wrong_amount(self, order: str) -> None:
        self._wrong.add(order)

    @contextmanager
    def down(self) -> Iterator[None]:
        self._reachable = False
        yield
        self._reachable = True

    def receiver_confirms(self, withdrawal: str) -> None:
        self._at_phone("transfer", write_bill(withdrawal), "confirm")

    def receiver_agrees(self, number: str) -> None:
        self._at_phone("authorisation", write_bill(number), "agree")

    def _at_phone(self, kind: str, number: str, do: str) -> None:
        key = f"{self.merchant().settings['merchant_id']}:{number}"
        with self.emulator.books.transaction() as books:
            found = books.get(kind, key)
        assert found is not None
        form = {"package_info": found["package_info"], "do": do}
        self.control.post("/emulator/phone/receive", data=form).raise_for_status()

    def pass_time(self, time: timedelta) -> None:
        ahead = self.emulator.clock.ahead() + time.total_seconds()
        told = self.control.post("/emulator/clock", json={"ahead_seconds": ahead})
        told.raise_for_status()

    def today(self) -> date:
        return datetime.fromtimestamp(
            self.emulator.clock.seconds(), timezone(timedelta(hours=8))
        ).date()


FIELDS = WeChatPay.fields


def _order_of(number: str) -> str:
    try:
        return read_trade(number)
    except InvalidInput:
        return ""
