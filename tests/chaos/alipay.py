"""Alipay: its pages and its phone, and its books."""

from typing import Any

import httpx
import pytest

from kefen.adapters.payments.alipay import client, numbers
from kefen.adapters.payments.alipay.channel import Alipay
from kefen.platform.merchants.queries import merchants_of
from kefen.ports.payments import Cashier
from tests.chaos.books import Books, Theirs
from tests.chaos.channel_side import Account, ChannelSide


class AlipaySide(ChannelSide):
    """Payments, payouts and shares move one balance; fees are taken from it."""

    name = "alipay"
    emulator = "alipay"
    own_faults = (
        ("bad_signature", "", 0.02),
        ("unknown", "", 0.03),
        ("share_fails", "", 0.15),
        ("refuse", "alipay.fund.trans.uni.transfer", 0.10),
        ("refuse", "alipay.trade.refund", 0.06),
    )

    def adapter(self, patch: pytest.MonkeyPatch) -> Any:
        patch.setattr(client, "SECONDS", httpx.Timeout(self.patience, connect=1))
        return Alipay(merchants_of(self.name))

    def account(self, notify_url: str) -> Account:
        return self.merchant(balance=self.start, app_gateway=notify_url)

    def payee(self, code: str, name: str) -> tuple[str, str]:
        return f"{code}@example.com", name

    def pay(self, cashier: Cashier) -> bool:
        if cashier.code:
            answer = self._tap("/emulator/phone", {"code": cashier.code, "do": "pay"})
            return answer is not None and "支付成功" in answer.text
        try:
            page = self.control.get(cashier.url)
        except httpx.HTTPError:
            return False
        at = page.headers.get("location", "")
        answer = self._tap(at, {"do": "pay"}) if at else None
        return answer is not None and answer.status_code < 400

    def _tap(self, at: str, form: dict[str, str]) -> httpx.Response | None:
        return self.control.post(at, data=form)

    def confirm(self, url: str) -> bool:
        return False

    def read(self, books: Books) -> Theirs:
        (merchant,) = books["merchant"]
        return Theirs(
            payments=[
                (numbers.read(one["out_trade_no"]), one["total"])
                for one in books["trade"]
                if one["paid"]
            ],
            refunds=[
                (numbers.read(one["out_request_no"]), one["amount"])
                for one in books.get("refund", [])
            ],
            transfers=[
                (numbers.read(one["out_biz_no"]), one["amount"])
                for one in books.get("transfer", [])
                if one["status"] == "SUCCESS"
            ],
            shares=[
                (share["account"], share["amount"])
                for one in books.get("settlement", [])
                for share in one["details"]
                if share["state"] == "SUCCESS"
            ],
            moved=merchant["balance"] - self.start,
        )
