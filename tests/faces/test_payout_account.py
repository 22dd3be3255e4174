"""The page of a promoter's payout account, and what the operator sees of it."""

from datetime import timedelta
from typing import Any

import pytest

from kefen.commissions import actions as commissions
from kefen.payouts import queries
from kefen.platform import clock
from kefen.platform.identity import proofs
from kefen.ports import registry
from kefen.promoters.queries import by_code
from tests.faces.school import School
from tests.merchants.channels import has_account
from tests.payouts.test_accounts import Channel

CARD = "6222021234567894"
BANK = {"kind": "bank", "account": "6222 0212 3456 7894", "name": "于小鱼", "bank_name": "招商银行"}


@pytest.fixture
def rich(school: School, monkeypatch: pytest.MonkeyPatch) -> School:
    """Something to withdraw, and channels as in production: no sandbox."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
    commissions.mature(clock.now())
    found = {name: Channel(name) for name in ("wechat_pay", "alipay", "bank")}
    monkeypatch.setattr(registry, "_payouts", found)
    for name in ("wechat_pay", "alipay", "stripe"):
        has_account(name)
    return school


def read(school: School, who: str, address: str) -> str:
    answer = school.as_(who).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(school: School, address: str, values: dict[str, str]) -> Any:
    return school.as_("promoter").post(school.at(address, "p"), values)


def test_it_is_asked_for_before_the_button_is_pressed(rich: School) -> None:
    for address in ("", "withdraw", "profile"):
        html = read(rich, "promoter", rich.at(address, "p"))
        assert rich.at("payout-account", "p") in html, address
    assert "还没有收款账户，请先填写" in read(rich, "promoter", rich.at("withdraw", "p"))
    refused = post(rich, "withdraw", {"amount": "20", "number": "w1"})
    assert refused.status_code == 422
    assert "还没有收款账户，钱无处可去" in refused.content.decode()
    assert post(rich, "payout-account", BANK).status_code == 302
    html = read(rich, "promoter", rich.at("withdraw", "p"))
    assert "还没有收款账户" not in html
    assert "**** 7894" in html
    assert 'class="todo' not in read(rich, "promoter", rich.at("", "p"))
    assert post(rich, "withdraw", {"amount": "20", "number": "w1"}).status_code == 302


def test_it_is_masked_on_every_page(rich: School) -> None:
    post(rich, "payout-account", BANK)
    post(rich, "withdraw", {"amount": "20", "number": "w1"})
    for who, address in (
        ("promoter", rich.at("profile", "p")),
        ("promoter", rich.at("payout-account", "p")),
        ("promoter", rich.at("withdraw", "p")),
        ("owner", rich.at("withdrawals", "o")),
        ("owner", rich.at("audit", "o")),
        ("owner", rich.at("promoters/yu", "o")),
    ):
        html = read(rich, who, address)
        assert CARD not in html.replace(" ", ""), address
        assert "于小鱼" not in html.replace("于小鱼</", "") or address.endswith("yu"), address
        if "promoters" not in address:
            assert "7894" in html, address


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**BANK, "account": "6222021234567895"}, "卡号有一位数字不对"),
        ({**BANK, "account": "123"}, "12 到 19 位数字"),
        ({**BANK, "name": ""}, "请填写与账户一致的姓名"),
        ({**BANK, "bank_name": ""}, "请填写开户银行名称"),
        ({"kind": "alipay", "account": "12", "name": "于小鱼"}, "支付宝账号应为"),
        ({"kind": "stripe", "account": "acct_1NabcDEF23456789"}, "请从列表中选择"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_not_shown_again(
    rich: School, values: dict[str, str], said: str
) -> None:
    answer = post(rich, "payout-account", values)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert f'value="{values["account"]}"' not in html
    assert queries.account_of(by_code("yu").id) is None


def test_whoever_wechat_does_not_know_signs_in_by_it_first(rich: School) -> None:
    proofs.set_wechat_app("wx1", "secret")
    html = read(rich, "promoter", rich.at("payout-account?kind=wechat_pay", "p"))
    assert rich.at("sign-in/wechat") in html
    assert 'name="kind"' not in html
    assert post(rich, "payout-account", {"kind": "wechat_pay"}).status_code == 422
    mine = by_code("yu").account_id
    proofs.account_with_openid("wx1", "openid-of-yu-1234", signed_in_to=mine)
    html = read(rich, "promoter", rich.at("payout-account?kind=wechat_pay", "p"))
    assert rich.at("sign-in/wechat") not in html
    assert "openid-of-yu" not in html
    assert post(rich, "payout-account", {"kind": "wechat_pay"}).status_code == 302


def test_the_operator_sees_that_it_was_changed_after_the_request(rich: School) -> None:
    post(rich, "payout-account", BANK)
    post(rich, "withdraw", {"amount": "20", "number": "w1"})
    queue = rich.at("withdrawals", "o")
    assert "申请后更改过账户" not in read(rich, "owner", queue)
    alipay = {"kind": "alipay", "account": "yu@example.org", "name": "于小鱼"}
    with clock.at(clock.now() + timedelta(minutes=1)):
        post(rich, "payout-account", alipay)
    html = read(rich, "owner", queue)
    assert "申请后更改过账户" in html
    assert "y****@example.org" in html
    rich.as_("owner").post(rich.at("withdrawals/w1/decide", "o"), {"decision": "approve"})
    row = queries.by_number("w1")
    assert (row.channel, row.receiver) == ("alipay", "yu@example.org")
    post(rich, "payout-account", BANK)
    html = read(rich, "owner", queue)
    assert "申请后更改过账户" not in html
    assert "y****@example.org" in html


def test_removing_it_is_one_tap_and_nobody_elses(rich: School) -> None:
    post(rich, "payout-account", BANK)
    for who in ("owner", "guest"):
        client = rich.guest() if who == "guest" else rich.as_(who)
        assert client.post(rich.at("payout-account/remove", "p")).status_code in (302, 403, 404)
    assert queries.account_of(by_code("yu").id) is not None
    assert post(rich, "payout-account/remove", {}).status_code == 302
    assert queries.account_of(by_code("yu").id) is None
