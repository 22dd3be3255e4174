"""`wechatpay-axios-plugin` from npm drives the emulator: orders, splits, transfers, bills, notices.
It verifies every answer's signature itself and refuses what is not signed."""

from pathlib import Path
from typing import Any

from kefen.emulators.frame.server import running
from kefen.emulators.wechat import build
from tests.emulators import strangers
from tests.emulators.hand import DAY, Hand, letter_box


def test_a_stranger_from_npm_is_served(npm: None, tmp_path: Path) -> None:
    with letter_box() as box, running(build(tmp_path), delivering=False) as address:
        hand = Hand(address)
        values = hand.merchant()

        def run(step: str, **given: Any) -> Any:
            all_given = {"gateway": f"{address}/", "values": values, "step": step, **given}
            return strangers.run("wechat.mjs", all_given)

        seen = run("order", number="ord_axios1", notify_url=box.address)
        assert seen["order"]["status"] == 200
        assert seen["order"]["verified"]
        code = seen["order"]["data"]["code_url"]
        assert code.startswith("weixin://wxpay/bizpayurl?pr=")
        refused = seen["same number, other amount"]
        assert (refused["status"], refused["data"]["code"]) == (400, "INVALID_REQUEST")
        assert not refused["signed"]
        assert seen["query"]["data"]["trade_state"] == "NOTPAY"
        assert (seen["close"]["status"], seen["close"]["verified"]) == (204, True)
        assert seen["closed"]["data"]["trade_state"] == "CLOSED"

        hand.form("pay", code=code, openid="o-student", do="pay")
        assert hand.deliver() == 1
        headers, body = box.came[0]
        notice = run("notice", headers=headers, body=body.decode())["notice"]
        assert notice["verified"]
        assert notice["plain"]["out_trade_no"] == "ord_axios1"
        assert notice["plain"]["amount"]["total"] == 10000

        hand.ahead(61)
        transaction = notice["plain"]["transaction_id"]
        seen = run("split", transaction_id=transaction, openid="o-promoter", number="spl_1")
        assert seen["receiver"]["status"] == 200
        assert seen["split"]["data"]["receivers"][0]["result"] == "PENDING"
        assert seen["split done"]["data"]["receivers"][0]["result"] == "SUCCESS"
        assert all(one["verified"] for one in seen.values())

        seen = run("transfer", openid="o-promoter", number="wd1")
        assert seen["transfer"]["data"]["state"] == "WAIT_USER_CONFIRM"
        assert seen["transfer"]["data"]["package_info"]
        assert seen["transfer query"]["data"]["transfer_amount"] == 200000
        assert all(one["verified"] for one in seen.values())

        today = hand.now().date()
        hand.ahead(2 * DAY)
        seen = run("bill", day=str(today))
        assert seen["bill"]["verified"]
        assert seen["file"]["digest"] == seen["bill"]["data"]["hash_value"]
        assert not seen["file"]["signed"]
        assert "`ord_axios1,`o-student,`NATIVE,`SUCCESS" in seen["file"]["text"]
