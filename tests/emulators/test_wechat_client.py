"""`wechatpayv3` drives the emulator: pay, close, query, refund, split, unfreeze, transfer, bills.
It verifies the signature of every answer and raises where there is none."""

import gzip
import hashlib
import json
import time
from datetime import datetime, timedelta

import httpx
import pytest

from tests.emulators.conftest import Shop, good, refused
from tests.emulators.hand import DAY


def test_paying(shop: Shop) -> None:
    first, again = good(shop.place("ord_1000")), good(shop.place("ord_1000"))
    assert first == again
    assert refused(shop.place("ord_1000", 1)) == (400, "INVALID_REQUEST")
    transaction = shop.sell("ord_1000")
    told = good(shop.client.query(transaction_id=transaction))
    assert told["trade_state"] == "SUCCESS"
    assert told["payer"] == {"openid": "o-student"}
    assert told["amount"]["payer_total"] == 10_000
    assert refused(shop.place("ord_1000")) == (400, "ORDERPAID")
    assert refused(shop.client.close("ord_1000")) == (400, "ORDERPAID")

    assert shop.hand.deliver() == 1
    headers, body = shop.box.came[0]
    notice = shop.client.callback(headers, body)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert notice["resource"] == told


def test_closing(shop: Shop) -> None:
    code = good(shop.place("ord_2000"))["code_url"]
    assert shop.client.close("ord_2000")[0] == 204
    assert shop.client.close("ord_2000")[0] == 204
    assert good(shop.client.query(out_trade_no="ord_2000"))["trade_state"] == "CLOSED"
    assert shop.hand.form("pay", code=code, do="pay").status_code == 400
    assert refused(shop.place("ord_2000")) == (400, "ORDER_CLOSED")
    assert refused(shop.client.query(out_trade_no="nothing")) == (404, "ORDER_NOT_EXIST")


def test_refunding(shop: Shop) -> None:
    transaction = shop.sell("ord_3000", split=False)
    shop.sell("ord_3001", split=False)
    asked = good(shop.refund("rfd_1", transaction, 3_000))
    assert asked["status"] == "PROCESSING"
    assert good(shop.client.query_refund("rfd_1"))["status"] == "SUCCESS"
    again = good(shop.refund("rfd_1", transaction, 3_000))
    assert again["refund_id"] == asked["refund_id"]
    assert refused(shop.refund("rfd_1", transaction, 3_001)) == (400, "INVALID_REQUEST")
    assert refused(shop.refund("rfd_2", transaction, 7_001)) == (400, "INVALID_REQUEST")
    assert refused(shop.client.query_refund("rfd_2")) == (404, "RESOURCE_NOT_EXISTS")
    assert good(shop.refund("rfd_3", transaction, 7_000))["status"] == "PROCESSING"
    assert good(shop.client.query(out_trade_no="ord_3000"))["trade_state"] == "REFUND"
    # All of the fee came back with the last part.
    fees = [one["fee"] for one in shop.hand.state()["refund"]]
    assert fees == [18, 42]
    shop.hand.deliver()
    events = [json.loads(body)["event_type"] for _, body in shop.box.came]
    assert events.count("REFUND.SUCCESS") == 2


def test_splitting_and_releasing(shop: Shop) -> None:
    transaction = shop.sell("ord_4000")
    good(shop.add("o-a", "张三"))
    shop.hand.ahead(61)
    asked = good(shop.split("spl_1", transaction, ("o-a", 1_000)))
    assert (asked["state"], asked["receivers"][0]["result"]) == ("PROCESSING", "PENDING")
    assert shop.results("spl_1", transaction) == [("o-a", "SUCCESS", "")]
    assert good(shop.split("spl_1", transaction, ("o-a", 1_000)))["order_id"] == asked["order_id"]
    left = good(shop.client.profitsharing_amount_query(transaction))
    assert left["unsplit_amount"] == 10_000 - 60 - 1_000
    # A number that was used releases nothing; a fresh one does.
    good(shop.client.profitsharing_unfreeze(transaction, "spl_1", "解冻"))
    assert good(shop.client.profitsharing_amount_query(transaction)) == left
    good(shop.client.profitsharing_unfreeze(transaction, "fin_1", "解冻"))
    assert good(shop.client.profitsharing_amount_query(transaction))["unsplit_amount"] == 0
    assert refused(shop.split("spl_2", transaction, ("o-a", 1)))[0] == 400
    mchid = shop.values["merchant_id"]
    assert good(shop.client.profitsharing_config_query(mchid))["max_ratio"] == 3_000


def test_transferring(shop: Shop) -> None:
    asked = good(shop.transfer("wd1", "o-a", 200_000, user_name="张三"))
    assert asked["state"] == "WAIT_USER_CONFIRM"
    package = asked["package_info"]
    again = good(shop.transfer("wd1", "o-a", 200_000, user_name="张三"))
    assert again == asked
    assert refused(shop.transfer("wd1", "o-a", 200_001, user_name="张三"))[1] == "ALREADY_EXISTS"
    assert "2000.00" in shop.hand.page("/receive", package_info=package).text
    shop.hand.form("receive", package_info=package, do="confirm")
    told = good(shop.client.mch_transfer_bills_query(out_bill_no="wd1"))
    assert told["state"] == "SUCCESS"
    bill = told["transfer_bill_no"]
    assert good(shop.client.mch_transfer_bills_query(transfer_bill_no=bill)) == told
    shop.hand.deliver()
    notice = shop.client.callback(*shop.box.came[-1])
    assert notice["event_type"] == "MCHTRANSFER.BILL.FINISHED"
    assert notice["resource"]["state"] == "SUCCESS"


def test_cancelling_a_transfer(shop: Shop) -> None:
    before = shop.hand.state()["merchant"][0]["operation_balance"]
    good(shop.transfer("wd2", "o-a", 1_000))
    assert good(shop.client.mch_transfer_bills_cancel("wd2"))["state"] == "CANCELING"
    assert good(shop.client.mch_transfer_bills_query(out_bill_no="wd2"))["state"] == "CANCELLED"
    assert shop.hand.state()["merchant"][0]["operation_balance"] == before
    missing = shop.client.mch_transfer_bills_query(out_bill_no="wd3")
    assert refused(missing) == (404, "NOT_FOUND")


def test_authorised_transfers(shop: Shop) -> None:
    base = "/v3/fund-app/mch-transfer/user-confirm-authorization"
    wanted = {
        "appid": shop.values["app_id"],
        "out_authorization_no": "aut1",
        "openid": "o-a",
        "transfer_scene_id": "1005",
        "user_display_name": "张*",
        "authorization_notify_url": shop.box.address,
    }
    asked = good(_post(shop, base, wanted))
    assert asked["state"] == "WAIT_USER_CONFIRM"
    shop.hand.form("receive", package_info=asked["package_info"], do="agree")
    given = good(shop.client._core.request(f"{base}/out-authorization-no/aut1"))
    assert given["state"] == "TAKING_EFFECT"
    bill = {
        "appid": shop.values["app_id"],
        "out_bill_no": "wd9",
        "authorization_id": given["authorization_id"],
        "transfer_scene_id": "1005",
        "transfer_amount": 1_000,
        "transfer_remark": "佣金",
        "transfer_scene_report_infos": [
            {"info_type": "岗位类型", "info_content": "推广员"},
            {"info_type": "报酬说明", "info_content": "佣金"},
        ],
    }
    path = "/v3/fund-app/mch-transfer/transfer-bills/transfer"
    assert good(_post(shop, path, bill))["state"] == "ACCEPTED"
    told = good(shop.client.mch_transfer_bills_query(out_bill_no="wd9"))
    assert (told["state"], told["openid"]) == ("SUCCESS", "o-a")
    good(_post(shop, f"{base}/out-authorization-no/aut1/close", None))
    assert refused(_post(shop, path, {**bill, "out_bill_no": "wd10"}))[0] == 400
    shop.hand.deliver()
    assert [one["event_type"] for one in shop.box.bodies()] == [
        "MCHTRANSFER.AUTHORIZATION.CONFIRMED",
        "MCHTRANSFER.AUTHORIZATION.CLOSED",
    ]


def _post(shop: Shop, path: str, body: dict[str, object] | None) -> tuple[int, str]:
    from wechatpayv3.type import RequestType

    answer: tuple[int, str] = shop.client._core.request(path, method=RequestType.POST, data=body)
    return answer


def test_bills(shop: Shop) -> None:
    transaction = shop.sell("ord_5000")
    good(shop.add("o-a"))
    shop.hand.ahead(61)
    good(shop.split("spl_5", transaction, ("o-a", 1_000)))
    good(shop.client.profitsharing_unfreeze(transaction, "fin_5", "解冻"))
    good(shop.refund("rfd_5", transaction, 1_000))
    good(shop.transfer("wd5", "o-a", 1_000))
    day = shop.hand.now().date()
    shop.hand.ahead(3 * DAY)
    trades = _sheet(shop, good(shop.client.trade_bill(str(day))))
    assert len(trades[0].split(",")) == 27
    assert [line.split(",`")[6] for line in trades[1:3]] == ["ord_5000", "ord_5000"]
    assert trades[1].split(",`")[22:25] == ["0.60000", "0.60%", "100.00"]
    assert trades[2].split(",`")[14:20] != trades[1].split(",`")[14:20]
    assert trades[-1] == "`2,`100.00,`10.00,`0.00,`0.54000,`100.00,`10.00"
    flows = _sheet(shop, good(shop.client.fundflow_bill(str(day))))
    moved = [(one.split(",`")[3], one.split(",`")[5:7]) for one in flows[1:-2]]
    assert moved == [
        ("交易", ["收入", "100.00"]),
        ("扣除交易手续费", ["支出", "0.60"]),
        ("分账", ["支出", "10.00"]),
        ("退款", ["支出", "10.00"]),
        ("退还交易手续费", ["收入", "0.06"]),
    ]
    payouts = good(shop.client.fundflow_bill(str(day), account_type="OPERATION"))
    assert "`wd5" in _sheet(shop, payouts)[1]
    empty = str(day + timedelta(days=1))
    assert refused(shop.client.trade_bill(empty)) == (400, "NO_STATEMENT_EXIST")
    today = str(day + timedelta(days=3))
    assert refused(shop.client.trade_bill(today)) == (400, "INVALID_REQUEST")


def test_a_plain_bill_and_a_stale_address(shop: Shop) -> None:
    shop.sell("ord_5500")
    day = shop.hand.now().date()
    shop.hand.ahead(2 * DAY)
    told = good(shop.client.trade_bill(str(day), tar_type=""))
    status, plain = shop.client.download_bill(told["download_url"])
    assert status == 200
    assert plain.decode("utf-8-sig").startswith("交易时间,")
    assert hashlib.sha1(plain).hexdigest() == told["hash_value"]  # noqa: S324
    assert refused(shop.client.download_bill(told["download_url"] + "x"))[0] == 404
    shop.hand.fault("statement_creating", "tradebill", times=1)
    assert refused(shop.client.trade_bill(str(day))) == (400, "STATEMENT_CREATING")
    kinds = [good(shop.client.trade_bill(str(day), bill_type=kind)) for kind in ("ALL", "SUCCESS")]
    widths = [len(_sheet(shop, one)[0].split(",")) for one in kinds]
    assert widths == [27, 20]
    refunds = shop.client.trade_bill(str(day), bill_type="REFUND")
    assert refused(refunds) == (400, "NO_STATEMENT_EXIST")


def test_a_bill_is_not_written_before_ten(shop: Shop) -> None:
    now = shop.hand.now()
    shop.sell("ord_6000")
    morning = datetime.combine(now.date() + timedelta(days=1), now.timetz()).replace(hour=9)
    shop.hand.ahead((morning - now).total_seconds())
    assert refused(shop.client.trade_bill(str(now.date()))) == (400, "STATEMENT_CREATING")
    shop.hand.ahead((morning.replace(hour=11) - now).total_seconds())
    assert good(shop.client.trade_bill(str(now.date())))["hash_type"] == "SHA1"


def _sheet(shop: Shop, offered: dict[str, str]) -> list[str]:
    status, packed = shop.client.download_bill(offered["download_url"])
    assert status == 200
    plain = gzip.decompress(packed)
    assert hashlib.sha1(plain).hexdigest() == offered["hash_value"]  # noqa: S324
    return plain.decode("utf-8-sig").splitlines()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"timestamp": str(int(time.time()) - 301)}, (401, "SIGN_ERROR")),
        ({"mchid": "1900000999"}, (401, "SIGN_ERROR")),
        ({"serial_no": "00"}, (401, "SIGN_ERROR")),
        ({"signature": "AAAA"}, (401, "SIGN_ERROR")),
    ],
)
def test_a_request_that_is_not_right(
    shop: Shop, change: dict[str, str], expected: tuple[int, str]
) -> None:
    from wechatpayv3.utils import build_authorization

    path = f"/v3/pay/transactions/out-trade-no/x?mchid={shop.values['merchant_id']}"
    core = shop.client._core
    right = build_authorization(path, "GET", core._mchid, core._cert_serial_no, core._private_key)
    scheme, _, rest = right.partition(" ")
    fields = dict(one.split("=", 1) for one in rest.split(",")) | {
        name: f'"{value}"' for name, value in change.items()
    }
    written = scheme + " " + ",".join(f"{name}={value}" for name, value in fields.items())
    headers = {"Authorization": written, "Accept": "application/json"}
    answer = httpx.get(shop.hand.address + path, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert "wechatpay-signature" not in answer.headers
    bare = httpx.get(shop.hand.address + path, headers={"Accept": "text/html"}, trust_env=False)
    assert (bare.status_code, bare.json()["code"]) == (400, "INVALID_REQUEST")
