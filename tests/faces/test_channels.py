"""The console's pages of payment channels: for the owner alone, and without any secret."""

import pytest

from kefen.core.errors import ChannelRejected, ChannelUnavailable, KefenError
from kefen.core.ids import uuid7
from kefen.orders import actions as orders
from kefen.orders.models import LeftCashier, Order
from kefen.platform.merchants import queries
from kefen.platform.merchants.models import MerchantAccount
from kefen.ports import registry
from kefen.ports.merchants import Field
from kefen.ports.payments import Method
from kefen.reconciliation import queries as fees
from tests.faces.school import School
from tests.merchants.channels import Recorder

FORM = {
    "app_id": "wx1",
    "merchant_id": "1900007291",
    "private_key": "a KEY nobody may see",
    "transfer_scene_id": "1005",
    "gateway": "https://pay.example.com",
    "active": "1",
}


@pytest.fixture(autouse=True)
def channel(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(registry._channels, "wechat_pay", recorder)
    monkeypatch.setitem(registry._payments, "wechat_pay", recorder)
    return recorder


def test_the_owner_connects_a_channel(school: School) -> None:
    owner = school.as_("owner")
    assert owner.get(school.at("channels", "o")).status_code == 200
    page = school.at("channels/wechat_pay", "o")
    html = owner.get(page).content.decode()
    assert f"/webhooks/wechat_pay/{school.facts.slug}" in html
    assert owner.post(page, FORM).status_code == 302
    known = queries.account("wechat_pay")
    assert known is not None
    assert known.active
    assert not known.splits
    html = owner.get(page).content.decode() + owner.get(school.at("channels", "o")).content.decode()
    assert "1900007291" in html
    assert "KEY nobody" not in html


def test_a_refused_form_shows_no_secret_and_keeps_nothing(school: School) -> None:
    page = school.at("channels/wechat_pay", "o")
    answer = school.as_("owner").post(page, {**FORM, "app_id": ""})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "KEY nobody" not in html
    assert "1900007291" in html
    assert 'id="field-app_id-error"' in html
    assert queries.accounts() == []


def test_nobody_but_the_owner_comes_in(school: School) -> None:
    for role in ("operator", "finance", "reviewer", "read_only"):
        browser = school.as_(role)
        assert browser.get(school.at("channels", "o")).status_code == 403
        assert browser.post(school.at("channels/wechat_pay", "o"), FORM).status_code == 403
    assert queries.accounts() == []


@pytest.mark.parametrize(
    ("error", "tone"),
    [
        (None, "jade"),
        (ChannelUnavailable(channel="wechat_pay"), "amber"),
        (ChannelRejected(channel="wechat_pay", reason="SIGN_ERROR"), "amber"),
    ],
)
def test_an_account_can_be_tried(
    school: School,
    channel: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    error: KefenError | None,
    tone: str,
) -> None:
    owner = school.as_("owner")
    address = school.at("channels/wechat_pay/try", "o")
    assert owner.post(address).status_code == 404
    owner.post(school.at("channels/wechat_pay", "o"), FORM)

    def asked(institution: str, order: str) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(channel, "query_payment", asked)
    assert owner.post(address).status_code == 302
    assert owner.session["notice"]["tone"] == tone


def test_a_channel_that_does_not_exist_is_not_found(school: School) -> None:
    assert school.as_("owner").get(school.at("channels/cash", "o")).status_code == 404


def test_an_account_of_two_schools_is_the_owners_work(school: School) -> None:
    owner, overview = school.as_("owner"), school.at("", "o")
    owner.post(school.at("channels/wechat_pay", "o"), FORM)
    said, page = "与其他机构重复", school.at("channels/wechat_pay", "o")
    for address in (overview, school.at("channels", "o"), page):
        assert said not in owner.get(address).content.decode()
    MerchantAccount.objects.update(contested="merchant_id")
    assert "与其他机构重复的收款账户" in owner.get(overview).content.decode()
    assert said in owner.get(school.at("channels", "o")).content.decode()
    assert "对账单无法区分" in owner.get(page).content.decode()
    assert said not in school.as_("finance").get(overview).content.decode()


def test_a_channel_that_does_not_answer_changes_nothing(
    school: School, channel: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(merchant: object) -> None:
        raise ChannelUnavailable(channel="wechat_pay")

    told = Field("account_id", identity=True, told=True)
    monkeypatch.setattr(channel, "fields", (*channel.fields, told))
    monkeypatch.setattr(channel, "identify", silent)
    owner, page = school.as_("owner"), school.at("channels/wechat_pay", "o")
    assert 'name="account_id"' not in owner.get(page).content.decode()
    answer = owner.post(page, FORM)
    assert answer.status_code == 503
    assert "KEY nobody" not in answer.content.decode()
    assert queries.accounts() == []


def test_the_fee_is_noted_from_a_day_on(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._bills, "wechat_pay", object())
    owner, page = school.as_("owner"), school.at("channels/wechat_pay", "o")
    assert "与渠道约定的费率" in owner.get(page).content.decode()
    fee = school.at("channels/wechat_pay/fee", "o")
    form = {"rate": "0.6", "effective_on": "2026-01-01"}
    for role in ("operator", "finance", "read_only"):
        assert school.as_(role).post(fee, form).status_code == 403
    for wrong in ({**form, "rate": "x"}, {**form, "rate": "30"}, {**form, "effective_on": "soon"}):
        answer = owner.post(fee, wrong)
        assert answer.status_code == 422
        assert wrong["rate"] in answer.content.decode()
    assert fees.agreed_fees("wechat_pay") == []
    for _ in range(2):
        assert owner.post(fee, form).status_code == 302
    owner.post(fee, {"rate": "", "effective_on": "2026-02-01"})
    assert [one.bps for one in fees.agreed_fees("wechat_pay")] == [None, 60]
    html = owner.get(page).content.decode()
    assert "0.6%" in html
    assert "2026-01-01" in html
    assert html.count("生效中") == 1


def test_where_no_bills_are_written_there_is_no_fee(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = school.as_("owner")
    monkeypatch.delitem(registry._bills, "wechat_pay", raising=False)
    assert (
        "channels/wechat_pay/fee"
        not in owner.get(school.at("channels/wechat_pay", "o")).content.decode()
    )
    answer = owner.post(
        school.at("channels/wechat_pay/fee", "o"), {"rate": "1", "effective_on": "2026-01-01"}
    )
    assert answer.status_code == 404


def test_an_account_that_the_channel_shut_is_replaced(school: School) -> None:
    owner, page = school.as_("owner"), school.at("channels/wechat_pay", "o")
    owner.post(page, FORM)
    shut = school.at("shut/wechat_pay", "o")
    assert shut in owner.get(page).content.decode()
    browser = school.guest()
    school.checkout(browser, school.open_link(browser))
    order = Order.objects.get().number
    by = orders.PayBy("wechat_pay", Method.CODE)
    orders.open_cashier(order, by, return_url="http://here/")
    assert owner.post(page, {**FORM, "merchant_id": "1901"}).status_code == 409
    assert owner.post(shut, {"reason": " "}).status_code == 422
    for role in ("reviewer", "read_only"):
        assert school.as_(role).post(shut, {"reason": "closed"}).status_code == 403
    # Whoever may not enter accounts does not begin it either.
    assert school.as_("finance").post(shut, {"reason": "closed"}).status_code == 403
    assert owner.post(shut, {"reason": "closed by WeChat"}).status_code == 302
    assert owner.post(page, {**FORM, "merchant_id": "1901"}).status_code == 302
    html = school.as_("finance").get(shut).content.decode()
    assert order in html
    (left,) = LeftCashier.objects.all()
    settle = school.at(f"left/{left.id}/settle", "o")
    finance = school.as_("finance")
    finance.post(settle, {"decision": "never", "note": " "})
    finance.post(settle, {"decision": "perhaps", "note": "looked"})
    left.refresh_from_db()
    assert left.state == "open"
    assert finance.post(settle, {"decision": "never", "note": "looked"}).status_code == 302
    left.refresh_from_db()
    assert (left.state, left.note) == ("never", "looked")
    # Once more changes nothing.
    finance.post(settle, {"decision": "came", "note": "looked"})
    assert Order.objects.get(number=order).state == "placed"
    for gone in ("0", str(uuid7())):
        assert finance.post(school.at(f"left/{gone}/settle", "o"), {}).status_code == 404
    assert owner.get(school.at("shut/cash", "o")).status_code == 404
