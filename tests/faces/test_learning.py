"""My courses, a course from within, and its lessons as a calendar file."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefen.catalog.actions import NewCourse, NewSession, add_course, schedule
from kefen.catalog.contracts import LiveSession
from kefen.catalog.models import Course
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import RefundOrder
from kefen.core.ids import uuid7
from kefen.faces.web.student.calendar import calendar
from kefen.orders.actions import place_one
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.platform import clock
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from tests.faces.school import PRICE, School
from tests.orders.school import pay

HOUR = timedelta(hours=1)


def bought(school: School) -> tuple[Client, str]:
    browser = school.guest()
    back = school.pay(school.checkout(browser)["Location"])
    return browser, urlsplit(back).path.rsplit("/", 1)[1]


def test_a_paid_course_is_mine_until_all_of_it_came_back(school: School) -> None:
    browser, number = bought(school)
    page = browser.get(school.at("learn")).content.decode()
    assert "考研数学冲刺班" in page
    assert "未开始" in page
    assert browser.get(school.at("learn/maths")).status_code == 200
    school.refund("r1", number, 100)
    assert browser.get(school.at("learn/maths")).status_code == 200
    school.refund("r2", number, PRICE - 100)
    assert browser.get(school.at("learn/maths")).status_code == 404
    assert "还没有课程" in browser.get(school.at("learn")).content.decode()


def test_nobody_else_is_in_the_course(school: School) -> None:
    bought(school)
    for stranger in (school.guest(), school.as_("promoter"), school.as_("owner")):
        assert stranger.get(school.at("learn/maths")).status_code == 404
    unpaid = school.guest()
    school.checkout(unpaid, phone="13800000002")
    assert unpaid.get(school.at("learn/maths")).status_code == 404


@pytest.mark.parametrize(
    ("hours", "state", "lesson"),
    [(0, "未开始", "下一讲"), (48.5, "直播中", "直播中"), (60, "已完成", "已结束")],
)
def test_what_state_a_course_is_in(school: School, hours: float, state: str, lesson: str) -> None:
    browser, _ = bought(school)
    with clock.at(clock.now() + timedelta(hours=hours)):
        assert state in browser.get(school.at("learn")).content.decode()
        inside = browser.get(school.at("learn/maths")).content.decode()
        assert lesson in inside


def test_live_courses_stand_first_in_a_fixed_number_of_queries(school: School) -> None:
    student = account_with_phone("13811119999")
    user = make_user("learner")
    link_user(student.id, user)
    browser = school.guest()
    browser.force_login(user)

    def buy(code: str) -> None:
        course = Course.objects.filter(code=code).first()
        if course is None:
            key = add_course(NewCourse(code=code, title=f"课 {code}", category="c", list_price=100))
            if code == "live":
                schedule(key, [NewSession("now", clock.now() - HOUR / 2, 60)])
        line = LineRequest(1, code, 1, 100)
        place_one(PlaceOrder(f"o-{code}", student.code, clock.now(), [line]))
        pay(f"o-{code}", at=clock.now(), channel="sandbox")

    def asked() -> int:
        browser.get(school.at("learn"))
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(school.at("learn")).content.decode()
        assert "直播中" not in page or page.index("课 live") < page.index("课 a1")
        return len(queries)

    buy("a1")
    few = asked()
    for code in ("a2", "a3", "a4", "live"):
        buy(code)
    assert asked() == few


def test_the_calendar_file_has_every_lesson_to_come(school: School) -> None:
    answer = school.guest().get(school.at("c/maths/lessons.ics"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="maths.ics"'
    text = answer.content.decode()
    assert text.count("BEGIN:VEVENT") == text.count("BEGIN:VALARM") == 1
    assert school.guest().get(school.at("c/gone/lessons.ics")).status_code == 404


def test_the_calendar_is_written_as_the_standard_says() -> None:
    start = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    lesson = LiveSession(uuid7(), "极限, 连续; 与\n导数" * 5, start, 90)
    text = calendar("知行学堂", "数学", [lesson], start)
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    unfolded = text.replace("\r\n ", "")
    assert "DTSTART:20261122T120000Z" in unfolded
    assert "DTEND:20261122T133000Z" in unfolded
    assert "数学 · 极限\\, 连续\\; 与 导数" in unfolded
    assert f"UID:{lesson.id.hex}@" in unfolded
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]


def test_a_refund_in_full_ends_the_reminders_page(school: School) -> None:
    browser, number = bought(school)
    commissions.refund(RefundOrder("r9", number, clock.now(), amount=PRICE))
    page = browser.get(school.at(f"orders/{number}")).content.decode()
    assert "lessons.ics" not in page
    assert school.at("learn/maths") not in page
