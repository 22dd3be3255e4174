"""Courses in the console: from a draft to the shop, lessons, and what each step says."""

from datetime import timedelta

from django.http import HttpResponse
from django.test import Client

from kefen.catalog.models import Course, Session
from kefen.platform import clock
from kefen.platform.audit.models import Record
from tests.faces.school import PRICE, School

NEW = {
    "code": "art",
    "title": "素描入门",
    "list_price": "199",
    "category": "art",
    "teacher": "林老师",
    "refund_days": "7",
    "cover_glyph": "画",
    "cover_tone": "jade",
    "promotable": "1",
}


def text(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


def post(school: School, client: Client, address: str, **values: str) -> HttpResponse:
    return client.post(school.at(address, "o"), values)  # type: ignore[return-value]


def lesson(school: School, client: Client, code: str, **changed: str) -> HttpResponse:
    starts = (clock.now() + timedelta(days=3)).astimezone(school.facts.zone)
    values = {"title": "第一讲", "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "minutes": "90"}
    return post(school, client, f"courses/{code}/lessons", **(values | changed))


def test_from_a_draft_to_the_shop_and_off_it(school: School) -> None:
    client, guest = school.as_("operator"), school.guest()
    assert post(school, client, "courses-new", **NEW).status_code == 302
    assert guest.get(school.at("c/art")).status_code == 404, "nobody sees a draft"
    assert guest.get(school.at("checkout/art")).status_code == 404
    page = text(client.get(school.at("courses/art", "o")))
    assert "接下来的直播课" in page
    refused = text(post(school, client, "courses/art/sale", decision="on"), 422)
    assert "素描入门" in refused
    assert Course.objects.get(code="art").status == "draft"
    assert lesson(school, client, "art").status_code == 302
    assert post(school, client, "courses/art/sale", decision="on").status_code == 302
    assert "素描入门" in text(guest.get(school.at("")))
    before = text(client.get(school.at("courses/maths/sale", "o")))
    assert "1" in before
    assert post(school, client, "courses/maths/sale", decision="off").status_code == 302
    landing = guest.get(f"/s/{school.code}")
    gone = text(guest.get(str(landing["Location"])))
    assert "素描入门" in gone, "a link still leads somewhere, and shows the others"
    verbs = list(Record.objects.filter(verb__startswith="course.").values_list("verb", flat=True))
    assert sorted(verbs)[-2:] == ["course.off_sale", "course.on_sale"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(school: School) -> None:
    client = school.as_("operator")
    for change, said in (
        ({"list_price": "1o9"}, "field-list_price-error"),
        ({"title": ""}, "field-title-error"),
        ({"code": "a b"}, "field-code-error"),
        ({"cover_tone": "pink"}, "field-cover_tone-error"),
        ({"refund_days": "9999"}, "field-refund_days-error"),
        ({"summary": "学完保过"}, "field-summary-error"),
    ):
        assert said in text(post(school, client, "courses-new", **(NEW | change)), 422)
    assert "field-code-error" not in text(
        post(school, client, "courses-new", **(NEW | {"code": "maths"})), 409
    )
    assert Course.objects.count() == 2


def test_a_change_counts_from_now_on_and_is_noted(school: School) -> None:
    client = school.as_("operator")
    number = school.buy()
    page = text(client.get(school.at("courses/maths", "o")))
    assert 'value="299.00"' in page
    changed = {**NEW, "title": "考研数学冲刺班", "list_price": "399", "refund_days": "3"}
    assert post(school, client, "courses/maths", **changed).status_code == 302
    row = Course.objects.get(code="maths")
    assert (row.list_price, row.refund_days) == (399_00, 3)
    order = text(client.get(school.at(f"orders/{number}", "o")))
    assert f"{PRICE // 100}" in order
    noted = Record.objects.get(verb="course.changed")
    assert noted.details["before"]["list_price"] == PRICE
    assert noted.details["after"]["list_price"] == 399_00


def test_lessons_are_added_moved_and_dropped_in_the_schools_zone(school: School) -> None:
    client = school.as_("operator")
    wrong = text(lesson(school, client, "maths", starts_at=""), 422)
    assert "lesson-start-new-error" in wrong
    assert lesson(school, client, "maths").status_code == 302
    row = Session.objects.get(title="第一讲")
    moved = {"title": "第一讲", "starts_at": "2030-01-01T20:00", "minutes": "60"}
    address = f"courses/maths/lessons/{row.id}"
    assert post(school, client, address, decision="move", **moved).status_code == 302
    row.refresh_from_db()
    assert row.starts_at.isoformat() == "2030-01-01T12:00:00+00:00"
    assert post(school, client, f"courses/python/lessons/{row.id}", decision="drop").status_code
    assert Session.objects.filter(id=row.id).exists(), "a lesson of another course"
    assert post(school, client, address, decision="drop").status_code == 302
    assert not Session.objects.filter(id=row.id).exists()


def test_a_poster_can_be_looked_at_before_anybody_promotes(school: School) -> None:
    client = school.as_("reviewer")
    answer = client.get(school.at("courses/maths/poster/paper.jpg", "o"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert client.get(school.at("courses/maths/poster/other.jpg", "o")).status_code == 404


def test_who_may_not_change_sees_no_form_and_cannot(school: School) -> None:
    client = school.as_("finance")
    page = text(client.get(school.at("courses/maths", "o")))
    assert "field-title" not in page
    for address in ("courses-new", "courses/maths", "courses/maths/sale", "courses/maths/lessons"):
        assert post(school, client, address, **NEW, decision="off").status_code == 403
    assert Course.objects.filter(status="on_sale").count() == 2
