"""The packages from npm, installed once in this checkout; a WeChat Pay at hand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from kefen.emulators.frame.server import running
from kefen.emulators.wechat import build
from tests.emulators import strangers
from tests.emulators.hand import Box, Hand, letter_box


@pytest.fixture(scope="session")
def npm() -> None:
    strangers.install()


@pytest.fixture
def box() -> Iterator[Box]:
    with letter_box() as box:
        yield box


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    """An emulator of WeChat Pay that delivers when it is told to."""
    with running(build(tmp_path), delivering=False) as address:
        yield Hand(address)


@dataclass(slots=True)
class Shop:
    """A merchant with the Python client `wechatpayv3`, which verifies every answer itself."""

    hand: Hand
    box: Box
    values: dict[str, str]
    client: Any

    def place(self, number: str, total: int = 10_000, *, split: bool = True) -> Any:
        """Place a Native order."""
        return self.client.pay(
            description="直播课",
            out_trade_no=number,
            amount={"total": total, "currency": "CNY"},
            settle_info={"profit_sharing": split},
        )

    def sell(self, number: str, total: int = 10_000, *, split: bool = True) -> str:
        """Sell, and have it paid; the channel's number."""
        code = good(self.place(number, total, split=split))["code_url"]
        assert self.hand.form("pay", code=code, openid="o-student", do="pay").status_code == 200
        return str(good(self.client.query(out_trade_no=number))["transaction_id"])

    def refund(self, number: str, transaction: str, amount: int, total: int = 10_000) -> Any:
        """Ask for a refund."""
        return self.client.refund(
            out_refund_no=number,
            transaction_id=transaction,
            amount={"refund": amount, "total": total, "currency": "CNY"},
            notify_url=self.box.address,
        )

    def add(self, openid: str, name: str | None = None) -> Any:
        """Add a receiver."""
        return self.client.profitsharing_add_receiver(
            "PERSONAL_OPENID", openid, "DISTRIBUTOR", name=name
        )

    def split(self, number: str, transaction: str, *shares: tuple[str, int]) -> Any:
        """Ask for a split."""
        receivers = [
            {"type": "PERSONAL_OPENID", "account": who, "amount": amount, "description": "佣金"}
            for who, amount in shares
        ]
        return self.client.profitsharing_order(transaction, number, receivers, False)

    def results(self, number: str, transaction: str) -> list[tuple[str, str, str]]:
        """Account, result and reason of each share."""
        told = good(self.client.profitsharing_order_query(transaction, number))
        return [(r["account"], r["result"], r.get("fail_reason", "")) for r in told["receivers"]]

    def transfer(self, number: str, openid: str, amount: int, **more: Any) -> Any:
        """Ask for a transfer."""
        reports = more.pop("reports", {"岗位类型": "推广员", "报酬说明": "课程佣金"})
        return self.client.mch_transfer_bills(
            out_bill_no=number,
            transfer_scene_id=more.pop("scene", "1005"),
            openid=openid,
            transfer_amount=amount,
            transfer_remark="课程佣金",
            transfer_scene_report_infos=[
                {"info_type": kind, "info_content": content} for kind, content in reports.items()
            ],
            **more,
        )


def good(answer: tuple[int, Any]) -> dict[str, Any]:
    """What a 2xx says."""
    status, text = answer
    assert 200 <= status < 300, text
    return dict(json.loads(text)) if text else {}


def refused(answer: tuple[int, Any]) -> tuple[int, str]:
    """Status and code of a refusal."""
    status, text = answer
    assert status >= 400, text
    return status, str(json.loads(text)["code"])


def shop_at(hand: Hand, box: Box, **wishes: Any) -> Shop:
    """A new merchant's shop."""
    values = hand.merchant(**wishes)
    client = WeChatPay(
        WeChatPayType.NATIVE,
        mchid=values["merchant_id"],
        private_key=values["private_key"],
        cert_serial_no=values["certificate_serial"],
        appid=values["app_id"],
        apiv3_key=values["api_v3_key"],
        notify_url=box.address,
        public_key=values["public_key"],
        public_key_id=values["public_key_id"],
        timeout=10,
    )
    client._core._gate_way = hand.address
    return Shop(hand, box, values, client)


@pytest.fixture
def shop(hand: Hand, box: Box) -> Shop:
    return shop_at(hand, box)
