"""Alipay's own client for Node (`alipay-sdk` from npm) drives the emulator: it signs every request
and verifies every answer itself, by keys and by certificates."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from kefen.emulators.alipay import build
from kefen.emulators.frame.server import running
from tests.emulators import strangers
from tests.emulators.hand import DAY, Hand, letter_box

ORDER = {"out_trade_no": "ord_node1", "total_amount": "100.00", "subject": "直播课"}
FROZEN = {"extend_params": {"royalty_freeze": "true"}}


@pytest.fixture(autouse=True)
def in_beijing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client takes the machine's time for Beijing's."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")


@pytest.mark.parametrize("mode", ["key", "certificate"])
def test_a_stranger_from_npm_is_served(npm: None, tmp_path: Path, mode: str) -> None:
    with letter_box() as box, running(build(tmp_path), delivering=False) as address:
        hand = Hand(address)
        values = hand.merchant(mode=mode)

        def run(*calls: tuple[str, str, dict[str, Any]], **given: Any) -> Any:
            listed = [
                {"name": name, "method": f"alipay.{method}", "content": content}
                | ({"notify_url": box.address} if "precreate" in method else {})
                for name, method, content in calls
            ]
            gateway = f"{address}/gateway.do"
            everything = {"gateway": gateway, "values": values, "mode": mode, "calls": listed}
            return strangers.run("alipay.mjs", everything | given)

        seen = run(
            ("open", "trade.precreate", ORDER | FROZEN),
            ("again", "trade.precreate", ORDER | FROZEN),
            ("other amount", "trade.precreate", ORDER | {"total_amount": "1.00"}),
            ("query", "trade.query", {"out_trade_no": "ord_node1"}),
        )
        assert seen["open"]["code"] == "10000"
        assert seen["open"]["qr_code"].startswith("https://qr.alipay.com/")
        assert seen["again"]["qr_code"] == seen["open"]["qr_code"]
        assert seen["other amount"]["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
        assert seen["query"]["sub_code"] == "ACQ.TRADE_NOT_EXIST"

        phone = {"code": seen["open"]["qr_code"], "do": "pay"}
        assert "Paid" in httpx.post(f"{address}/emulator/phone", data=phone, trust_env=False).text
        hand.deliver()
        seen = run(notice=box.came[0][1].decode())
        assert seen == {"notice": True, "tampered": False}

        seen = run(("query", "trade.query", {"out_trade_no": "ord_node1"}))
        assert seen["query"]["trade_status"] == "TRADE_SUCCESS"
        trade = seen["query"]["trade_no"]
        promoter = {"type": "userId", "account": "2088000000000077"}
        share = {"trans_in": promoter["account"], "trans_in_type": "userId", "amount": "30.00"}
        settle = {"out_request_no": "spl_1", "trade_no": trade, "royalty_mode": "async"}
        bind = {"out_request_no": "bnd_1", "receiver_list": [promoter]}
        back = {"trade_no": trade, "out_request_no": "rfd_1"}
        too_much = {"royalty_parameters": [share | {"amount": "30.01"}]}
        seen = run(
            ("rate", "trade.royalty.rate.query", {"out_request_no": "r1"}),
            ("unbound", "trade.order.settle", settle | {"royalty_parameters": [share]}),
            ("bind", "trade.royalty.relation.bind", bind),
            ("too much", "trade.order.settle", settle | too_much),
            ("split", "trade.order.settle", settle | {"royalty_parameters": [share]}),
            ("split query", "trade.order.settle.query", settle),
            ("left", "trade.order.onsettle.query", {"trade_no": trade}),
            ("refund", "trade.refund", back | {"refund_amount": "10.00"}),
            ("refund again", "trade.refund", back | {"refund_amount": "10.00"}),
            ("refund other", "trade.refund", back | {"refund_amount": "10.01"}),
            ("refund query", "trade.fastpay.refund.query", back),
        )
        assert seen["rate"]["max_ratio"] == 30
        assert seen["unbound"]["sub_code"] == "ACQ.USER_NOT_EXIST_RELATION"
        assert seen["too much"]["sub_code"] == "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"
        (detail,) = seen["split query"]["royalty_detail_list"]
        assert (detail["state"], detail["amount"]) == ("SUCCESS", "30.00")
        assert seen["left"]["unsettled_amount"] == "70.00"
        assert (seen["refund"]["fund_change"], seen["refund again"]["fund_change"]) == ("Y", "N")
        assert seen["refund other"]["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
        assert seen["refund query"]["refund_amount"] == "10.00"

        transfer = {
            "out_biz_no": "wd_1",
            "trans_amount": "50.00",
            "product_code": "TRANS_ACCOUNT_NO_PWD",
            "biz_scene": "DIRECT_TRANSFER",
            "order_title": "佣金",
            "payee_info": {"identity": promoter["account"], "identity_type": "ALIPAY_USER_ID"},
        }
        seen = run(
            ("transfer", "fund.trans.uni.transfer", transfer),
            ("transfer query", "fund.trans.common.query", {"out_biz_no": "wd_1"}),
        )
        if mode == "key":
            assert seen["transfer"]["code"] == "40002"
            assert seen["transfer query"]["sub_code"] == "ORDER_NOT_EXIST"
        else:
            assert seen["transfer"]["status"] == "SUCCESS"
            assert seen["transfer query"]["trans_amount"] == "50.00"

        day = {"bill_type": "trade", "bill_date": str(hand.now().date())}
        hand.ahead(2 * DAY)
        seen = run(("bill", "data.dataservice.bill.downloadurl.query", day))
        zipped = httpx.get(seen["bill"]["bill_download_url"], trust_env=False)
        assert zipped.content.startswith(b"PK")


def test_a_stranger_with_a_wrong_key_is_refused(npm: None, tmp_path: Path) -> None:
    with running(build(tmp_path), delivering=False) as address:
        hand = Hand(address)
        values = hand.merchant(mode="key")
        values["private_key"] = hand.merchant(mode="key")["private_key"]
        call = {"name": "query", "method": "alipay.trade.query", "content": {"out_trade_no": "o"}}
        given = {"gateway": f"{address}/gateway.do", "values": values, "mode": "key"}
        seen = strangers.run("alipay.mjs", given | {"calls": [call]})
        assert seen["query"]["sub_code"] == "isv.invalid-signature"
