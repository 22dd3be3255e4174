"""What led a student here goes with him: through every link on his way, on every device of his."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from kefen.catalog.models import Course, Status
from kefen.faces.web import tokens, visits
from kefen.orders.models import Line
from kefen.platform import clock
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from kefen.promoters.queries import by_code
from kefen.referrals.models import Tie, Touch
from tests.faces.school import School, token_in

SHOP = re.compile(r"^/t/[^/]+/(?:$|c/[^/]+$|c/[^/]+/trial$|checkout/|orders$|learn$)")


@pytest.fixture
def tasted(school: School) -> School:
    """The school with a trial lesson, so that every page of the shop can be reached."""
    Course.objects.filter(code="maths").update(
        trial_title="试听", trial_minutes=8, trial_text="先看图像。"
    )
    return school


def signed_in(school: School, phone: str) -> Client:
    """Another device of the same student."""
    account = account_with_phone(phone)
    browser = school.guest()
    name = f"student-{phone}"
    user = known if (known := school.users.get(name)) is not None else make_user(name)
    if name not in school.users:
        school.users[name] = user
        link_user(account.id, user)
    browser.force_login(user)
    return browser


def winner(answer: HttpResponse) -> str | None:
    """Whose order it is that a checkout just made."""
    assert answer.status_code == 302, answer.content.decode()
    line = Line.objects.select_related("winner").latest("order__placed_at")
    return None if line.winner is None else line.winner.code


def links_of(html: str) -> set[str]:
    """The addresses of the shop that a page leads to."""
    found = {unescape(href) for href in re.findall(r'href="([^"]+)"', html)}
    return {href for href in found if SHOP.match(urlsplit(href).path)}


def link_to(school: School, page: str, answer: HttpResponse) -> str:
    """The address under which an answer leads to a page of the school."""
    links = links_of(answer.content.decode())
    return next(href for href in links if urlsplit(href).path == school.at(page))


def buy(school: School, landing: str) -> HttpResponse:
    """From a landing through its own checkout, each page on a browser that knows nothing."""
    course = urlsplit(landing).path.rsplit("/", 1)[1]
    checkout = link_to(school, f"checkout/{course}", school.guest().get(landing))
    html = school.guest().get(checkout).content.decode()
    hidden = {name: token_in(html, name) for name in ("number", "attribution")}
    typed = {"phone": "13800000001", "terms": "1", **hidden}
    return school.guest().post(urlsplit(checkout).path, typed)  # type: ignore[return-value]


def test_every_link_of_the_shop_carries_the_visit_without_any_cookie(tasted: School) -> None:
    waiting = [tasted.open_link(tasted.guest())]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in seen:
            continue
        seen.add(path)
        page = tasted.guest().get(address)
        assert page.status_code == 200, path
        html = page.content.decode()
        for href in links_of(html):
            assert parse_qs(urlsplit(href).query).get("r"), (path, href)
            waiting.append(href)
        if "/checkout/" in path:
            assert re.search(r'name="attribution" value="[^"]{20,}"', html), path
    assert {tasted.at(one) for one in ("", "c/maths", "c/python", "c/maths/trial")} <= seen
    assert {tasted.at(one) for one in ("checkout/maths", "checkout/python")} <= seen
    assert {tasted.at("orders"), tasted.at("learn")} <= seen


def test_from_the_landing_by_the_school_to_another_course(tasted: School) -> None:
    landing = tasted.open_link(tasted.guest())
    school_page = link_to(tasted, "", tasted.guest().get(landing))
    course = link_to(tasted, "c/python", tasted.guest().get(school_page))
    assert winner(buy(tasted, course)) == "yu"


def test_a_course_that_is_not_there_leads_back_with_the_visit(tasted: School) -> None:
    landing = tasted.open_link(tasted.guest())
    token = parse_qs(urlsplit(landing).query)["r"][0]
    page = tasted.guest().get(tasted.at("c/gone"), {"r": token})
    assert page.status_code == 404
    assert link_to(tasted, "", page) == f"{tasted.at('')}?{urlencode({'r': token})}"
    forged = tasted.guest().get(tasted.at("c/gone"), {"r": "forged-token"})
    assert link_to(tasted, "", forged) == tasted.at("")


def test_a_course_off_sale_sells_another_with_the_visit(tasted: School) -> None:
    landing = tasted.open_link(tasted.guest())
    Course.objects.filter(code="maths").update(status=Status.OFF_SALE)
    other = link_to(tasted, "c/python", tasted.guest().get(landing))
    assert winner(buy(tasted, other)) == "yu"
    assert tasted.guest().get(tasted.at("c/maths/trial")).status_code == 200


def test_the_way_back_from_the_cashier_carries_it_to_the_next_course(tasted: School) -> None:
    answer = tasted.checkout(tasted.guest(), tasted.open_link(tasted.guest()))
    back = tasted.pay(answer["Location"])
    home = link_to(tasted, "orders", tasted.guest().get(back))
    assert tokens.read_arrival(tasted.facts, parse_qs(urlsplit(home).query)["r"][0]) is not None


def test_a_refused_form_and_its_switches_keep_the_visit(tasted: School) -> None:
    answer = tasted.checkout(tasted.guest(), tasted.open_link(tasted.guest()), phone="abc")
    assert answer.status_code == 422
    html = unescape(answer.content.decode())
    (back, *_) = re.findall(r'name="next" value="([^"]+)"', html)
    assert urlsplit(back).path == tasted.at("checkout/maths")
    token = parse_qs(urlsplit(back).query)["r"][0]
    assert tokens.read_arrival(tasted.facts, token) is not None
    assert tokens.read_arrival(tasted.facts, token_in(html, "attribution")) is not None


def test_a_second_device_of_somebody_signed_in(school: School) -> None:
    phone = signed_in(school, "13811110001")
    phone.get(school.open_link(phone))
    desk = signed_in(school, "13811110001")
    assert winner(school.checkout(desk, phone="13811110001")) == "yu"


def test_signing_in_after_the_visit_ties_it_as_well(school: School) -> None:
    phone = school.guest()
    landing = school.open_link(phone)
    phone.get(landing)
    assert not Tie.objects.exists()
    account = account_with_phone("13811110002")
    user = make_user("late")
    link_user(account.id, user)
    phone.force_login(user)
    phone.get(school.at("orders"))
    assert Tie.objects.get().student_id == account.id
    desk = school.guest()
    desk.force_login(user)
    assert winner(school.checkout(desk, phone="13811110002")) == "yu"


def test_a_session_ties_its_browser_once_and_after_each_link(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied: list[UUID] = []
    monkeypatch.setattr(visits.referrals, "identify", lambda visitor, _: tied.append(visitor))
    browser = signed_in(school, "13811110003")
    browser.get(school.open_link(browser))
    browser.get(school.at(""))
    assert len(tied) == 1
    browser.get(school.open_link(browser))
    assert len(tied) == 2
    assert len(set(tied)) == 1


def test_a_link_passed_on_by_the_buyer_credits_the_promoter_and_ties_nobody(
    school: School,
) -> None:
    buyer = signed_in(school, "13811110004")
    landing = school.open_link(buyer)
    assert winner(school.checkout(buyer, landing, phone="13811110004")) == "yu"
    friend = signed_in(school, "13811110005")
    assert "小鱼" in friend.get(landing).content.decode()
    assert winner(school.checkout(friend, landing, phone="13811110005")) == "yu"
    # The token names the buyer's browser. Had it tied the friend, the buyer's later visits would
    # steer the friend's orders.
    friends = account_with_phone("13811110005").id
    assert not Tie.objects.filter(student_id=friends).exists()
    assert winner(school.checkout(signed_in(school, "13811110005"), phone="13811110005")) is None
    assert Touch.objects.exclude(visitor_id=None).values("visitor_id").distinct().count() == 1


def test_a_buyer_who_is_the_promoter_earns_nothing_by_his_own_link(school: School) -> None:
    own = school.as_("promoter")
    landing = school.open_link(own)
    assert winner(school.checkout(own, landing, phone="13900000001")) is None
    assert by_code("yu").account_id is not None


def _token(school: School, **changed: object) -> str:
    """A token signed by us that says something else than any page would."""
    (touch,) = Touch.objects.all()[:1]
    content = [touch.visitor_id.hex, school.facts.id.hex, 0]
    content[2] = int(touch.at.timestamp() * 1_000_000)
    for place, value in changed.items():
        content[int(place[1:])] = value
    return signing.dumps(content, salt=str(changed.get("salt", "kefen.arrival")))


def test_only_a_token_of_ours_for_this_school_and_this_purpose_counts(school: School) -> None:
    school.open_link(school.guest())
    assert winner(school.checkout(school.guest(), f"/?r={_token(school)}")) == "yu"
    foreign = _token(school, _1="0" * 32)
    (touch,) = Touch.objects.all()
    other_purpose = signing.dumps(touch.visitor_id.hex, salt=tokens.VISITOR_COOKIE)
    for bad in (foreign, other_purpose, touch.visitor_id.hex, str(touch.id), "yu"):
        assert tokens.read_arrival(school.facts, bad) is None
        assert winner(school.checkout(school.guest(), f"/?r={bad}")) is None
    browser = school.guest()
    browser.cookies["kefen_visitor"] = touch.visitor_id.hex
    assert winner(school.checkout(browser)) is None


def test_a_token_that_is_a_year_old_is_read_no_more(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = school.open_link(school.guest())
    token = parse_qs(urlsplit(landing).query)["r"][0]
    assert tokens.read_arrival(school.facts, token) is not None
    later = clock.now().timestamp() + timedelta(days=366).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert tokens.read_arrival(school.facts, token) is None
    assert school.guest().get(landing).status_code == 200


def test_a_landing_in_wechat_asks_nobody_to_sign_in(school: School) -> None:
    browser = school.guest()
    answer = browser.get(school.open_link(browser))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "open.weixin" not in html
    assert school.at("checkout/maths") in html
    form = browser.get(school.at("checkout/maths"))
    assert form.status_code == 200
    assert 'type="password"' not in form.content.decode()


def test_a_guest_who_types_anothers_phone_steers_no_later_order_of_his(school: School) -> None:
    victim = "13800000008"
    stranger = school.guest()
    assert winner(school.checkout(stranger, phone=victim, promoter_code="yu")) == "yu"
    assert winner(school.checkout(signed_in(school, victim), phone=victim)) is None
    assert winner(school.checkout(school.guest(), phone=victim)) is None


def test_signed_in_with_another_phone_is_no_proof_either(school: School) -> None:
    victim = "13800000008"
    stranger = signed_in(school, "13800000009")
    assert winner(school.checkout(stranger, phone=victim, promoter_code="yu")) == "yu"
    assert winner(school.checkout(signed_in(school, victim), phone=victim)) is None


def test_a_code_that_a_signed_in_student_typed_counts_for_his_later_orders(
    school: School,
) -> None:
    phone = "13800000008"
    mine = signed_in(school, phone)
    assert winner(school.checkout(mine, phone=phone, promoter_code="yu")) == "yu"
    assert winner(school.checkout(signed_in(school, phone), phone=phone)) == "yu"
    assert winner(school.checkout(school.guest(), phone=phone)) == "yu"
