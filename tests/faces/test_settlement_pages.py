"""Settlements on pages: exceptions first, one prepares, another releases."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import PayoutBatch, Withdrawal
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Identity
from kefen.promoters.queries import by_code
from tests.faces.school import REBATE, School, token_in


@pytest.fixture
def rich(school: School) -> School:
    """Three withdrawals that wait, and one rebate that is held."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
        school.buy(phone="13700000002")
    commissions.mature(clock.now())
    school.buy(phone="13700000003")
    newest = commission_rows.of_promoter(by_code("yu").id)[0]
    commissions.hold(newest.id, reason="自己买的？", actor=SYSTEM)
    for number in ("w1", "w2", "w3"):
        payouts.request(RequestWithdrawal(number, "yu", 20_00, clock.now()))
    return school


def html(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def prepare(school: School, client: Client, *numbers: str) -> HttpResponse:
    page = html(client.get(school.at("settlement", "o")))
    form = {name: token_in(page, name) for name in ("number", "period", "on")}
    return client.post(  # type: ignore[return-value]
        school.at("settlement/prepare", "o"), {**form, "withdrawal": list(numbers)}
    )


def release(school: School, client: Client, page: str) -> HttpResponse:
    form = {name: token_in(page, name) for name in ("count", "amount")}
    number = PayoutBatch.objects.get().number
    return client.post(school.at(f"settlement/{number}/release", "o"), form)  # type: ignore[return-value]


def test_exceptions_first_then_what_waits(rich: School) -> None:
    Identity.objects.all().delete()
    page = html(rich.as_("finance").get(rich.at("settlement", "o")))
    assert page.index("exceptions") < page.index("prepare")
    assert re.search(r'name="withdrawal" value="w1" checked', page)
    held = commission_rows.held()
    assert held == (1, REBATE)
    assert "小鱼" in page
    assert "没有实名" in page


def test_one_prepares_and_another_releases(rich: School) -> None:
    owner, finance = rich.as_("owner"), rich.as_("finance")
    made = prepare(rich, owner, "w1", "w2")
    assert made.status_code == 302
    own = html(owner.get(str(made["Location"])))
    assert "/release" not in own, "who prepared it has no button"
    page = html(finance.get(str(made["Location"])))
    assert '<span class="s">沙箱</span>' in page, "who reviews sees where it goes"
    other_window = html(release(rich, owner, page), 422)
    assert "另一位同事" in other_window
    assert Withdrawal.objects.filter(state="requested").count() == 3
    assert release(rich, finance, page).status_code == 302
    payouts.run_batch(PayoutBatch.objects.get().number)
    states = dict(Withdrawal.objects.values_list("number", "state"))
    assert states["w3"] == "requested"
    assert {states["w1"], states["w2"]} <= {"sent", "succeeded", "approved"}
    assert "成员 finance" in html(owner.get(str(made["Location"])))


def test_what_is_prepared_already_is_not_offered_ticked(rich: School) -> None:
    client = rich.as_("owner")
    prepare(rich, client, "w1")
    page = html(client.get(rich.at("settlement", "o")))
    assert re.search(r'name="withdrawal" value="w1">', page)
    assert re.search(r'name="withdrawal" value="w2" checked>', page)


def test_nothing_ticked_and_what_was_taken_back_are_refused(rich: School) -> None:
    client = rich.as_("owner")
    html(prepare(rich, client), 422)
    payouts.cancel("w1")
    html(prepare(rich, client, "w1", "w2"), 422)
    html(prepare(rich, client, "w2", "nothing"), 422)
    assert not PayoutBatch.objects.exists()


def test_who_may_not_decide_looks_alone(rich: School) -> None:
    client = rich.as_("reviewer")
    page = html(client.get(rich.at("settlement", "o")))
    assert 'name="withdrawal"' not in page
    answer = client.post(rich.at("settlement/prepare", "o"), {"withdrawal": ["w1"]})
    assert answer.status_code == 403
