"""The phone: the sheet inside WeChat, the page of a mobile browser; and shares that come back."""

import time
from urllib.parse import parse_qs, urlsplit

from wechatpayv3 import WeChatPayType

from tests.emulators.conftest import Shop, good, refused
from tests.emulators.hand import DAY


def _jsapi(shop: Shop) -> str:
    told = shop.client.pay(
        description="直播课",
        out_trade_no="ord_sheet",
        amount={"total": 100},
        payer={"openid": "o-student"},
        pay_type=WeChatPayType.JSAPI,
    )
    return str(good(told)["prepay_id"])


def _bridge(shop: Shop, prepay: str) -> dict[str, str]:
    app, now = shop.values["app_id"], str(int(time.time()))
    package = f"prepay_id={prepay}"
    return {
        "appId": app,
        "timeStamp": now,
        "nonceStr": "abc",
        "package": package,
        "signType": "RSA",
        "paySign": shop.client.sign([app, now, "abc", package]),
    }


def test_the_sheet_opens_for_what_the_merchant_signed(shop: Shop) -> None:
    bridge = _bridge(shop, _jsapi(shop))
    assert "¥1.00" in shop.hand.page("/sheet", **bridge).text
    for name in bridge:
        forged = {**bridge, name: bridge[name][:-1] + "x"}
        assert shop.hand.page("/sheet", **forged).status_code in {400, 404}, name


def test_the_payer_is_who_the_order_says(shop: Shop) -> None:
    prepay = _jsapi(shop)
    assert shop.hand.form("pay", prepay_id=prepay, openid="o-other", do="pay").status_code == 400
    assert good(shop.client.query(out_trade_no="ord_sheet"))["trade_state"] == "NOTPAY"
    shop.hand.form("pay", prepay_id=prepay, do="leave")
    assert good(shop.client.query(out_trade_no="ord_sheet"))["trade_state"] == "NOTPAY"
    back = "http://127.0.0.1:1/back"
    answer = shop.hand.form("pay", prepay_id=prepay, do="pay", redirect_url=back)
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    told = good(shop.client.query(out_trade_no="ord_sheet"))
    assert (told["trade_state"], told["trade_type"]) == ("SUCCESS", "JSAPI")


def test_the_mobile_page_lasts_five_minutes(shop: Shop) -> None:
    def place() -> str:
        told = shop.client.pay(
            description="直播课",
            out_trade_no="ord_mobile",
            amount={"total": 100},
            scene_info={"payer_client_ip": "192.0.2.7", "h5_info": {"type": "Wap"}},
            pay_type=WeChatPayType.H5,
        )
        return str(good(told)["h5_url"])

    url = place()
    asked = parse_qs(urlsplit(url).query)["prepay_id"][0]
    assert shop.hand.client.get(url).status_code == 200
    shop.hand.ahead(301)
    assert shop.hand.client.get(url).status_code == 400
    assert shop.hand.client.get(place()).status_code == 200
    assert shop.hand.form("pay", prepay_id=asked, do="pay").status_code == 200
    assert good(shop.client.query(out_trade_no="ord_mobile"))["trade_type"] == "MWEB"


def test_the_front_page_lists_what_waits(shop: Shop) -> None:
    good(shop.place("ord_waits"))
    good(shop.transfer("wdwaits", "o-a", 100))
    text = shop.hand.page("").text
    assert "ord_waits" in text
    assert "wdwaits" in text


def test_a_merchant_gives_a_share_back(shop: Shop) -> None:
    other = shop.hand.merchant()["merchant_id"]
    open_to = shop.hand.merchant()["merchant_id"]
    values = shop.hand.merchant(returns_from=[open_to])
    assert values["merchant_id"] not in {other, open_to}
    # The shop's own merchant has nobody who enabled returns.
    transaction = shop.sell("ord_back1")
    good(shop.client.profitsharing_add_receiver("MERCHANT_ID", other, "PARTNER", name="合作机构"))
    shop.hand.ahead(61)
    receivers = [{"type": "MERCHANT_ID", "account": other, "amount": 500, "description": "合作"}]
    good(shop.client.profitsharing_order(transaction, "spl_m", receivers, unfreeze_unsplit=False))
    assert shop.results("spl_m", transaction) == [(other, "SUCCESS", "")]
    assert refused(_give_back(shop, other, 100)) == (403, "NO_AUTH")


def test_returns_and_their_limits(shop: Shop) -> None:
    from tests.emulators.conftest import shop_at

    partner = shop.hand.merchant()["merchant_id"]
    own = shop_at(shop.hand, shop.box, returns_from=[partner])
    transaction = own.sell("ord_back2")
    good(own.client.profitsharing_add_receiver("MERCHANT_ID", partner, "PARTNER", name="机构"))
    good(own.add("o-a"))
    own.hand.ahead(61)
    receivers = [
        {"type": "MERCHANT_ID", "account": partner, "amount": 500, "description": "合作"},
        {"type": "PERSONAL_OPENID", "account": "o-a", "amount": 500, "description": "佣金"},
    ]
    good(own.client.profitsharing_order(transaction, "spl_m", receivers, unfreeze_unsplit=False))
    good(own.client.query(out_trade_no="ord_back2"))
    told = good(_give_back(own, partner, 300))
    assert told["result"] == "SUCCESS"
    assert good(_give_back(own, partner, 300)) == told
    assert refused(_give_back(own, "o-a", 100, "ret_2"))[0] == 400
    assert refused(_give_back(own, partner, 201, "ret_2")) == (403, "NOT_ENOUGH")
    assert good(own.client.profitsharing_return_query("spl_m", "ret_1")) == told
    # What came back is the merchant's, and can be split no more.
    left = good(own.client.profitsharing_amount_query(transaction))["unsplit_amount"]
    assert left == 10_000 - 60 - 1_000
    own.hand.ahead(181 * DAY)
    assert refused(_give_back(own, partner, 1, "ret_3"))[0] == 400


def _give_back(shop: Shop, mchid: str, amount: int, number: str = "ret_1") -> tuple[int, str]:
    answer: tuple[int, str] = shop.client.profitsharing_return(
        out_return_no=number,
        return_mchid=mchid,
        amount=amount,
        description="退款",
        out_order_no="spl_m",
    )
    return answer


def test_pages_never_say_json(shop: Shop) -> None:
    answer = shop.hand.page("/pay", prepay_id="<script>")
    assert answer.status_code == 404
    assert "<script>" not in answer.text
    assert not answer.text.startswith("{")
