"""The promoter centre: what is to be done, what a course earns, what was paid, what links bring."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kefen.catalog import queries as catalog
from kefen.catalog.actions import NewSession, schedule
from kefen.commissions import actions as commissions
from kefen.commissions import queries as booked
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    CourseScope,
    Fixed,
    Percent,
    PromoterScope,
    Rule,
    Step,
    Tiered,
    TierMetric,
)
from kefen.faces.web.promoter.proof import serial_of
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.models import Identity
from kefen.platform.tenancy import actions as tenancy
from kefen.platform.tenancy import queries as institutions
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.models import Institution
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.programmes import queries as programmes
from kefen.programmes.actions import publish
from kefen.promoters.queries import by_code
from kefen.referrals.actions import make_link
from tests.faces.school import PRICE, REBATE, School

NIGHT = datetime(2026, 4, 20, 15, 59, 59, 999_999, tzinfo=UTC)  # the last instant in Shanghai


def page(school: School, address: str, who: str = "promoter") -> str:
    answer = school.as_(who).get(school.at(address, "p"))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def text_of(html: str) -> str:
    """What a person reads; without any space, which is the markup's."""
    return bare(re.sub(r"<[^>]+>", "", html.split("<main", 1)[1]))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def earn(school: School, orders: int = 1) -> None:
    """Orders whose rebates are available."""
    with clock.at(clock.now() - timedelta(days=9)):
        for number in range(orders):
            school.buy(phone=f"137000000{number:02}")
    commissions.mature(clock.now())


def waiting(school: School, number: str, amount: int, left: timedelta) -> None:
    """A withdrawal that waits for the promoter."""
    now = clock.now()
    payouts.request(RequestWithdrawal(number, "yu", amount, now))
    payouts.approve(number)
    payouts.mark_sent(number)
    until = now + left
    url = "https://channel.example/receipt"
    kind = EventKind.PAYOUT_WAITING
    event = ChannelEvent(f"e-{number}", kind, number, "", amount, "CNY", now, until=until, url=url)
    payouts.take_result(event)


def end(number: str, kind: EventKind, amount: int) -> None:
    event = ChannelEvent(f"x-{number}", kind, number, "", amount, "CNY", clock.now(), reason="late")
    payouts.take_result(event)


def publish_rule(rule: Rule) -> None:
    """The school's rules from now on: this one alone."""
    version = programmes.schedule().in_force(clock.now())
    assert version is not None
    publish(replace(version.terms, effective_from=clock.now(), rules=(rule,)), take_over=True)


def any_rule(reward: Percent | Fixed | Tiered) -> Rule:
    return Rule(key="base", promoter=PromoterScope(), course=CourseScope(), level1=reward)


# To-dos


def test_a_receipt_to_confirm_is_the_first_thing_with_the_time_that_is_left(
    school: School,
) -> None:
    earn(school)
    assert 'class="todo' not in page(school, "")
    waiting(school, "w1", 20_00, timedelta(hours=21, minutes=59))
    html = page(school, "")
    assert html.index('class="todo confirm"') < html.index('class="hero"')
    assert bare("剩 21 小时") in text_of(html)
    assert school.at("withdraw/w1", "p") in html
    whole = page(school, "withdraw/w1")
    assert 'href="https://channel.example/receipt"' in whole
    end("w1", EventKind.PAYOUT_SUCCEEDED, 20_00)
    assert 'class="todo' not in page(school, "")
    html = page(school, "withdraw/w1")
    assert "channel.example" not in html
    assert "你本人确认收款" in html


def test_what_expired_is_told_once_and_can_be_asked_for_again(school: School) -> None:
    earn(school)
    waiting(school, "w1", 20_00, timedelta(hours=1))
    end("w1", EventKind.PAYOUT_EXPIRED, 20_00)
    assert 'class="todo expired"' in page(school, "")
    whole = text_of(page(school, "withdraw/w1"))
    for never in ("你本人确认收款", "late", "税前"):
        assert never not in whole, never
    again = re.search(r'href="([^"]*withdraw\?amount=20\.00)"', page(school, "withdraw/w1"))
    assert again is not None
    form = school.as_("promoter").get(again[1]).content.decode()
    assert 'value="20.00"' in form
    posted = {"amount": "20", "number": "w2"}
    assert school.as_("promoter").post(school.at("withdraw", "p"), posted).status_code == 302
    assert 'class="todo' not in page(school, "")


def test_somebody_elses_withdrawal_does_not_exist(school: School) -> None:
    earn(school)
    payouts.request(RequestWithdrawal("w1", "yu", 20_00, clock.now()))
    other = school.guest()
    other.force_login(school.users["owner"])
    assert other.get(school.at("withdraw/w1", "p")).status_code == 404
    assert school.as_("promoter").get(school.at("withdraw/w9", "p")).status_code == 404


# Identity


def test_who_has_said_nothing_cannot_withdraw_until_he_does(school: School) -> None:
    earn(school)
    Identity.objects.all().delete()
    assert 'class="todo identity"' in page(school, "")
    client = school.as_("promoter")
    posted = {"amount": "20", "number": "w1"}
    refused = client.post(school.at("withdraw", "p"), posted)
    assert refused.status_code == 422
    assert "身份信息" in refused.content.decode()
    wrong = {"real_name": "于小鱼", "id_number": "110105194912310021"}
    answer = client.post(school.at("identity", "p"), wrong)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "身份证号有误" in html
    assert wrong["id_number"] not in html
    right = {"real_name": "于小鱼", "id_number": "11010519491231002x"}
    assert client.post(school.at("identity", "p"), right).status_code == 302
    for address in ("identity", "profile", "tax"):
        html = page(school, address)
        assert "于**" in html
        assert "1****************X" in html
        assert "11010519491231002" not in html
        assert "小鱼" not in text_of(html).replace("于小鱼", "") or address == "profile"
    assert client.post(school.at("identity", "p"), right).status_code == 409
    assert client.post(school.at("withdraw", "p"), posted).status_code == 302


# Courses


def card(html: str, title: str) -> str:
    return next(one for one in html.split('<li class="course">')[1:] if title in one)


def test_search_and_filters_are_plain_addresses(school: School) -> None:
    both = page(school, "courses")
    assert both.count('<li class="course">') == 2
    for words, found in (("陈立", 1), ("exam 考研", 1), ("CODE", 1), ("考研 code", 0), ("", 2)):
        html = page(school, f"courses?q={words}&order=rebate")
        assert html.count('<li class="course">') == found, words
    first = page(school, "courses?order=rebate").split('<li class="course">')[1]
    assert "考研数学" in first
    assert "q=%E9%99%88" in page(school, "courses?q=陈")


def test_live_is_only_while_the_lesson_is_going_on(school: School) -> None:
    course = catalog.page("python").id
    now = clock.now()
    schedule(course, [NewSession("直播", now, 60)])
    for at, live in (
        (now - timedelta(seconds=1), False),
        (now, True),
        (now + timedelta(minutes=60) - timedelta(microseconds=1), True),
        (now + timedelta(minutes=60), False),
    ):
        with clock.at(at):
            html = page(school, "courses?order=recommended")
            assert ("直播中</span>" in card(html, "数据分析")) is live, at
            if live:
                assert "数据分析" in html.split('<li class="course">')[1]


@pytest.mark.parametrize(
    ("reward", "shown"),
    [
        (Percent(1250), ("¥37.37", "12.5%")),
        (Fixed(25_00), ("¥25.00", "每付款一份得 ¥25.00")),
    ],
)
def test_the_amount_is_what_an_order_books(
    school: School, reward: Percent | Fixed, shown: tuple[str, ...]
) -> None:
    publish_rule(any_rule(reward))
    said = text_of(page(school, "courses/maths"))
    for part in shown:
        assert bare(part) in said
    number = school.buy()
    (row,) = booked.of_promoter(by_code("yu").id)
    assert row.order.number == number
    assert f"¥{row.booked / 100:.2f}" == shown[0]


def test_the_cap_is_in_the_amount_and_said(school: School) -> None:
    publish_rule(any_rule(Percent(3000)))
    # The platform lowers its limit: the smaller one counts from now on.
    tenancy.set_limits(replace(institutions.limits(), max_rate_bps=2500))
    said = text_of(page(school, "courses/maths"))
    assert bare(f"¥{PRICE * 2500 // 10_000 / 100:.2f}") in said
    assert "25%" in said
    school.buy()
    (row,) = booked.of_promoter(by_code("yu").id)
    assert row.booked == PRICE * 2500 // 10_000


def test_a_ladder_shows_my_step_and_what_is_missing(school: School) -> None:
    steps = (Step(1, Percent(1000)), Step(3, Percent(2000)))
    publish_rule(any_rule(Tiered(TierMetric.ORDERS, PeriodKind.LIFETIME, steps)))
    amounts = []
    for missing in ("再成交 2 单", "再成交 1 单", "已在顶档"):
        html = page(school, "courses/maths")
        assert bare(missing) in text_of(html)
        mine = re.search(r'<li class="mine".*?</li>', html)
        assert mine is not None
        amounts.append(re.search(r"(\d+)%", mine[0])[1])  # type: ignore[index]
        school.buy(phone=f"1370000000{len(amounts)}")
    assert amounts == ["10", "10", "20"]
    rows = [row.booked for row in booked.of_promoter(by_code("yu").id).order_by("id")]
    assert rows == [PRICE // 10, PRICE // 10, PRICE // 5]


def test_a_refund_rate_needs_enough_orders(school: School) -> None:
    numbers = [school.buy(phone=f"1370000000{n}") for n in range(4)]
    school.refund("r1", numbers[0], PRICE)
    assert "订单太少" in text_of(page(school, "courses/maths"))
    school.buy(phone="13700000009")
    assert "20%" in text_of(page(school, "courses/maths")).split("本课退款率")[1]


# Proof


def test_anybody_with_the_serial_checks_the_figures_and_sees_nobody(school: School) -> None:
    number = school.buy(phone="13712345678")
    school.refund("r1", number, 100_00)
    (row,) = booked.of_promoter(by_code("yu").id)
    mine = page(school, f"income/{serial_of(row)}")
    address = f"/proof/{school.facts.slug}/{serial_of(row)}"
    assert address in mine
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]
    html = answer.content.decode()
    said = text_of(html)
    for part in ("¥299.00", "20%", "¥59.80", "¥100.00"):
        assert bare(part) in said
    for secret in ("小鱼", ">yu<", number, "1371234", "时间"):
        assert secret not in html.split("<main", 1)[1], secret
    serial = serial_of(row)
    other = serial[:-1] + ("0" if serial[-1] != "0" else "1")
    for wrong in (other, "cms_", "nonsense"):
        assert Client().get(f"/proof/{school.facts.slug}/{wrong}").status_code == 404
    assert Client().get(f"/proof/nowhere/{serial_of(row)}").status_code == 404


def test_a_question_goes_to_the_school_and_its_answer_comes_back(school: School) -> None:
    school.buy()
    (row,) = booked.of_promoter(by_code("yu").id)
    client, proof = school.as_("promoter"), f"income/{serial_of(row)}"
    address = school.at(f"{proof}/question", "p")
    assert client.post(address, {"question": " "}).status_code == 422
    assert client.post(address, {"question": "为什么 <b>少了</b>？"}).status_code == 302
    assert client.post(address, {"question": "再问"}).status_code == 409
    html = page(school, proof)
    assert "&lt;b&gt;少了" in html
    assert "提交疑问" not in html
    desk = school.as_("reviewer")
    listed = desk.get(school.at("questions", "o")).content.decode()
    assert "&lt;b&gt;少了" in listed
    (asked,) = booked.questions()
    answer = school.at(f"questions/{asked.id}/answer", "o")
    refused = school.as_("read_only").post(answer, {"answer": "不"})
    assert refused.status_code == 403
    assert desk.post(answer, {"answer": ""}).status_code == 422
    assert desk.post(answer, {"answer": "学员用了券"}).status_code == 302
    assert desk.post(answer, {"answer": "又一个"}).status_code == 404
    html = page(school, proof)
    assert "学员用了券" in html
    assert "又一个" not in html
    assert "提交疑问" in html
    public = Client().get(f"/proof/{school.facts.slug}/{serial_of(row)}").content.decode()
    assert "学员用了券" not in public


# Tax


def test_a_year_adds_up_and_leaves_out_what_came_back(school: School) -> None:
    Institution.objects.filter(id=school.facts.id).update(tax_rule="labour_2018_61")
    scope.forget()
    earn(school, 40)
    year = clock.now().astimezone(school.facts.zone).year
    for number, amount, kind in (
        ("w1", 1_500_00, EventKind.PAYOUT_SUCCEEDED),
        ("w2", 300_00, EventKind.PAYOUT_EXPIRED),
    ):
        payouts.request(RequestWithdrawal(number, "yu", amount, clock.now()))
        net = payouts.approve(number).net
        payouts.mark_sent(number)
        assert net is not None
        end(number, kind, net)
    payouts.request(RequestWithdrawal("w3", "yu", 100_00, clock.now()))
    said = text_of(page(school, "tax"))
    assert bare("¥1,500.00 − 预扣税 ¥140.00 = 到账 ¥1,360.00") in said
    answer = school.as_("promoter").get(school.at(f"tax.csv?year={year}", "p"))
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[1][1:5] == ["w1", "1500.00", "140.00", "1360.00"]
    assert rows[2][2:5] == ["1500.00", "140.00", "1360.00"]
    assert len([row for row in rows if "w2" in row or "w3" in row]) == 0
    assert "2001" in page(school, "tax?year=2001")
    for wrong in ("0000", "abcd", "99999", "²026"):
        assert str(year) in page(school, f"tax?year={wrong}")
    whole = text_of(page(school, "withdraw/w1"))
    assert "减免税额−¥800.00" in whole
    assert "计税金额¥700.00" in whole


# What links bring


def test_a_click_that_sees_the_page_is_a_landing_once(school: School) -> None:
    browser = school.guest()
    landing = school.open_link(browser)
    assert "1点击0看课" in text_of(page(school, ""))
    token = parse_qs(urlsplit(landing).query)["r"][0]
    assert browser.get(school.at("c/gone"), {"r": token}).status_code == 404
    assert "1点击0看课" in text_of(page(school, ""))
    for _ in range(2):
        assert browser.get(landing).status_code == 200
    for nothing in (school.at("c/maths"), school.at("c/maths?r=forged"), school.at("c/gone")):
        browser.get(nothing)
    school.guest().head(school.open_link(school.guest()))
    assert "2点击1看课0下单0付款" in text_of(page(school, ""))
    number = school.pay(school.checkout(browser, landing)["Location"])
    assert "2点击1看课1下单1付款" in text_of(page(school, ""))
    (row,) = booked.of_promoter(by_code("yu").id)
    assert row.order.number in number
    steps = text_of(page(school, f"income/{serial_of(row)}")).split("经过")[1]
    assert steps.index("看课") < steps.index("下单") < steps.index("付款")


def test_links_and_days_add_up(school: School) -> None:
    promoter = by_code("yu").id
    labelled = make_link(promoter, label="朋友圈").short_code
    browser = school.guest()
    school.open_link(browser)
    browser.get(f"/s/{labelled}")
    school.buy(phone="13700000001")
    other = school.guest()
    landing = other.get(f"/s/{labelled}")["Location"]
    token = parse_qs(urlsplit(landing).query)["r"][0]
    form = school.form(other, token)
    paid = school.send(other, {**form, "phone": "13700000002", "terms": "1"})
    school.pay(paid["Location"])
    school.buy(phone="13700000003")
    said = text_of(page(school, "performance?days=7"))
    # Two clicks without an order, three orders by a click each.
    assert bare("近 7 天：5 次点击、3 单付款，带来返佣 ¥179.40。") in said
    assert bare(f"考研数学冲刺班 ¥{2 * REBATE / 100:.2f} 点击 3 · 下单 2 · 付款 2") in said
    assert bare(f"全校链接 朋友圈 ¥{REBATE / 100:.2f} 点击 2 · 下单 1 · 付款 1") in said


def test_a_typed_code_is_a_way_of_its_own(school: School) -> None:
    answer = school.checkout(school.guest(), phone="13700000001", promoter_code="yu")
    school.pay(answer["Location"])
    said = text_of(page(school, "performance"))
    assert bare("填写推广码 ¥59.80 点击 0 · 下单 1 · 付款 1") in said


def test_midnight_of_the_school_parts_two_days(school: School) -> None:
    for at in (NIGHT, NIGHT + timedelta(microseconds=1)):
        with clock.at(at):
            school.open_link(school.guest())
    with clock.at(NIGHT + timedelta(hours=1)):
        html = page(school, "performance?days=7")
        home = text_of(page(school, ""))
    days = dict(re.findall(r'<td class="num">(\d\d-\d\d)</td><td class="r num">(\d+)</td>', html))
    assert (days["04-20"], days["04-21"]) == ("1", "1")
    assert len(days) == 7
    assert home.count("1点击0看课0下单0付款") == 1


def test_no_clicks_no_chart(school: School) -> None:
    html = page(school, "performance?days=90")
    assert "还没有人打开" in html
    assert '<svg class="columns' not in html
