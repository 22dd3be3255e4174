"""WeChat Pay: a phone that pays and takes, and its books."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kefen.adapters.payments.wechat_pay.channel import WeChatPay
from kefen.adapters.payments.wechat_pay.numbers import read_bill, read_number, read_trade
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants.queries import merchants_of
from kefen.ports.payments import Cashier
from tests.chaos.books import Books, Theirs
from tests.chaos.channel_side import OFTEN, Account, ChannelSide

OPERATION = 10_000_000_00  # what a merchant has in its other purse to begin with


class WeChatSide(ChannelSide):
    """Payouts are paid from a purse of their own."""

    name = "wechat_pay"
    emulator = "wechat"
    authorises = True
    patience = 0.75
    hangs = (0.003, OFTEN)
    own_faults = (
        ("bad_signature", "", 0.02),
        ("sign_test", "", 0.02),
        ("slow", "", 0.15),
        ("receiver_fails", "", 0.15),
        ("transfer_fails", "", 0.10),
        ("refund_closed", "", 0.06),
        ("statement_creating", "", 0.15),
    )

    def adapter(self, patch: pytest.MonkeyPatch) -> Any:
        return WeChatPay(
            merchants_of(self.name),
            notify_url=lambda: notify_url(self.name),
            timeout=(1.0, self.patience),
        )

    def account(self, notify_url: str) -> Account:
        return self.merchant(balance=self.start)

    def payee(self, code: str, name: str) -> tuple[str, str]:
        openid = f"oPromoter{code:0>19}"
        told = self.control.post("/emulator/people", json={"openid": openid, "name": name})
        told.raise_for_status()
        return openid, ""

    def pay(self, cashier: Cashier) -> bool:
        code, url = cashier.code, cashier.url
        given = (
            {"code": code} if code else {"prepay_id": parse_qs(urlsplit(url).query)["prepay_id"][0]}
        )
        answer = self.control.post("/emulator/phone/pay", data={**given, "do": "pay"})
        return answer.status_code < 400

    def confirm(self, url: str) -> bool:
        package = parse_qs(urlsplit(url).query)["package_info"][0]
        form = {"package_info": package, "do": "confirm"}
        return self.control.post("/emulator/phone/receive", data=form).status_code < 400

    def read(self, books: Books) -> Theirs:
        (merchant,) = books["merchant"]
        assert sum(order["frozen"] for order in books["order"]) == 0
        return Theirs(
            payments=[
                (read_trade(one["out_trade_no"]), one["total"])
                for one in books["order"]
                if one["paid"]
            ],
            refunds=[
                (read_number(one["out_refund_no"]), one["amount"])
                for one in books.get("refund", [])
                if one["state"] == "SUCCESS"
            ],
            transfers=[
                (read_bill(one["out_bill_no"]), one["amount"])
                for one in books.get("transfer", [])
                if one["state"] == "SUCCESS"
            ],
            shares=[
                (share["account"], share["amount"])
                for split in books.get("split", [])
                for share in split["receivers"]
                if share["type"] == "PERSONAL_OPENID" and share["result"] == "SUCCESS"
            ],
            moved=merchant["balance"] - self.start,
            paid_out=OPERATION - merchant["operation_balance"],
        )
