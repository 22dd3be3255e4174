"""Signing in by WeChat, whose stand-in answers in this very process."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from kefen.adapters.messengers.outbox.messenger import Outbox
from kefen.adapters.wechat.official import OfficialWeChat
from kefen.orders.models import Line
from kefen.platform.audit.models import Record
from kefen.platform.identity import proofs, queries
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.models import Account, WeChatIdentity
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.ports import registry
from kefen.ports.messengers import Medium
from kefen.referrals.models import Tie
from tests.faces.school import School, open_school
from tests.faces.signing import PHONE, ask_code, read_code, sign_in_by_phone, signed_in, type_code

HERE = "http://testserver"
DESK = "Mozilla/5.0 (Windows NT 10.0)"


@pytest.fixture(autouse=True)
def wechat(monkeypatch: pytest.MonkeyPatch, school: School) -> Any:
    """The stand-in is asked through Django itself, in this transaction."""

    def answer(request: httpx.Request) -> httpx.Response:
        told = Client().get(request.url.path, dict(request.url.params))
        return httpx.Response(told.status_code, content=told.content)

    monkeypatch.setattr(registry, "_wechat", [OfficialWeChat(httpx.MockTransport(answer))])
    monkeypatch.setitem(registry._messengers, Medium.PHONE, Outbox())
    proofs.set_wechat_app("wx-zhixing", "secret")
    with override_settings(
        PUBLIC_URL=HERE,
        WECHAT_AUTHORIZE_URL=f"{HERE}/sandbox/wechat/connect/oauth2/authorize",
        WECHAT_API_URL=f"{HERE}/sandbox/wechat",
    ):
        yield


def to_wechat(school: School, browser: Client, **form: str) -> str:
    """Tap the button; answers the address of WeChat's page."""
    answer = browser.post(school.at("sign-in/wechat"), form)
    assert answer.status_code == 302
    return str(answer["Location"])


def allow(browser: Client, page: str, who: str = "beibei") -> str:
    """Say yes at WeChat; answers the way back."""
    parts = urlsplit(page)
    return str(browser.post(f"{parts.path}?{parts.query}", {"who": who})["Location"])


def come_back(browser: Client, back: str) -> HttpResponse:
    parts = urlsplit(back)
    return browser.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]


def sign_in(school: School, browser: Client, who: str = "beibei", **form: str) -> HttpResponse:
    return come_back(browser, allow(browser, to_wechat(school, browser, **form), who))


def identity() -> WeChatIdentity:
    return WeChatIdentity.objects.get()


def test_inside_of_wechat_its_button_stands_first(school: School) -> None:
    inside = school.guest().get(school.at("sign-in")).content.decode()
    outside = school.guest(**{"User-Agent": DESK}).get(school.at("sign-in")).content.decode()
    assert inside.index("微信登录") < inside.index("获取验证码")
    assert outside.index("微信登录") > outside.index("获取验证码")


def test_a_tap_makes_an_account_once_and_leads_to_where_one_wanted(school: School) -> None:
    browser = school.guest()
    school.open_link(browser)
    answer = sign_in(school, browser, next=school.at("promote"))
    assert answer["Location"] == school.at("promote")
    assert signed_in(browser)
    account = queries.account(identity().account_id)
    assert account is not None
    assert (account.name, account.phone) == ("小北同学", "")
    assert Tie.objects.get().student_id == account.id
    again = school.guest()
    sign_in(school, again)
    assert again.session["_auth_user_id"] == browser.session["_auth_user_id"]
    assert WeChatIdentity.objects.count() == 1


def test_a_page_that_is_only_looked_at_makes_nobody(school: School) -> None:
    browser, before = school.guest(), Account.objects.count()
    answer = sign_in(school, browser, "snapshot")
    assert answer.status_code == 200
    assert "使用完整服务" in answer.content.decode()
    assert not signed_in(browser)
    assert Account.objects.count() == before
    assert not WeChatIdentity.objects.exists()


def test_who_refuses_is_not_signed_in(school: School) -> None:
    browser = school.guest()
    answer = sign_in(school, browser, "")
    assert answer.status_code == 302
    assert not signed_in(browser)
    assert "未完成微信登录" in browser.get(answer["Location"]).content.decode()


Forge = Callable[[str], str]


@pytest.mark.parametrize(
    "forge",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.split("&state=")[0],
        lambda back: back.split("?")[0],
    ],
)
def test_an_answer_with_another_secret_signs_nobody_in(school: School, forge: Forge) -> None:
    browser = school.guest()
    back = allow(browser, to_wechat(school, browser))
    assert come_back(browser, forge(back)).status_code == 302
    assert not signed_in(browser)
    # The secret was used up by the attempt.
    come_back(browser, back)
    assert not signed_in(browser)


def test_nobody_is_signed_in_as_somebody_elses_person(school: School) -> None:
    thief, victim = school.guest(), school.guest()
    back = allow(thief, to_wechat(school, thief))
    come_back(victim, back)
    assert not signed_in(victim)


def test_an_answer_opens_once(school: School) -> None:
    browser = school.guest()
    back = allow(browser, to_wechat(school, browser))
    assert come_back(browser, back).status_code == 302
    browser.post("/sign-out")
    come_back(browser, back)
    assert not signed_in(browser)


def test_a_forged_code_is_refused_in_words(school: School) -> None:
    browser = school.guest()
    state = parse_qs(urlsplit(to_wechat(school, browser)).query)["state"][0]
    answer = browser.get(school.at("sign-in/wechat/back"), {"code": "forged", "state": state})
    assert "微信授权已失效" in browser.get(answer["Location"]).content.decode()
    assert not signed_in(browser)


def test_nobody_is_led_to_another_host(school: School) -> None:
    answer = sign_in(school, school.guest(), next="//evil.example/")
    assert answer["Location"] == school.at("orders")
    forged = school.guest().get(
        "/sandbox/wechat/connect/oauth2/authorize", {"redirect_uri": "https://evil.example/"}
    )
    assert forged.status_code == 404


def test_one_person_at_two_schools_is_two(school: School) -> None:
    sign_in(school, school.guest())
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        theirs = open_school(other)
        proofs.set_wechat_app("wx-zhixing", "secret")
        browser = school.guest()
        sign_in(theirs, browser)
        assert WeChatIdentity.objects.count() == 1
    assert browser.get(school.at("orders")).content.decode().count("已登录") == 0
    # A secret of one school opens nothing at the other.
    asking = school.guest()
    back = allow(asking, to_wechat(school, asking)).replace("/t/zhixing/", "/t/other/")
    come_back(asking, back)
    assert not signed_in(asking)


def test_a_school_without_an_app_offers_no_wechat(school: School) -> None:
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        theirs = open_school(other)
        assert "微信登录" not in school.guest().get(theirs.at("sign-in")).content.decode()
        answer = school.guest().post(theirs.at("sign-in/wechat"))
        assert answer.status_code == 422
        assert "此处不支持微信登录" in answer.content.decode()


def test_who_came_by_wechat_adds_a_number(school: School) -> None:
    browser = school.guest()
    sign_in(school, browser)
    mine = identity().account_id
    assert "绑定手机号" in browser.get(school.at("orders")).content.decode()
    sign_in_by_phone(school, browser)
    assert account_with_phone(PHONE).id == mine
    assert "绑定手机号" not in browser.get(school.at("orders")).content.decode()
    assert identity().account_id == mine


def test_a_number_with_an_account_takes_wechat_and_the_visits_along(school: School) -> None:
    holder = account_with_phone(PHONE)
    school.checkout(school.guest(), phone=PHONE)
    browser = school.guest()
    school.open_link(browser)
    sign_in(school, browser)
    empty = identity().account_id
    other = school.guest()
    sign_in(school, other)
    browser.cookies.pop("kefen_visitor")
    assert other.get(school.at("promote")).status_code == 200
    sign_in_by_phone(school, browser)
    # Nobody goes on working on the emptied account.
    assert "/sign-in" in other.get(school.at("promote"))["Location"]
    assert identity().account_id == holder.id
    assert browser.session["_auth_user_id"] == str(queries.user_of_account(holder.id))
    assert set(Tie.objects.values_list("student_id", flat=True)) == {empty, holder.id}
    noted = Record.objects.get(verb="account.joined")
    assert noted.subject == f"account:{holder.code}"
    school.checkout(school.guest(), phone=PHONE)
    assert Line.objects.select_related("winner").latest("id").winner.code == "yu"


def test_two_accounts_in_use_are_not_joined_and_it_is_said(school: School) -> None:
    holder = account_with_phone(PHONE)
    browser = school.guest()
    sign_in(school, browser)
    mine = identity().account_id
    browser.post(school.at("promote"), {"name": "小北", "agreement": "2026-11", "of_age": "1"})
    ask_code(school, browser)
    answer = type_code(school, browser, read_code())
    page = browser.get(answer["Location"]).content.decode()
    assert "无法自动合并" in page
    assert "已登录" in page
    assert identity().account_id == mine
    assert queries.account(holder.id) == holder
    account = queries.account(mine)
    assert account is not None
    assert account.phone == ""
