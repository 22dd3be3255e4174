"""From a link to a paid order, as somebody with or without cookies walks it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kefen.catalog.models import Course, Status
from kefen.commissions.models import Commission
from kefen.orders.models import Line, Order
from kefen.platform import clock
from kefen.platform.identity import queries
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.promoters.queries import by_code
from kefen.referrals.models import Attribution, Binding, Tie, Touch
from tests.faces.school import PRICE, REBATE, School, open_school


def token_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["r"][0]


def winner(number: str) -> str | None:
    line = Line.objects.select_related("winner").get(order__number=number)
    return None if line.winner is None else line.winner.code


def sign_in(browser: Client, phone: str) -> Client:
    """Signed in to the account with this phone number, as by the school's link."""
    user = make_user(f"student-{phone}")
    link_user(account_with_phone(phone).id, user)
    browser.force_login(user)
    return browser


def number_of(answer: object) -> str:
    order: Order = Order.objects.latest("placed_at")
    return order.number


def test_a_link_records_one_visit_and_leads_to_the_course(school: School) -> None:
    browser = school.guest()
    landing = school.open_link(browser)
    assert urlsplit(landing).path == school.at("c/maths")
    touch = Touch.objects.get()
    assert (touch.promoter.code, touch.course.code) == ("yu", "maths")
    cookie = browser.cookies["kefen_visitor"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 86400
    assert str(touch.visitor_id.hex) not in landing
    school.open_link(browser)
    assert Touch.objects.values("visitor_id").distinct().count() == 1
    page = browser.get(landing).content.decode()
    assert "小鱼" in page
    assert "广告" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_machines_leave_no_visit(school: School, headers: dict[str, str]) -> None:
    answer = school.guest(**headers).get(f"/s/{school.code}")
    assert answer["Location"] == school.at("c/maths")
    assert not Touch.objects.exists()


def test_looking_with_head_leaves_no_visit(school: School) -> None:
    assert school.guest().head(f"/s/{school.code}").status_code == 302
    assert not Touch.objects.exists()


def test_an_unknown_link_is_a_friendly_page(school: School) -> None:
    answer = school.guest().get("/s/2222222")
    assert answer.status_code == 404
    assert "链接不存在或已失效" in answer.content.decode()


def test_the_whole_way_of_a_guest(school: School) -> None:
    browser = school.guest()
    answer = school.checkout(browser, school.open_link(browser))
    assert answer.status_code == 302
    back = school.pay(answer["Location"])
    number = urlsplit(back).path.rsplit("/", 1)[1]
    assert winner(number) == "yu"
    assert Commission.objects.get().booked == REBATE
    # The browser knows the order, so the address that one might pass on opens it for nobody else.
    led = browser.get(back)
    assert (led.status_code, parse_qs(urlsplit(led["Location"]).query).get("k")) == (302, None)
    assert school.guest().get(led["Location"]).status_code == 404
    assert "报名成功" in browser.get(led["Location"]).content.decode()
    assert "报名成功" in school.guest().get(back).content.decode()
    assert Order.objects.get().total == PRICE
    assert number in browser.get(school.at("orders")).content.decode()


@pytest.mark.parametrize("kept", ["cookie", "token", "neither"])
def test_attribution_survives_in_the_address_or_in_the_cookie(school: School, kept: str) -> None:
    browser = school.guest()
    landing = school.open_link(browser)
    if kept != "cookie":
        browser.cookies.clear()
    answer = school.checkout(browser, landing if kept == "token" else "")
    assert answer.status_code == 302
    assert winner(number_of(answer)) == ("yu" if kept != "neither" else None)


def test_cookies_cleared_between_the_form_and_sending_it(school: School) -> None:
    browser = school.guest()
    form = school.form(browser, token_of(school.open_link(browser)))
    answer = school.send(school.guest(), {**form, "phone": "13800000001", "terms": "1"})
    assert winner(number_of(answer)) == "yu"


def test_a_changed_token_attributes_nothing_and_harms_nobody(school: School) -> None:
    browser = school.guest()
    token = token_of(school.open_link(browser))
    for bad in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token.split(":")[0]):
        stranger = school.guest()
        assert stranger.get(school.at("c/maths"), {"r": bad}).status_code == 200
        answer = school.checkout(stranger, f"/?r={bad}")
        assert answer.status_code == 302
        assert winner(number_of(answer)) is None
    assert not Tie.objects.exists()


def test_a_token_of_another_school_attributes_nothing(school: School) -> None:
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        theirs = open_school(other)
        token = token_of(theirs.open_link(theirs.guest()))
    answer = school.checkout(school.guest(), f"/?r={token}")
    assert winner(number_of(answer)) is None


def test_sending_twice_is_one_order(school: School) -> None:
    browser = school.guest()
    form = {**school.form(browser), "phone": "13800000001", "terms": "1"}
    first, second = school.send(browser, form), school.send(browser, form)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1
    school.pay(first["Location"])
    third = school.send(browser, form)
    assert third.status_code == 302
    assert third["Location"].startswith(school.at("orders/"))
    assert Order.objects.count() == 1


def test_the_same_form_for_somebody_else_asks_again(school: School) -> None:
    browser = school.guest()
    form = {**school.form(browser), "terms": "1"}
    school.send(browser, {**form, "phone": "13800000001"})
    answer = school.send(browser, {**form, "phone": "13800000002"})
    assert answer.status_code == 409
    assert "已用于另一笔订单" in answer.content.decode()
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phone": "abc"}, "请填写 6 到 15 位数字"),
        ({"terms": ""}, "请先同意课程条款"),
        ({"number": "forged"}, "页面打开太久"),
    ],
)
def test_a_refused_form_keeps_what_was_typed_and_does_nothing(
    school: School, typed: dict[str, str], said: str
) -> None:
    answer = school.checkout(school.guest(), **{"phone": "13800000001", **typed})  # type: ignore[arg-type]
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert typed.get("phone", "13800000001") in html
    assert not Order.objects.exists()
    assert not Tie.objects.exists()


def test_a_typed_code_wins_only_where_no_link_was_first(school: School) -> None:
    assert winner(school.buy(promoter_code="yu")) == "yu"
    browser = school.guest()
    answer = school.checkout(browser, phone="13800000005", promoter_code="nobody")
    back = school.pay(answer["Location"])
    page = browser.get(back, follow=True).content.decode()
    assert "nobody" in page
    assert winner(number_of(answer)) is None


def test_a_course_off_sale_is_refused_and_offers_others(school: School) -> None:
    browser = school.guest()
    landing = school.open_link(browser)
    form = school.form(browser, token_of(landing))
    Course.objects.filter(code="maths").update(status=Status.OFF_SALE)
    page = browser.get(landing).content.decode()
    assert "数据分析" in page
    assert token_of(landing)[:20] in page
    answer = school.send(browser, {**form, "phone": "13800000001", "terms": "1"})
    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_an_order_is_open_to_its_buyer_alone(school: School) -> None:
    browser = school.guest()
    answer = school.checkout(browser)
    number = number_of(answer)
    address = school.at(f"orders/{number}")
    assert browser.get(address).status_code == 200
    assert school.guest().get(address).status_code == 404
    assert school.guest().get(address, {"k": "forged"}).status_code == 404
    back = urlsplit(school.pay(answer["Location"]))
    fresh = Client()
    assert fresh.get(f"{back.path}?{back.query}").status_code == 200
    assert fresh.get(address).status_code == 200
    assert school.as_("promoter").get(address).status_code == 404
    assert school.as_("owner").get(address).status_code == 404


def test_typing_a_known_phone_number_does_not_sign_in(school: School) -> None:
    account = account_with_phone("13812345678")
    link_user(account.id, make_user("li"))
    own = school.guest()
    first = number_of(school.checkout(own, phone="13812345678"))
    thief = school.guest()
    second = number_of(school.checkout(thief, phone="13812345678"))
    assert thief.get(school.at(f"orders/{second}")).status_code == 200
    assert thief.get(school.at(f"orders/{first}")).status_code == 404
    assert first not in thief.get(school.at("orders")).content.decode()


def test_a_phone_number_typed_first_opens_nothing_that_its_owner_does_later(
    school: School,
) -> None:
    thief, victim = school.guest(), school.guest()
    own = number_of(school.checkout(thief, phone="13811112222"))
    theirs = number_of(school.checkout(victim, phone="13811112222"))
    assert own != theirs
    assert "_auth_user_id" not in thief.session
    assert queries.user_of_account(account_with_phone("13811112222").id) is None
    for browser, seen, hidden in ((thief, own, theirs), (victim, theirs, own)):
        assert browser.get(school.at(f"orders/{seen}")).status_code == 200
        assert browser.get(school.at(f"orders/{hidden}")).status_code == 404
        assert browser.post(school.at(f"orders/{hidden}/cancel")).status_code == 404
        page = browser.get(school.at("orders")).content.decode()
        assert seen in page
        assert hidden not in page
        assert "此处只显示本浏览器的订单" in page
    # The account stays free for its owner, who sees all its orders once he has proved himself.
    page = sign_in(school.guest(), "13811112222").get(school.at("orders")).content.decode()
    assert own in page
    assert theirs in page
    assert "此处只显示本浏览器的订单" not in page


def test_an_order_with_somebody_elses_phone_steers_none_of_his_own(school: School) -> None:
    promoter = school.as_("promoter")
    unpaid = number_of(school.checkout(promoter, school.open_link(promoter), phone="13811113333"))
    # Whoever is signed in buys, whatever phone he types: nobody earns on his own purchase.
    assert winner(unpaid) is None
    (snapshot,) = Attribution.objects.all()
    assert [found["verdict"] for found in snapshot.evidence] == ["self_purchase"]
    # The browser is its own owner's, and nobody else's.
    assert [tie.student_id for tie in Tie.objects.all()] == [by_code("yu").account_id]
    assert not Binding.objects.exists()
    assert winner(number_of(school.checkout(school.guest(), phone="13811113333"))) is None


def test_only_whoever_is_signed_in_as_the_student_is_tied(school: School) -> None:
    browser = sign_in(school.guest(), "13811114444")
    landing = school.open_link(browser)
    school.checkout(browser, landing, phone="13811115555")
    school.checkout(browser, landing, phone="13811114444")
    tie = Tie.objects.get()
    assert tie.student_id == account_with_phone("13811114444").id
    assert winner(number_of(school.checkout(school.guest(), phone="13811114444"))) == "yu"


def test_the_visit_of_the_form_and_of_the_cookie_count_both_for_one_order(school: School) -> None:
    token = token_of(school.open_link(school.guest()))
    browser = school.guest()
    school.open_link(browser)
    answer = school.checkout(browser, f"/?r={token}")
    assert winner(number_of(answer)) == "yu"
    evidence = Line.objects.select_related("attribution").get().attribution.evidence
    assert len(evidence) == 2
    assert not Tie.objects.exists()


def test_back_from_the_cashier_without_the_channels_word(school: School) -> None:
    browser = school.guest()
    cashier = school.checkout(browser)["Location"]
    given_up = Client().post(urlsplit(cashier).path, {"outcome": "abandoned"})
    page = browser.get(given_up["Location"], follow=True).content.decode()
    assert "待付款" in page
    assert 'http-equiv="refresh"' not in page
    paid = Client().post(urlsplit(cashier).path, {"outcome": "paid"})
    page = browser.get(paid["Location"], follow=True).content.decode()
    assert "正在确认，不要重复支付" in page
    assert 'http-equiv="refresh"' in page


def test_an_unpaid_order_can_be_given_up_but_not_once_the_channel_has_the_money(
    school: School,
) -> None:
    browser = school.guest()
    cashier = school.checkout(browser)["Location"]
    number = number_of(None)
    Client().post(urlsplit(cashier).path, {"outcome": "paid"})
    browser.post(school.at(f"orders/{number}/cancel"))
    assert Order.objects.get().state == "placed"
    school.checkout(browser, phone="13800000009")
    other = number_of(None)
    browser.post(school.at(f"orders/{other}/cancel"))
    assert Order.objects.get(number=other).state == "cancelled"


def test_old_visits_still_carry_the_mark_but_not_the_order(school: School) -> None:
    browser = school.guest()
    with clock.at(clock.now() - timedelta(days=8)):
        landing = school.open_link(browser)
    answer = school.checkout(browser, landing)
    assert winner(number_of(answer)) is None


def test_giving_up_and_enrolling_again_keeps_a_visit_that_came_by_a_passed_on_address(
    school: School,
) -> None:
    """No cookie knows of it: only the addresses and forms of the way carry it."""
    landing, friend = school.open_link(school.guest()), school.guest()
    order = number_of(school.checkout(friend, landing))
    token = landing.split("r=")[1]
    gone = friend.post(school.at(f"orders/{order}/cancel?r={token}"))
    assert gone["Location"].endswith(f"r={token}")
    page = friend.get(gone["Location"]).content.decode()
    assert f"?r={token}" in page


@pytest.mark.parametrize(
    ("agent", "is_person"),
    [
        ("Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 20)", True),
        ("Xbot/1", False),
    ],
)
def test_a_telephone_is_no_machine(school: School, agent: str, is_person: bool) -> None:
    before = Touch.objects.count()
    school.guest(**{"User-Agent": agent}).get(f"/s/{school.code}")
    assert Touch.objects.count() - before == int(is_person)
