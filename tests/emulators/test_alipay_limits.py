"""What Alipay's emulator refuses, keeps and repeats; asked by `python-alipay-sdk` as it is."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from alipay import AliPay

from kefen.emulators.alipay import bills, build
from kefen.emulators.frame.server import running
from tests.emulators.hand import DAY, Box, Hand, letter_box

RECEIVERS = [{"type": "userId", "account": f"2088{number:012d}"} for number in range(60)]


class Shop:
    """A merchant by keys, and a client that verifies every answer."""

    def __init__(self, address: str, box: Box) -> None:
        self.hand, self.box = Hand(address), box
        self.values = self.hand.merchant(mode="key")
        self.client = AliPay(
            self.values["app_id"],
            app_private_key_string=self.values["private_key"],
            alipay_public_key_string=self.values["alipay_public_key"],
        )
        self.client._gateway = f"{address}/gateway.do"

    def ask(self, method: str, **content: Any) -> dict[str, Any]:
        """Ask, by the address, as the client does it."""
        more = {"notify_url": self.box.address} if "precreate" in method else {}
        return dict(self.client.server_api(f"alipay.{method}", content, **more))

    def refused(self, method: str, **content: Any) -> str:
        """Ask for what is refused; the sub_code."""
        return str(self.ask(method, **content)["sub_code"])

    def sell(self, number: str, total: str = "100.00") -> str:
        """Sell something, with its money frozen; Alipay's number of it."""
        asked = {"out_trade_no": number, "total_amount": total, "subject": "课"}
        frozen = {"extend_params": {"royalty_freeze": "true"}}
        code = self.ask("trade.precreate", **asked, **frozen)["qr_code"]
        self.hand.client.post(
            f"{self.hand.address}/emulator/phone", data={"code": code, "do": "pay"}
        )
        return str(self.ask("trade.query", out_trade_no=number)["trade_no"])

    def settle(self, number: str, trade: str, *shares: tuple[int, str], mode: str = "async") -> Any:
        """Settle shares of the receivers by their place."""
        listed = [
            {"trans_in": RECEIVERS[who]["account"], "trans_in_type": "userId", "amount": amount}
            for who, amount in shares
        ]
        return self.ask(
            "trade.order.settle",
            out_request_no=number,
            trade_no=trade,
            royalty_parameters=listed,
            royalty_mode=mode,
        )


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    time.tzset()
    with letter_box() as box, running(build(tmp_path), delivering=False) as address:
        made = Shop(address, box)
        for start in (0, 20, 40):
            made.ask(
                "trade.royalty.relation.bind",
                out_request_no=f"bnd_{start}",
                receiver_list=RECEIVERS[start : start + 20],
            )
        yield made
    monkeypatch.undo()
    time.tzset()


def test_what_may_be_shared(shop: Shop) -> None:
    trade = shop.sell("ord_1")
    few, many = [(who, "0.10") for who in range(6)], [(who, "0.10") for who in range(51)]
    assert shop.settle("s1", trade, *few, mode="sync")["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert shop.settle("s2", trade, *many)["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert shop.settle("s3", trade, *many[:50])["code"] == "10000"
    over = shop.settle("s4", trade, (0, "25.01"))
    assert over["sub_code"] == "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"
    assert shop.settle("s5", trade, (0, "25.00"), mode="sync")["code"] == "10000"
    again = shop.settle("s5", trade, (0, "24.99"), mode="sync")
    assert again["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"


def test_synchronously_all_or_nothing(shop: Shop) -> None:
    trade = shop.sell("ord_1")
    shop.hand.fault("share_fails", number=RECEIVERS[1]["account"], times=1)
    refused = shop.settle("s1", trade, (0, "1.00"), (1, "1.00"), mode="sync")
    assert refused["sub_code"] == "ACQ.TRADE_SETTLE_ERROR"
    known = {"out_request_no": "s1", "trade_no": trade}
    assert shop.refused("trade.order.settle.query", **known).endswith("NOT_EXIST")
    assert shop.ask("trade.order.onsettle.query", trade_no=trade)["unsettled_amount"] == "100.00"


def test_what_is_frozen_is_free_after_thirty_days(shop: Shop) -> None:
    trade = shop.sell("ord_1")
    shop.hand.ahead(30 * DAY + 1)
    assert shop.ask("trade.order.onsettle.query", trade_no=trade)["unsettled_amount"] == "0.00"
    assert shop.settle("s1", trade, (0, "1.00"))["sub_code"] == "ACQ.TRADE_SETTLE_ERROR"


def test_requests_are_of_this_moment_and_of_the_app(shop: Shop) -> None:
    body = shop.client.build_body("alipay.trade.query", {"out_trade_no": "o"})
    old = body | {"timestamp": "2020-01-01 00:00:00"}
    for wrong, code in (
        (shop.client.sign_data(dict(old)), "isv.invalid-timestamp"),
        (shop.client.sign_data(body | {"charset": "gbk"}), "isv.invalid-charset"),
        (shop.client.sign_data(dict(body)) + "&notify_url=x", "isv.invalid-signature"),
        (shop.client.sign_data(body | {"app_id": "1"}), "isv.invalid-app-id"),
    ):
        answer = httpx.get(f"{shop.client._gateway}?{wrong}", trust_env=False).json()
        assert answer["alipay_trade_query_response"]["sub_code"] == code


def test_a_notification_is_repeated_by_the_table_until_success(shop: Shop) -> None:
    shop.box.status = 200
    shop.sell("ord_1")
    assert shop.hand.deliver() == 0
    ahead = 0.0
    for seconds in (240, 600, 600, 3600, 7200, 21600, 54000):
        shop.hand.ahead(ahead + seconds - 30)
        shop.hand.deliver()
        came = len(shop.box.came)
        ahead += seconds + 5
        shop.hand.ahead(ahead)
        shop.hand.deliver()
        assert len(shop.box.came) == came + 1
    assert len(shop.box.came) == 8
    bodies = {body for _, body in shop.box.came}
    assert len(bodies) == 1, "the same word each time"
    shop.hand.ahead(ahead + 10 * DAY)
    shop.hand.deliver()
    assert len(shop.box.came) == 8


def test_bills(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sell("ord_1")
    method, now = "data.dataservice.bill.downloadurl.query", shop.hand.now()
    day = {"bill_type": "trade", "bill_date": str(now.date())}
    assert shop.refused(method, **day) == "isv.invalid-arguments"
    into_day = now.hour * 3600 + now.minute * 60 + now.second
    shop.hand.ahead(34 * 3600 - into_day - 60)
    assert shop.refused(method, **day) == "isp.bill_not_exist"
    shop.hand.ahead(34 * 3600 - into_day + 60)
    address = shop.ask(method, **day)["bill_download_url"]
    assert httpx.get(address, trust_env=False).content.startswith(b"PK")
    assert (len(bills.TRADE_HEADS), len(bills.ACCOUNT_HEADS)) == (25, 12)
    monkeypatch.setattr(bills, "GOOD_FOR", -1)
    late = shop.ask(method, **day)["bill_download_url"]
    assert httpx.get(late, trust_env=False).status_code == 403


def test_a_restart_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    with letter_box() as box:
        with running(build(tmp_path), delivering=False) as address:
            shop = Shop(address, box)
            trade = shop.sell("ord_1")
        with running(build(tmp_path), delivering=False) as address:
            shop.client._gateway = f"{address}/gateway.do"
            assert shop.ask("trade.query", out_trade_no="ord_1")["trade_no"] == trade
            shop.hand.address = address
            shop.hand.deliver()
            assert len(box.came) == 1
            state = httpx.get(f"{address}/emulator/state", trust_env=False).text
            assert "PRIVATE KEY" not in state
    monkeypatch.undo()
    time.tzset()


def test_the_cashier_brings_the_student_back(shop: Shop) -> None:
    asked = {"out_trade_no": "ord_1", "total_amount": "1.00", "subject": "课"}
    query = shop.client.client_api(
        "alipay.trade.page.pay",
        asked | {"product_code": "FAST_INSTANT_TRADE_PAY"},
        return_url="https://school.example/orders/ord_1",
    )
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        page = browser.get(f"{shop.client._gateway}?{query}")
        assert "确认付款" in page.text
        assert "<script" not in page.text
        back = browser.post(page.url, data={"do": "pay"}, follow_redirects=False)
    told = dict(httpx.URL(back.headers["location"]).params)
    assert told["out_trade_no"] == "ord_1"
    signature = told.pop("sign")
    assert shop.client.verify(told, signature)
