"""Becoming a promoter: from a guest's tap to a link that works, or to a decision."""

import pytest
from django.test import Client

from kefen.adapters.messengers.outbox.messenger import Outbox
from kefen.core.terms import PromoterKind
from kefen.orders.models import Line
from kefen.ports import registry
from kefen.ports.messengers import Medium
from kefen.promoters import actions, queries
from kefen.promoters.models import Promoter
from tests.faces.school import School, token_in
from tests.faces.signing import sign_in_by_phone

ABOUT = "在线下教考研数学十年，现任教于知行。"


@pytest.fixture(autouse=True)
def messengers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._messengers, Medium.PHONE, Outbox())


@pytest.fixture
def student(school: School) -> Client:
    browser = school.guest()
    sign_in_by_phone(school, browser)
    return browser


def form_of(school: School, browser: Client, kind: str = "student") -> dict[str, str]:
    """The form as it stands, nothing typed."""
    html = browser.get(school.at(f"promote?kind={kind}")).content.decode()
    names = ("kind", "agreement", "of_age")
    return {name: token_in(html, name) for name in names} | {
        "name": html.split('name="name" value="')[1].split('"')[0]
    }


def mine() -> Promoter:
    return Promoter.objects.exclude(code="yu").get()


def test_a_guest_is_told_why_and_comes_back(school: School) -> None:
    browser = school.guest()
    door = browser.get(school.at("promote"))["Location"]
    assert door.startswith(school.at("sign-in?why=promote"))
    assert "避免他人冒用你的身份" in browser.get(door).content.decode()
    back = sign_in_by_phone(school, browser, next=school.at("promote"))["Location"]
    assert back == school.at("promote")
    assert browser.post(school.at("promote"), {"name": "x"}).status_code == 422
    assert school.guest().post(school.at("promote"), {"name": "x"}).status_code == 302
    assert Promoter.objects.count() == 1


def test_one_tap_and_the_link_works(school: School, student: Client) -> None:
    page = student.get(school.at("promote")).content.decode()
    assert "¥59" in page.replace('<span class="cny">', "").replace("</span>", "")
    assert "已满 18 周岁" in page
    answer = student.post(school.at("promote"), form_of(school, student))
    assert answer["Location"] == school.at("courses", "p")
    row = mine()
    assert (row.status, row.kind, row.agreement_version) == ("active", "student", "2026-11")
    assert row.adult_declared
    assert row.nickname.startswith("学员")
    html = student.get(school.at("courses/maths", "p")).content.decode()
    code = html.split("/s/")[1][:7]
    buyer = school.guest()
    landing = str(buyer.get(f"/s/{code}")["Location"])
    school.checkout(buyer, landing, phone="13800000055")
    assert Line.objects.select_related("winner").get().winner == row


def test_a_second_tap_changes_nothing(school: School, student: Client) -> None:
    form = form_of(school, student)
    student.post(school.at("promote"), form)
    assert student.post(school.at("promote"), form)["Location"] == school.at("", "p")
    assert Promoter.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 21},
        {"agreement": ""},
        {"agreement": "2020-01"},
        {"of_age": ""},
        {"of_age": "17"},
        {"kind": "lecturer"},
        {"kind": "channel", "about": "短"},
        {"kind": "channel", "about": "长" * 301},
        {"name": "保过老师"},
    ],
)
def test_what_is_missing_is_said_and_nobody_is_made(
    school: School, student: Client, change: dict[str, str]
) -> None:
    answer = student.post(school.at("promote"), form_of(school, student) | change)
    assert answer.status_code == 422
    assert "ferr" in answer.content.decode()
    assert Promoter.objects.count() == 1


@pytest.mark.parametrize("kind", ["lecturer", "channel"])
def test_a_lecturer_or_channel_waits_and_is_decided_on(
    school: School, student: Client, kind: str
) -> None:
    form = form_of(school, student, kind) | {"about": ABOUT}
    assert student.post(school.at("promote"), form)["Location"] == school.at("promote")
    page = student.get(school.at("promote")).content.decode()
    assert "申请审核中" in page
    assert "接下来" in page
    assert student.get(school.at("", "p"))["Location"] == school.at("promote")
    console = school.as_("owner")
    desk = school.at(f"promoters/{mine().code}", "o")
    assert ABOUT in console.get(desk).content.decode()
    console.post(f"{desk}/decide", {"decision": "reject", "reason": "请写明任教单位"})
    page = student.get(school.at("promote")).content.decode()
    assert "请写明任教单位" in page
    assert "重新提交" in page
    assert ABOUT in page
    student.post(school.at("promote"), form | {"about": ABOUT + "第二中学"})
    assert mine().status == "applied"
    console.post(f"{desk}/decide", {"decision": "approve"})
    assert student.get(school.at("promote"))["Location"] == school.at("", "p")


def test_the_operator_decides_who_begins_at_once(school: School, student: Client) -> None:
    console = school.as_("operator")
    html = console.get(school.at("promoters", "o")).content.decode()
    assert 'value="student" checked' in html
    console.post(school.at("promoters-admission", "o"), {"kind": ["channel", "nonsense"]})
    assert queries.automatic_kinds() == {PromoterKind.CHANNEL}
    assert "机构审核通过后" in student.get(school.at("promote")).content.decode()
    student.post(school.at("promote"), form_of(school, student))
    assert mine().status == "applied"


def test_the_agreement_can_be_read_whole_by_its_version(school: School) -> None:
    page = school.guest().get(school.at("agreement/2026-11")).content.decode()
    assert "已付款的订单" in page
    assert school.guest().get(school.at("agreement/2020-01")).status_code == 404


def test_a_member_who_is_no_student_here_is_asked_to_sign_in(school: School) -> None:
    answer = school.as_("owner").get(school.at("promote"))
    assert answer["Location"].startswith(school.at("sign-in"))


def test_who_left_waits_for_a_decision(school: School, student: Client) -> None:
    student.post(school.at("promote"), form_of(school, student))
    actions.leave(mine().code)
    assert "机构审核通过后" in student.get(school.at("promote")).content.decode()
    student.post(school.at("promote"), form_of(school, student))
    assert mine().status == "applied"
