"""What the channel refuses, and that a refusal changes nothing."""

from pathlib import Path
from typing import Any

import pytest

from kefen.emulators.frame.server import running
from kefen.emulators.wechat import build
from kefen.emulators.wechat.receivers import RECEIVERS_PER_MERCHANT
from tests.emulators.conftest import Shop, good, refused, shop_at
from tests.emulators.hand import DAY, Box, Hand


def paid(shop: Shop, number: str = "ord_1", total: int = 10_000) -> str:
    """A payment that can be split, a minute later, with o-a and o-b as receivers."""
    transaction = shop.sell(number.ljust(6, "x"), total)
    good(shop.add("o-a"))
    good(shop.add("o-b"))
    shop.hand.ahead(61)
    return transaction


def books(shop: Shop, *kinds: str) -> Any:
    state = shop.hand.state()
    return {kind: state.get(kind) for kind in kinds or ("order", "split", "merchant", "flow")}


def test_an_order_that_was_not_marked_is_never_split(shop: Shop) -> None:
    transaction = shop.sell("ord_plain", split=False)
    good(shop.add("o-a"))
    shop.hand.ahead(61)
    assert refused(shop.split("spl_1", transaction, ("o-a", 1)))[0] == 400


def test_not_within_a_minute(shop: Shop) -> None:
    transaction = shop.sell("ord_early")
    good(shop.add("o-a"))
    before = books(shop)
    assert refused(shop.split("spl_1", transaction, ("o-a", 1)))[0] == 400
    assert books(shop) == before


def test_the_ceiling_counts_all_splits_of_an_order(shop: Shop) -> None:
    transaction = paid(shop)
    good(shop.split("spl_1", transaction, ("o-a", 2_000)))
    before = books(shop, "split")
    assert refused(shop.split("spl_2", transaction, ("o-a", 1_001))) == (403, "RULE_LIMIT")
    assert books(shop, "split")["split"][0]["out_order_no"] == before["split"][0]["out_order_no"]
    assert len(books(shop, "split")["split"]) == 1
    good(shop.split("spl_2", transaction, ("o-a", 1_000)))


def test_receivers_are_added_first_and_stand_once(shop: Shop) -> None:
    transaction = paid(shop)
    assert refused(shop.split("spl_1", transaction, ("o-c", 1)))[0] == 400
    assert refused(shop.split("spl_1", transaction, ("o-a", 1), ("o-a", 1)))[0] == 400
    many = [(f"o-{number}", 1) for number in range(51)]
    assert refused(shop.split("spl_1", transaction, *many)) == (400, "PARAM_ERROR")
    assert refused(shop.split("spl_1", transaction)) == (400, "PARAM_ERROR")


def test_twenty_thousand_receivers(tmp_path: Path, box: Box) -> None:
    emulator = build(tmp_path)
    with running(emulator, delivering=False) as address:
        shop = shop_at(Hand(address), box)
        good(shop.add("o-first"))
        mchid = shop.values["merchant_id"]
        with emulator.books.transaction() as kept:
            for number in range(RECEIVERS_PER_MERCHANT - 1):
                kept.put("receiver", f"{mchid}:X:{number}", {"merchant": mchid})
        assert refused(shop.add("o-more"))[0] == 400
        good(shop.add("o-first"))
        account = ("PERSONAL_OPENID", "o-first")
        good(shop.client.profitsharing_delete_receiver(*account))
        good(shop.add("o-more"))


def test_fifty_splits_of_an_order(shop: Shop) -> None:
    transaction = paid(shop)
    for number in range(50):
        good(shop.split(f"spl_{number}", transaction, ("o-a", 1)))
    assert refused(shop.split("spl_50", transaction, ("o-a", 1)))[0] == 400


def test_partial_success_keeps_the_rest_frozen(shop: Shop) -> None:
    transaction = paid(shop)
    shop.hand.fault("receiver_fails", "splits", number="o-b", reason="RECEIVER_HIGH_RISK", times=1)
    good(shop.split("spl_1", transaction, ("o-a", 1_000), ("o-b", 2_000)))
    assert shop.results("spl_1", transaction) == [
        ("o-a", "SUCCESS", ""),
        ("o-b", "CLOSED", "RECEIVER_HIGH_RISK"),
    ]
    left = good(shop.client.profitsharing_amount_query(transaction))["unsplit_amount"]
    assert left == 10_000 - 60 - 1_000
    good(shop.split("spl_2", transaction, ("o-b", 2_000)))
    assert shop.results("spl_2", transaction) == [("o-b", "SUCCESS", "")]


def test_a_person_receives_two_hundred_thousand_a_month(shop: Shop) -> None:
    first = paid(shop, "ord_1", 600_000_00)
    second = paid(shop, "ord_2", 100_000_00)
    shop.hand.ahead(200)
    good(shop.split("spl_1", first, ("o-a", 180_000_00)))
    good(shop.split("spl_2", second, ("o-a", 20_000_01), ("o-b", 1)))
    assert shop.results("spl_2", second) == [
        ("o-a", "CLOSED", "RECEIVER_RECEIPT_LIMIT"),
        ("o-b", "SUCCESS", ""),
    ]
    good(shop.split("spl_3", second, ("o-a", 20_000_00)))
    assert shop.results("spl_3", second) == [("o-a", "SUCCESS", "")]


def test_names_and_proofs(shop: Shop) -> None:
    people = f"{shop.hand.address}/emulator/people"
    shop.hand.client.post(people, json={"openid": "o-a", "name": "李四"})
    shop.hand.client.post(people, json={"openid": "o-b", "verified": False})
    assert refused(shop.add("o-a", "张三"))[0] == 400
    transaction = paid(shop)
    good(shop.split("spl_1", transaction, ("o-b", 1)))
    assert shop.results("spl_1", transaction)[0][2] == "RECEIVER_REAL_NAME_NOT_VERIFIED"
    told = good(shop.transfer("wd1", "o-a", 100, user_name="张三"))
    shop.hand.form("receive", package_info=told["package_info"], do="confirm")
    ended = good(shop.client.mch_transfer_bills_query(out_bill_no="wd1"))
    assert (ended["state"], ended["fail_reason"]) == ("FAIL", "NAME_NOT_CORRECT")


def test_thirty_days_release_the_rest(shop: Shop) -> None:
    transaction = paid(shop)
    shop.hand.ahead(30 * DAY + 1)
    left = good(shop.client.profitsharing_amount_query(transaction))
    assert left["unsplit_amount"] == 0
    assert refused(shop.split("spl_1", transaction, ("o-a", 1)))[0] == 400


def test_refunds_and_splits(shop: Shop) -> None:
    transaction = paid(shop)
    good(shop.split("spl_1", transaction, ("o-a", 3_000)))
    # 7,000 less the fee are frozen; the fee of what is refunded comes back.
    before = books(shop, "refund")
    assert refused(shop.refund("rfd_1", transaction, 7_001)) == (403, "NOT_ENOUGH")
    assert books(shop, "refund") == before
    good(shop.refund("rfd_2", transaction, 6_000))
    shop.hand.fault("refund_closed", "refunds", number="rfd_3", times=1)
    good(shop.refund("rfd_3", transaction, 500))
    assert good(shop.client.query_refund("rfd_3"))["status"] == "CLOSED"
    shop.hand.fault("refund_abnormal", "refunds", number="rfd_4", times=1)
    good(shop.refund("rfd_4", transaction, 500))
    assert good(shop.client.query_refund("rfd_4"))["status"] == "ABNORMAL"


def test_frozen_money_pays_no_other_refund(shop: Shop) -> None:
    shop.sell("ord_frozen", 100_000)
    transaction = shop.sell("ord_free", split=False)
    assert refused(shop.refund("rfd_1", transaction, 10_001))[0] == 400
    good(shop.refund("rfd_1", transaction, 9_999))
    other = shop.sell("ord_other", 500, split=False)
    good(shop.refund("rfd_2", other, 500, 500))
    # What is left is frozen for another order, or the channel's fee.
    assert sum(one["frozen"] for one in shop.hand.state()["order"]) == 99_400


def test_fifty_refunds_and_a_year(shop: Shop) -> None:
    transaction = shop.sell("ord_many", split=False)
    for number in range(50):
        good(shop.refund(f"rfd_{number}", transaction, 1))
    assert refused(shop.refund("rfd_50", transaction, 1))[0] == 400
    late = shop.sell("ord_late", split=False)
    shop.hand.ahead(366 * DAY)
    assert refused(shop.refund("rfd_late", late, 1))[0] == 400


@pytest.mark.parametrize(
    ("amount", "name", "more"),
    [
        (29, "张三", {}),
        (9, None, {}),
        (20_000_01, "张三", {}),
        (1_000, None, {"reports": {"活动名称": "x", "奖励说明": "y"}}),
        (1_000, None, {"reports": {"岗位类型": "x"}}),
        (1_000, None, {"scene": "1000"}),
    ],
)
def test_transfers_that_are_refused(
    shop: Shop, amount: int, name: str | None, more: dict[str, Any]
) -> None:
    if name and amount < 30:
        # The client leaves such a name out; the channel says no.
        sealed = shop.client._core.encrypt(name)
        body = _bill(shop, amount) | {"user_name": sealed}
        assert refused(_send(shop, body))[0] == 400
    else:
        assert refused(shop.transfer("wd1", "o-a", amount, user_name=name, **more))[0] >= 400
    assert "transfer" not in shop.hand.state()


def test_a_name_is_needed_from_two_thousand(shop: Shop) -> None:
    assert refused(_send(shop, _bill(shop, 2_000_00)))[0] == 400
    good(_send(shop, _bill(shop, 1_999_99)))


def test_limits_of_a_day(hand: Hand, box: Box) -> None:
    shop = shop_at(hand, box, transfer_person_day=1_000, transfer_day=1_500)
    good(shop.transfer("wd1", "o-a", 1_000))
    assert refused(shop.transfer("wd2", "o-a", 10)) == (403, "QUOTA_EXCEED")
    assert refused(shop.transfer("wd2", "o-b", 501)) == (403, "QUOTA_EXCEED")
    good(shop.transfer("wd2", "o-b", 500))
    hand.ahead(DAY)
    good(shop.transfer("wd3", "o-a", 1_000))


def test_nobody_confirms_for_a_day(shop: Shop) -> None:
    told = good(shop.transfer("wd1", "o-a", 1_000))
    shop.hand.ahead(DAY + 1)
    shop.hand.deliver()
    ended = good(shop.client.mch_transfer_bills_query(out_bill_no="wd1"))
    assert (ended["state"], ended["fail_reason"]) == ("FAIL", "OVERDUE_CLOSE")
    assert shop.client.callback(*shop.box.came[-1])["resource"]["state"] == "FAIL"
    page = shop.hand.form("receive", package_info=told["package_info"], do="confirm")
    assert page.status_code == 400


def test_a_name_must_be_sealed_for_the_channel(shop: Shop) -> None:
    body = _bill(shop, 1_000) | {"user_name": "bm90IHNlYWxlZA=="}
    before = shop.hand.state()
    assert refused(_send(shop, body)) == (400, "PARAM_ERROR")
    assert shop.hand.state() == before


def test_an_order_expires(shop: Shop) -> None:
    code = good(shop.place("ord_slow"))["code_url"]
    shop.hand.ahead(2 * 60 * 60 + 60)
    assert shop.hand.form("pay", code=code, do="pay").status_code == 400
    shop.hand.ahead(7 * DAY + 1)
    assert good(shop.client.query(out_trade_no="ord_slow"))["trade_state"] == "CLOSED"


def _bill(shop: Shop, amount: int) -> dict[str, Any]:
    reports = [("岗位类型", "推广员"), ("报酬说明", "佣金")]
    return {
        "appid": shop.values["app_id"],
        "out_bill_no": "wdraw",
        "openid": "o-a",
        "transfer_scene_id": "1005",
        "transfer_amount": amount,
        "transfer_remark": "佣金",
        "transfer_scene_report_infos": [{"info_type": k, "info_content": c} for k, c in reports],
    }


def _send(shop: Shop, body: dict[str, Any]) -> tuple[int, str]:
    from wechatpayv3.type import RequestType

    path = "/v3/fund-app/mch-transfer/transfer-bills"
    answer: tuple[int, str] = shop.client._core.request(path, method=RequestType.POST, data=body)
    return answer
