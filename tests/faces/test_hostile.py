"""What no browser sends by itself: answered in words, never by a fault of ours."""

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kefen.core.errors import InvalidInput
from kefen.faces.web import demo, statements, typed
from kefen.faces.web.platform.institutions import owner_handle
from kefen.orders.models import Order
from kefen.platform.identity.actions import make_user
from kefen.platform.identity.models import User
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from tests.faces.school import AGENT, School
from tests.faces.test_money import TERMS

ZONE = ZoneInfo("Asia/Shanghai")


def said_400(answer: object) -> bool:
    html = answer.content.decode()  # type: ignore[attr-defined]
    return answer.status_code == 400 and '<p class="mut num">400</p>' in html  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    [
        "s/%00",
        "t/%00/",
        "t/zhixing/c/a%00b",
        "t/zhixing/orders/%00",
        "nowhere/%00",
        "t/zhixing/?r=%00",
        "t/zhixing/?%00=1",
        "t/zhixing/?r=a&r=%00",
        "sign-in/%00",
    ],
)
def test_a_nul_in_an_address_is_a_bad_request(school: School, path: str) -> None:
    assert said_400(school.guest().get(f"/{path}"))


def test_a_nul_in_the_consoles_filters_is_a_bad_request(school: School) -> None:
    client = school.as_("owner")
    for name in ("q", "state", "promoter", "from"):
        assert said_400(client.get(school.at("orders", "o"), {name: "a\0"})), name
    assert said_400(client.get(school.at("audit", "o"), {"action": "\0"}))


@pytest.mark.parametrize("field", ["phone", "promoter_code", "attribution", "number", "x\0"])
@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_nul_in_a_form_is_a_bad_request(school: School, field: str, kind: str) -> None:
    browser = school.guest()
    form = {**school.form(browser), "phone": "13800000001", "terms": "1", field: "1\0"}
    if kind == "multipart":
        answer = browser.post(school.at("checkout/maths"), form)
    else:
        body = "&".join(f"{quote(name)}={quote(value)}" for name, value in form.items())
        answer = browser.post(
            school.at("checkout/maths"), body, content_type="application/x-www-form-urlencoded"
        )
    assert said_400(answer)
    assert not Order.objects.exists()


def test_a_nul_in_a_cookie_is_a_bad_request(school: School) -> None:
    browser = school.guest()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "abcdefgh\0"
    assert said_400(browser.get(school.at("")))


def test_a_notification_is_left_to_whoever_reads_its_body(school: School) -> None:
    address = reverse("webhook", args=["sandbox", school.facts.slug])
    answer = school.guest().post(address, "a=%00", content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 401)
    assert "html" not in answer["Content-Type"]


@pytest.mark.parametrize(
    "text", ["0000-01", "0001-01", "1969-12", "7000-01", "9999-12", "２０２６-０１", "2026-13", "x"]
)
def test_a_month_that_makes_no_sense_is_the_present_one(school: School, text: str) -> None:
    assert statements.month(text) == statements.month("")
    query = {"period": text}
    for who, face, path in (("owner", "o", "statements"), ("promoter", "p", "statement")):
        for ending in ("", ".csv"):
            answer = school.as_(who).get(school.at(path + ending, face), query)
            assert answer.status_code == 200, (path, ending)


@pytest.mark.parametrize(("text", "left"), [("1970-01", "earlier"), ("6999-12", "later")])
def test_the_first_and_the_last_month_lead_nowhere_beyond(
    school: School, text: str, left: str
) -> None:
    page = statements.page(["main"], statements.month(text), "x")
    assert page.period == text
    assert getattr(page, left) == ""
    assert (
        school.as_("owner").get(school.at("statements", "o"), {"period": text}).status_code == 200
    )


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "1969-12-31", "7000-01-01", "9999-12-31", "２０２６-０１-０１", "20260101", "x"],
)
def test_a_day_that_makes_no_sense_does_not_filter(school: School, text: str) -> None:
    assert typed.day(text) is None
    for name in ("from", "to"):
        answer = school.as_("owner").get(school.at("orders", "o"), {name: text})
        assert answer.status_code == 200, name


def test_the_edges_of_the_years_filter(school: School) -> None:
    assert typed.day("1970-01-01") == date(1970, 1, 1)
    query = {"from": "1970-01-01", "to": "6999-12-31"}
    assert school.as_("owner").get(school.at("orders", "o"), query).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00",
        "1969-12-31T23:59",
        "7000-01-01T00:00",
        "9999-12-31T23:59",
        "２０２６-０１-０１T00:00",
        "2026-01-01",
        "2026-02-30T00:00",
        "2026-01-01T00:00+08:00",
    ],
)
def test_an_instant_that_makes_no_sense_is_refused_beside_its_field(
    school: School, text: str
) -> None:
    with pytest.raises(InvalidInput):
        typed.local_instant(text, ZONE, field="effective_from")
    form = {**TERMS, "effective_from": text}
    answer = school.as_("owner").post(school.at("programme/publish", "o"), form)
    assert answer.status_code == 422
    assert "ferr" in answer.content.decode()


def test_an_instant_is_read_in_its_zone() -> None:
    for text in ("2026-11-22T20:30", " 2026-11-22T20:30:00 "):
        read = typed.local_instant(text, ZONE, field="x")
        assert read == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def test_two_schools_with_long_names_have_owners_of_their_own(school: School) -> None:
    client, long = school.as_("platform"), "s" * 63
    handles = [owner_handle(long + last) for last in "ab"]
    assert len({*handles}) == 2
    assert all(len(handle) <= 64 for handle in handles)
    for last in "ab":
        done = client.post("/platform/institutions", {"name": "X", "slug": long + last})
        assert done.status_code == 302
    owners = [User.objects.get(handle=handle) for handle in handles]
    for owner, own, other in zip(owners, "ab", "ba", strict=True):
        browser = school.guest()
        browser.force_login(owner)
        assert browser.get(f"/o/{long}{own}/").status_code == 200
        assert browser.get(f"/o/{long}{other}/").status_code == 404


def test_a_school_whose_owner_exists_already_is_not_founded(school: School) -> None:
    make_user(owner_handle("taken"))
    answer = school.as_("platform").post("/platform/institutions", {"name": "X", "slug": "taken"})
    assert answer.status_code == 409
    assert "taken" not in [one.slug for one in tenancy.all_institutions()]


def test_a_form_without_its_token_is_refused_in_words(school: School) -> None:
    named = (Path(settings.BASE) / "config" / "settings.py").read_text()
    assert 'CSRF_FAILURE_VIEW = "kefen.faces.web.views.csrf_refused"' in named
    browser = Client(enforce_csrf_checks=True, headers={"User-Agent": AGENT})
    answer = browser.post(school.at("checkout/maths"), {"phone": "1"})
    assert answer.status_code == 403
    assert '<p class="mut num">403</p>' in answer.content.decode()


def test_a_file_is_whole_before_it_is_sent(school: School) -> None:
    school.buy()
    answer = school.as_("owner").get(school.at("statements.csv", "o"))
    assert not answer.streaming
    assert answer.content.decode().startswith(statements.BOM)
    assert scope.institution_id() == school.facts.id


@pytest.mark.usefixtures("school")
def test_the_demos_clock_closes_boards_before_it_matures_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr("kefen.standings.actions.close_due", lambda _now: done.append("boards"))
    monkeypatch.setattr("kefen.commissions.actions.mature", lambda _now: done.append("mature"))
    demo._bring_up()
    assert done == ["boards", "mature"]
