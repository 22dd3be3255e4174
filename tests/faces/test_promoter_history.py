"""One promoter's page: his history, and a student who is moved; an order's page: where it went."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from kefen.commissions import actions as commissions
from kefen.core.attribution import AttributionPolicy
from kefen.core.terms import CourseScope, Percent, PromoterKind, PromoterScope, Rule, Terms
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.actions import account_with_phone
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol
from kefen.referrals.actions import identify
from kefen.referrals.models import Binding, Touch
from tests.faces.school import School


def text(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


@pytest.fixture
def reserved(school: School) -> School:
    """A student is reserved for yu; chen is another promoter."""
    now = clock.now()
    rule = Rule(key="base", promoter=PromoterScope(), course=CourseScope(), level1=Percent(2000))
    policy = AttributionPolicy(binding_days=30)
    with clock.at(now):
        publish(
            Terms(effective_from=now, policy=policy, hold_days=7, max_rate_bps=3000, rules=(rule,))
        )
    past = now - timedelta(days=30)
    student = PromoterKind.STUDENT
    enrol([Enrolment("chen", student, None, None, past, None, nickname="小陈")])
    school.open_link(school.guest())
    visitor = Touch.objects.order_by("-id")[0].visitor_id
    assert visitor is not None
    identify(visitor, account_with_phone("13700000005", name="李梅").id)
    return school


def test_a_student_is_moved_after_both_consequences_were_read(reserved: School) -> None:
    client = reserved.as_("operator")
    row = Binding.objects.get()
    address = reserved.at(f"reservations/{row.id}", "o")
    assert address in text(client.get(reserved.at("promoters/yu", "o")))
    page = text(client.get(address))
    assert page.count("小鱼") >= 2
    assert "李梅" not in page
    for typed, field in (
        ({"promoter": "chen", "reason": " "}, "field-reason-error"),
        ({"promoter": "chen ", "reason": "x" * 201}, "field-reason-error"),
    ):
        assert field in text(client.post(address, typed), 422)
    text(client.post(address, {"promoter": "nobody", "reason": "x"}), 404)
    moved = client.post(address, {"promoter": "chen", "reason": "换了班主任"})
    assert moved.status_code == 302
    for code in ("yu", "chen"):
        page = text(client.get(reserved.at(f"promoters/{code}", "o")))
        assert "换了班主任" in page
        assert "成员 operator" in page
    assert reserved.as_("finance").get(address).status_code == 403
    text(client.post(address, {"promoter": "yu", "reason": "x"}), 404)


def test_the_history_tells_of_the_first_sale_and_of_what_colleagues_did(school: School) -> None:
    number = school.buy()
    client = school.as_("operator")
    client.post(school.at("promoters/yu/group", "o"), {"group": "gold"})
    page = text(client.get(school.at("promoters/yu", "o")))
    history = page[page.index('<ol class="line">') :]
    assert number in history
    assert "silver → gold" in history
    assert history.index(number) < history.index("silver → gold")


def test_an_order_leads_on_to_the_payouts_after_it(school: School) -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        number = school.buy()
    commissions.mature(clock.now())
    client = school.as_("operator")
    assert 'id="trail"' not in text(client.get(school.at(f"orders/{number}", "o")))
    payouts.request(RequestWithdrawal("w1", "yu", 20_00, clock.now()))
    page = text(client.get(school.at(f"orders/{number}", "o")))
    trail = page[page.index('id="trail"') :]
    assert "withdrawals?number=w1" in trail
    other = school.buy(phone="13700000009")
    assert 'id="trail"' not in text(client.get(school.at(f"orders/{other}", "o")))
