"""Signing in by phone and by e-mail, and who tries to without being anybody."""

from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.conf import settings
from django.test import Client, override_settings

from kefen.adapters.messengers.outbox.messenger import Outbox
from kefen.adapters.messengers.outbox.models import SentMessage
from kefen.faces.web import tokens
from kefen.orders.models import Line, Order
from kefen.platform import clock
from kefen.platform.identity import codes, proofs, queries
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.models import Account, OneTimeCode, User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.ports import registry
from kefen.ports.messengers import Medium
from kefen.referrals.models import Tie
from tests.faces.school import AGENT, School, open_school
from tests.faces.signing import (
    PHONE,
    ask_code,
    read_code,
    sign_in_by_phone,
    signed_in,
    type_code,
)


@pytest.fixture(autouse=True)
def messengers(monkeypatch: pytest.MonkeyPatch) -> None:
    for medium in Medium:
        monkeypatch.setitem(registry._messengers, medium, Outbox())


def winner(number: str) -> str | None:
    line = Line.objects.select_related("winner").get(order__number=number)
    return None if line.winner is None else line.winner.code


def newest() -> str:
    return Order.objects.latest("placed_at").number


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_proved_number_opens_its_account_and_what_was_bought_before(school: School) -> None:
    stranger = school.guest()
    school.checkout(stranger, phone=PHONE)
    number = newest()
    browser = school.guest()
    assert browser.get(school.at(f"orders/{number}")).status_code == 404
    answer = sign_in_by_phone(school, browser)
    assert answer["Location"] == school.at("orders")
    account = account_with_phone(PHONE)
    assert browser.session["_auth_user_id"] == str(queries.user_of_account(account.id))
    assert number in browser.get(school.at("orders")).content.decode()
    assert browser.get(school.at(f"orders/{number}")).status_code == 200
    assert Account.objects.filter(phone_index__isnull=False).count() == 2  # and the promoter's


def test_a_new_number_gets_an_account_once(school: School) -> None:
    first, second = school.guest(), school.guest()
    sign_in_by_phone(school, first, "+86 138 0000 0002")
    with clock.at(clock.now() + timedelta(minutes=2)):
        sign_in_by_phone(school, second, "13800000002")
    assert first.session["_auth_user_id"] == second.session["_auth_user_id"]


def test_what_was_visited_before_signing_in_counts_from_now_on(school: School) -> None:
    browser = school.guest()
    school.open_link(browser)
    elsewhere = school.guest()
    school.checkout(elsewhere, phone=PHONE)
    assert winner(newest()) is None
    sign_in_by_phone(school, browser)
    tie = Tie.objects.get()
    assert tie.student_id == account_with_phone(PHONE).id
    school.checkout(school.guest(), phone=PHONE)
    assert winner(newest()) == "yu"


def test_a_visit_in_the_address_alone_ties_nobody(school: School) -> None:
    """It may have come by a link that somebody passed on (decisions/0021)."""
    landing = school.open_link(school.guest())
    browser = school.guest()
    token = landing.split("?r=")[1]
    sign_in_by_phone(school, browser, next=school.at(f"promote?r={token}"))
    carried = tokens.read_arrival(school.facts, unquote(token))
    assert carried is not None
    assert not Tie.objects.filter(visitor_id=carried.visitor).exists()


def test_a_visit_at_another_school_ties_nobody(school: School) -> None:
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        landing = open_school(other).open_link(school.guest())
    token = landing.split("?r=")[1]
    sign_in_by_phone(school, school.guest(), next=school.at(f"promote?r={token}"))
    assert not Tie.objects.exists()


def test_asking_for_a_code_signs_nobody_in_and_ties_nobody(school: School) -> None:
    browser = school.guest()
    school.open_link(browser)
    ask_code(school, browser)
    assert not signed_in(browser)
    assert not Tie.objects.exists()
    assert not Account.objects.filter(code__startswith="stu_").filter(name=b"").exists()
    page = browser.get(school.at("sign-in/code")).content.decode()
    assert "138****0001" in page
    assert PHONE not in page


def test_the_answer_does_not_tell_whether_a_number_is_known(school: School) -> None:
    account_with_phone("13800000003")
    said = []
    for phone in ("13800000003", "13800000004"):
        browser = school.guest()
        answer = ask_code(school, browser, phone)
        page = browser.get(answer["Location"]).content.decode()
        csrf = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        told = page.replace(phone[:3] + "****" + phone[-4:], "*")
        said.append((answer.status_code, answer["Location"], len(told), len(csrf)))
    assert said[0] == said[1]


def test_a_code_of_another_browser_opens_nothing(school: School) -> None:
    victim, thief = school.guest(), school.guest()
    ask_code(school, victim)
    code = read_code()
    assert type_code(school, thief, code)["Location"] == school.at("sign-in")
    ask_code(school, thief, "13800000009")
    if read_code() != code:
        assert type_code(school, thief, code).status_code == 422
    assert not signed_in(thief)
    assert type_code(school, victim, code).status_code == 302
    assert signed_in(victim)


def test_five_wrong_codes_close_the_door(school: School) -> None:
    browser = school.guest()
    ask_code(school, browser)
    code = read_code()
    for _ in range(codes.ATTEMPTS):
        answer = type_code(school, browser, wrong(code))
        assert answer.status_code == 422
        assert "验证码不正确" in answer.content.decode()
    assert type_code(school, browser, code).status_code == 422
    assert not signed_in(browser)


def test_a_code_is_used_once_and_grows_old(school: School) -> None:
    browser = school.guest()
    ask_code(school, browser)
    code = read_code()
    with clock.at(clock.now() + codes.GOOD_FOR):
        assert type_code(school, browser, code).status_code == 422
    session = dict(browser.session["sign_in"])
    assert type_code(school, browser, code).status_code == 302
    thief = school.guest()
    held = thief.session
    held["sign_in"] = session
    held.save()
    thief.cookies[settings.SESSION_COOKIE_NAME] = held.session_key
    assert type_code(school, thief, code).status_code == 422


def test_asking_too_often_is_said_and_sends_nothing(school: School) -> None:
    browser = school.guest()
    ask_code(school, browser)
    answer = ask_code(school, school.guest())
    assert answer.status_code == 429
    assert "请 1 分钟后再试" in answer.content.decode()
    assert PHONE in answer.content.decode()
    again = browser.post(school.at("sign-in/code"), {"again": "1"})
    assert again.status_code == 429
    assert OneTimeCode.objects.count() == 1
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert browser.post(school.at("sign-in/code"), {"again": "1"}).status_code == 302
        assert type_code(school, browser, read_code()).status_code == 302


@pytest.mark.parametrize("proxies", [0, 1])
def test_whoever_names_a_false_origin_is_still_one(school: School, proxies: int) -> None:
    most = codes.FROM_ONE_ORIGIN[0].number
    told = "192.0.2.{number}, 198.51.100.7" if proxies else "192.0.2.{number}"
    with override_settings(PROXIES=proxies):
        for number in range(most + 1):
            headers = {"X-Forwarded-For": told.format(number=number)}
            answer = school.guest(**headers).post(
                school.at("sign-in"), {"phone": f"1370000{number:04}"}
            )
            assert answer.status_code == (302 if number < most else 429), number


@pytest.mark.parametrize("bad", ["", "abc", "1380000000a", "1" * 16, "<script>"])
def test_what_is_no_number_is_refused_beside_its_field(school: School, bad: str) -> None:
    answer = ask_code(school, school.guest(), bad)
    assert answer.status_code == 422
    assert "请填写 6 到 15 位数字" in answer.content.decode()
    assert not OneTimeCode.objects.exists()


OUTSIDE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
    "/\t/evil.example",
    "evil",
)


@pytest.mark.parametrize("outside", OUTSIDE)
def test_nobody_is_led_to_another_host(school: School, outside: str) -> None:
    answer = sign_in_by_phone(school, school.guest(), next=outside)
    assert answer["Location"] == school.at("orders")
    page = school.guest().get(f"{school.at('sign-in')}?next={quote(outside)}").content.decode()
    assert 'name="next" value=""' in page
    out = school.guest().post("/sign-out", {"next": outside})
    assert out["Location"] == "/"


def test_one_comes_back_to_where_one_wanted(school: School) -> None:
    wanted = school.at("income?state=pending", "p")
    door = school.guest().get(wanted)["Location"]
    assert door.startswith(school.at("sign-in"))
    page = school.guest().get(door).content.decode()
    assert "收入仅本人可见" in page
    assert sign_in_by_phone(school, school.guest(), next=wanted)["Location"] == wanted


def test_the_session_has_a_new_key_and_keeps_the_guests_orders(school: School) -> None:
    browser = school.guest()
    school.checkout(browser, phone="13800000005")
    number = newest()
    before = browser.session.session_key
    sign_in_by_phone(school, browser)
    assert browser.session.session_key != before
    assert browser.get(school.at(f"orders/{number}")).status_code == 200


def test_the_next_person_on_a_browser_sees_nothing_of_the_one_before(school: School) -> None:
    browser = school.guest()
    sign_in_by_phone(school, browser)
    school.checkout(browser, phone=PHONE)
    number = newest()
    browser.post("/sign-out")
    assert browser.get(school.at(f"orders/{number}")).status_code == 404
    sign_in_by_phone(school, browser, "13800000006")
    assert browser.get(school.at(f"orders/{number}")).status_code == 404


def test_one_number_at_two_schools_is_two_people(school: School) -> None:
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        theirs = open_school(other)
        sign_in_by_phone(theirs, school.guest())
        there = proofs.user_of(account_with_phone(PHONE).id)
    browser = school.guest()
    sign_in_by_phone(school, browser)
    assert browser.session["_auth_user_id"] != str(there.pk)
    # A code of one school is nothing at the other.
    asking = school.guest()
    ask_code(school, asking, "13800000007")
    with scope.institution(other.id):
        assert type_code(theirs, asking, read_code())["Location"] == theirs.at("sign-in")


def test_forms_need_their_token(school: School) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"User-Agent": AGENT})
    for path in ("sign-in", "sign-in/code", "sign-in/wechat"):
        assert browser.post(school.at(path), {"phone": PHONE, "code": "1"}).status_code == 403
    for path in ("/sign-in", "/sign-in/code", "/sign-out", "/sign-out/everywhere"):
        assert browser.post(path, {"email": "a@b.cn", "code": "1"}).status_code == 403
    assert not OneTimeCode.objects.exists()


def test_without_a_messenger_the_page_says_so_plainly(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(registry._messengers, Medium.PHONE)
    page = school.guest().get(school.at("sign-in")).content.decode()
    assert "此处暂不支持手机号登录" in page
    assert 'name="phone"' not in page
    answer = ask_code(school, school.guest())
    assert answer.status_code == 422
    assert "此处暂不支持手机号登录" in answer.content.decode()
    assert not OneTimeCode.objects.exists()


def test_messages_are_shown_in_the_demo_alone(school: School) -> None:
    ask_code(school, school.guest())
    code = read_code()
    assert code in school.guest().get("/sandbox/messages").content.decode()
    with override_settings(STAND_INS=False):
        for path in ("messages", "wechat/sns/userinfo", "wechat/sns/oauth2/access_token"):
            assert school.guest().get(f"/sandbox/{path}").status_code == 404, path


@pytest.mark.parametrize("agent", [AGENT, "Mozilla/5.0 (Windows NT 10.0)"])
def test_looking_and_buying_never_ask_to_sign_in(school: School, agent: str) -> None:
    browser = school.guest(**{"User-Agent": agent})
    landing = school.open_link(browser)
    assert browser.get(landing).status_code == 200
    for path in ("", "checkout/maths", "orders", "sign-in"):
        assert browser.get(school.at(path)).status_code == 200, path
    back = school.pay(school.checkout(browser, landing)["Location"])
    assert browser.get(back, follow=True).status_code == 200
    assert not signed_in(browser)


def test_signing_out_on_every_device(school: School) -> None:
    phone, desk = school.guest(), school.guest()
    sign_in_by_phone(school, phone)
    with clock.at(clock.now() + timedelta(minutes=2)):
        sign_in_by_phone(school, desk)
    assert "退出所有设备" in desk.get(school.at("orders")).content.decode()
    desk.post("/sign-out/everywhere", {"next": school.at("orders")})
    for browser in (phone, desk):
        assert "此处只显示本浏览器的订单" in browser.get(school.at("orders")).content.decode()


def test_who_works_here_signs_in_by_e_mail(school: School) -> None:
    proofs.set_email(school.users["owner"], "lan@example.org")
    browser = school.guest()
    wanted = school.at("orders", "o")
    door = browser.get(wanted)["Location"]
    assert door == f"/sign-in?next={quote(wanted, safe='')}"
    answer = browser.post("/sign-in", {"email": "LAN@example.org", "next": wanted})
    assert answer["Location"] == "/sign-in/code"
    assert "l****@example.org" in browser.get("/sign-in/code").content.decode()
    code = read_code()
    assert browser.post("/sign-in/code", {"code": wrong(code)}).status_code == 422
    assert browser.post("/sign-in/code", {"code": code})["Location"] == wanted
    assert browser.get(wanted).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=2)):
        elsewhere = school.guest()
        elsewhere.post("/sign-in", {"email": "lan@example.org"})
        answer = elsewhere.post("/sign-in/code", {"code": read_code()})
        assert answer["Location"] == school.at("", "o")


def test_an_unknown_address_is_answered_alike_and_gets_nothing(school: School) -> None:
    proofs.set_email(school.users["owner"], "lan@example.org")
    said = []
    for email in ("lan@example.org", "nob@example.org"):
        browser = school.guest()
        answer = browser.post("/sign-in", {"email": email})
        page = browser.get(answer["Location"]).content.decode()
        said.append((answer.status_code, answer["Location"], len(page)))
    assert said[0] == said[1]
    from kefen.platform.identity.tasks import send_code

    for row in OneTimeCode.objects.all():
        send_code(str(row.id))
    assert list(SentMessage.objects.values_list("to", flat=True)) == ["lan@example.org"]
    answer = browser.post("/sign-in/code", {"code": "000000"})
    assert answer.status_code == 422
    assert not signed_in(browser)


def test_a_platform_s_own_staff_signs_in_by_e_mail(school: School) -> None:
    proofs.set_email(school.users["platform"], "gu@example.org")
    browser = school.guest()
    browser.post("/sign-in", {"email": "gu@example.org"})
    assert browser.post("/sign-in/code", {"code": read_code()})["Location"] == "/platform/"
    assert User.objects.get(handle="platform").last_login is not None
