"""Finding things from anywhere in the console, by roles; tests/journeys tries the keyboard."""

import re
from datetime import timedelta

import pytest

from kefen.core.terms import PromoterKind
from kefen.orders.queries import numbered_like
from kefen.platform import clock
from kefen.promoters.actions import Enrolment, enrol
from tests.faces.school import School

PHONE = "13800000001"


def _hits(school: School, text: str, who: str = "owner") -> list[str]:
    answer = school.as_(who).get(school.at("search", "o"), {"q": text})
    assert answer.status_code == 200
    part = answer.content.decode().split('data-part="results"')[1].split("</section>")[0]
    return re.findall(r'<a href="([^"]+)"', part)


def test_an_order_is_found_by_how_its_number_begins(school: School) -> None:
    number = school.buy()
    address = school.at(f"orders/{number}", "o")
    assert _hits(school, number) == [address]
    assert _hits(school, f"  {number[:14]} ") == [address]
    assert _hits(school, number[1:]) == []


def test_a_number_is_found_by_a_range_and_not_by_a_pattern(school: School) -> None:
    school.buy()
    assert "LIKE" not in str(numbered_like("ord_").query).upper()
    for typed in ("%", "_", "ord%", "'", "\\", "课" * 80):
        assert [hit for hit in _hits(school, typed) if "/orders/" in hit] == []


def test_a_promoter_is_found_by_code_and_by_a_part_of_the_name(school: School) -> None:
    since = clock.now() - timedelta(days=1)
    enrol([Enrolment("deyu", PromoterKind.STUDENT, None, None, since, None, nickname="德育小站")])
    assert _hits(school, "小站") == [school.at("promoters/deyu", "o")]
    both = [school.at("promoters/yu", "o"), school.at("promoters/deyu", "o")]
    assert _hits(school, "yu") == both  # whose code it is comes first


def test_a_course_is_found_by_a_part_of_its_title(school: School) -> None:
    (found,) = _hits(school, "数学")
    assert found.startswith(school.at("orders?q=", "o"))


@pytest.mark.parametrize(
    ("who", "finds_buyers"), [("owner", True), ("finance", True), ("read_only", False)]
)
def test_a_whole_phone_number_finds_its_buyer_for_whom_it_concerns(
    school: School, who: str, finds_buyers: bool
) -> None:
    number = school.buy(phone=PHONE)
    wanted = [school.at(f"orders/{number}", "o")] if finds_buyers else []
    assert _hits(school, PHONE, who) == wanted
    assert _hits(school, "138 0000 0001", who) == wanted
    assert _hits(school, PHONE[:-1], who) == []


def test_the_page_never_shows_a_phone_number_that_was_not_typed(school: School) -> None:
    number = school.buy(phone=PHONE)
    html = school.as_("owner").get(school.at("search", "o"), {"q": number}).content.decode()
    assert number in html
    assert PHONE not in html


def test_another_school_s_people_find_nothing(school: School) -> None:
    answer = school.as_("promoter").get(school.at("search", "o"), {"q": "yu"})
    assert answer.status_code == 404


def test_every_page_of_the_console_leads_to_it(school: School) -> None:
    html = school.as_("read_only").get(school.at("withdrawals", "o")).content.decode()
    assert f'class="find" href="{school.at("search", "o")}"' in html
    assert "finder.js" in html
