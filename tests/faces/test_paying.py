"""Ways to pay: by channel and by what one holds in one's hands; codes, WeChat's own cashier."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client, override_settings

from kefen.adapters.wechat.official import OfficialWeChat
from kefen.commissions import actions as commissions
from kefen.faces.web.promoter.withdrawals import _bridge
from kefen.orders.models import CashierVisit
from kefen.orders.queries import by_number
from kefen.platform import clock
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Account
from kefen.platform.merchants import actions as merchants
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, EventKind, Method
from tests.faces.school import AGENT, School
from tests.merchants.channels import Recorder

COMPUTER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/131"
PHONE = "Mozilla/5.0 (iPhone) Version/18 Mobile/15E148 Safari"
HERE = "http://testserver"


@pytest.fixture
def wechat(monkeypatch: pytest.MonkeyPatch, school: School) -> Recorder:
    return connected(monkeypatch, Recorder())


@pytest.fixture
def alipay(monkeypatch: pytest.MonkeyPatch, school: School) -> Recorder:
    return connected(monkeypatch, Recorder("alipay", methods=(Method.PAGE, Method.MOBILE)))


def connected(monkeypatch: pytest.MonkeyPatch, channel: Recorder) -> Recorder:
    monkeypatch.setitem(registry._channels, channel.name, channel)
    monkeypatch.setitem(registry._payments, channel.name, channel)
    values = {"app_id": "wx1", "merchant_id": "1", "private_key": "KEY"}
    merchants.connect(channel.name, values=values, actor=SYSTEM)
    return channel


def order(school: School, browser: Client, channel: str, **typed: str) -> tuple[str, str]:
    """Place an order to be paid by a channel; answers its number and where it leads."""
    answer = school.checkout(browser, channel=channel, **typed)
    assert answer.status_code == 302, answer.content.decode()
    visit = CashierVisit.objects.order_by("-opened_at", "-id").first()
    assert visit is not None
    return visit.order.number, str(answer["Location"])


@pytest.mark.parametrize(
    ("agent", "offered", "method"),
    [
        (COMPUTER, ["wechat_pay", "alipay", "sandbox"], Method.CODE),
        (PHONE, ["wechat_pay", "alipay", "sandbox"], Method.MOBILE),
        (AGENT, ["wechat_pay", "sandbox"], Method.CODE),
    ],
)
def test_the_ways_fit_the_device(
    school: School,
    wechat: Recorder,
    alipay: Recorder,
    agent: str,
    offered: list[str],
    method: Method,
) -> None:
    browser = school.guest(**{"User-Agent": agent})
    html = browser.get(school.at("checkout/maths")).content.decode()
    assert [name for name in ("wechat_pay", "alipay", "sandbox") if f'value="{name}"' in html] == (
        offered
    )
    order(school, browser, "wechat_pay")
    assert wechat.asked[-1].method is method
    assert wechat.asked[-1].client_address == "127.0.0.1"


def test_a_way_that_is_not_offered_places_no_order(school: School, wechat: Recorder) -> None:
    answer = school.checkout(school.guest(), channel="alipay")
    assert answer.status_code == 422
    assert not CashierVisit.objects.exists()


def test_a_code_is_shown_until_the_money_is_there(school: School, wechat: Recorder) -> None:
    browser = school.guest(**{"User-Agent": COMPUTER})
    number, page = order(school, browser, "wechat_pay")
    html = browser.get(page).content.decode()
    assert 'class="scan"' in html
    assert "http://127.0.0.1:9/phone" in html
    # The code belongs to the browser that asked for it.
    stranger = school.guest().get(urlsplit(page).path)
    assert stranger.status_code == 404
    event = ChannelEvent(
        "e1",
        EventKind.PAYMENT_SUCCEEDED,
        number,
        number,
        by_number(number).total,
        "CNY",
        clock.now(),
        channel_number="4200001",
    )
    commissions.take_payment("wechat_pay", event)
    assert CashierVisit.objects.get().channel_number == "4200001"
    html = browser.get(page).content.decode()
    assert 'class="scan"' not in html
    assert school.at(f"orders/{number}") in html


def test_another_channel_closes_the_first(
    school: School, wechat: Recorder, alipay: Recorder
) -> None:
    browser = school.guest(**{"User-Agent": COMPUTER})
    number, _ = order(school, browser, "wechat_pay")
    answer = browser.post(school.at(f"orders/{number}/pay"), {"channel": "alipay"})
    assert answer["Location"] == f"https://pay.example.com/{number}"
    assert wechat.closed == [number]
    rows = dict(CashierVisit.objects.values_list("channel", "shut_at"))
    assert rows["wechat_pay"] is not None
    assert rows["alipay"] is None


def test_what_was_paid_at_one_channel_cannot_be_paid_at_another(
    school: School, wechat: Recorder, alipay: Recorder
) -> None:
    browser = school.guest(**{"User-Agent": COMPUTER})
    number, _ = order(school, browser, "wechat_pay")
    wechat.paid[number] = ChannelEvent(
        "e1",
        EventKind.PAYMENT_SUCCEEDED,
        number,
        number,
        by_number(number).total,
        "CNY",
        clock.now(),
    )
    answer = browser.post(school.at(f"orders/{number}/pay"), {"channel": "alipay"})
    assert f"orders/{number}" in answer["Location"]
    assert alipay.asked == []
    # Neither can it be given up.
    browser.post(school.at(f"orders/{number}/cancel"))
    assert by_number(number).state == "placed"


def test_an_order_given_up_can_be_paid_nowhere(school: School, wechat: Recorder) -> None:
    browser = school.guest(**{"User-Agent": COMPUTER})
    number, _ = order(school, browser, "wechat_pay")
    browser.post(school.at(f"orders/{number}/cancel"))
    assert wechat.closed == [number]
    assert by_number(number).state == "cancelled"


@pytest.fixture
def oauth(monkeypatch: pytest.MonkeyPatch) -> Any:
    """WeChat's stand-in answers through Django itself."""

    def answer(request: httpx.Request) -> httpx.Response:
        told = Client().get(request.url.path, dict(request.url.params))
        return httpx.Response(told.status_code, content=told.content)

    monkeypatch.setattr(registry, "_wechat", [OfficialWeChat(httpx.MockTransport(answer))])
    with override_settings(
        PUBLIC_URL=HERE,
        WECHAT_AUTHORIZE_URL=f"{HERE}/sandbox/wechat/connect/oauth2/authorize",
        WECHAT_API_URL=f"{HERE}/sandbox/wechat",
    ):
        yield


def through_wechat(browser: Client, page: str, who: str) -> str:
    parts = urlsplit(page)
    back = urlsplit(str(browser.post(f"{parts.path}?{parts.query}", {"who": who})["Location"]))
    return str(browser.get(f"{back.path}?{back.query}")["Location"])


def test_inside_wechat_its_own_cashier_opens(school: School, wechat: Recorder, oauth: None) -> None:
    proofs.set_wechat_app("wx1", "secret")
    browser, accounts = school.guest(), Account.objects.count()
    answer = school.checkout(browser, channel="wechat_pay")
    assert parse_qs(urlsplit(answer["Location"]).query)["scope"] == ["snsapi_base"]
    page = through_wechat(browser, str(answer["Location"]), "beibei")
    assert wechat.asked[-1].method is Method.IN_APP
    openid = wechat.asked[-1].payer
    assert openid
    html = browser.get(page).content.decode()
    assert "kefen-bridge" in html
    # Saying who pays signs nobody in, and stands nowhere to be read.
    assert Account.objects.count() == accounts + 1  # the buyer, by his phone
    assert openid not in json.dumps(dict(browser.session))
    assert "_auth_user_id" not in browser.session
    # The second time nobody is asked.
    again = school.checkout(browser, channel="wechat_pay", phone="13800000009")
    assert "cashier" in again["Location"]
    assert wechat.asked[-1].payer == openid


def test_a_snapshot_pays_by_code(school: School, wechat: Recorder, oauth: None) -> None:
    proofs.set_wechat_app("wx1", "secret")
    browser = school.guest()
    answer = school.checkout(browser, channel="wechat_pay")
    page = through_wechat(browser, str(answer["Location"]), "snapshot")
    assert wechat.asked[-1].method is Method.CODE
    assert "<svg" in browser.get(page).content.decode()


def test_an_answer_that_nobody_asked_for_pays_nothing(
    school: School, wechat: Recorder, oauth: None
) -> None:
    answer = school.guest().get(school.at("payer"), {"code": "x", "state": "y"})
    assert answer.status_code == 302
    assert wechat.asked == []


def test_a_receipt_in_wechat_is_confirmed_by_its_script() -> None:
    url = "weixin://requestMerchantTransfer?mchId=1900&appId=wx1&package=a%2Bb"
    assert json.loads(_bridge(url)) == {"mchId": "1900", "appId": "wx1", "package": "a+b"}
    assert _bridge("http://127.0.0.1:9/emulator/phone/receive?package_info=x") == ""
    assert _bridge("") == ""
