"""The programme's editor: rows without JavaScript, simulator, backtest, versions, two steps."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.compliance import PlatformLimits
from kefen.core.periods import PeriodKind
from kefen.core.terms import Board, BoardMetric, PointsTerms
from kefen.faces.web.operator import programme_trial
from kefen.platform import clock
from kefen.platform.tenancy.actions import set_limits
from kefen.programmes import queries as programmes
from tests.faces.school import School, token_in
from tests.faces.test_money import TERMS

REVIEW = {**TERMS, "do": "review"}


def draft(school: School, values: dict[str, str], **more: str) -> tuple[int, str]:
    answer = school.as_("owner").post(school.at("programme/draft", "o"), {**values, **more})
    return answer.status_code, answer.content.decode()


def hidden(html: str) -> dict[str, str]:
    """What the review page would send."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))


def publish(client: Client, school: School, values: dict[str, str]) -> Any:
    return client.post(school.at("programme/publish", "o"), values)


def numbers() -> list[int]:
    return [one.number for one in programmes.schedule().versions]


def test_rows_are_added_without_javascript_and_nothing_typed_is_lost(school: School) -> None:
    page = school.as_("owner").get(school.at("programme", "o")).content.decode()
    rows = int(token_in(page, "rows"))
    assert rows == page.count('class="ruleedit"') - 3  # a leaderboard, simulator, past orders
    typed = {**TERMS, "rows": str(rows), "rule_3_key": "third", "hold_days": "x", "level2": ""}
    status, html = draft(school, typed, do="add_rule")
    assert status == 200
    assert html.count('name="rule_6_key"') == 1
    assert 'value="third"' in html
    assert token_in(html, "hold_days") == "x"
    for nonsense in ("-1", "", "９", "99999999999"):
        assert draft(school, {**typed, "rows": nonsense}, do="add_rule")[0] == 200


def test_the_simulator_says_who_gets_what_by_the_draft_and_by_the_version_in_force(
    school: School,
) -> None:
    set_limits(PlatformLimits(max_rate_bps=3000, level2_allowed=True))
    steps = {**TERMS, "rule_1_kind": "tiered", "rule_1_steps": "1=10%, 6=12%"}
    steps |= {"rule_1_metric": "orders", "rule_1_period": "month", "rule_1_level2": "5%"}
    asked = {"sim_course": "maths", "sim_price": "599", "sim_who": "promoter:yu"}
    asked |= {"sim_orders": "5", "sim_inviter": "1", "level2": "1", "do": "simulate"}
    status, html = draft(school, steps | asked)
    assert status == 200
    for words in (
        "本周期第 6 单：实付金额 ¥599.00 × 12% = ¥71.88",
        "实付金额 ¥599.00 × 5% = ¥29.95",
        "实付金额 ¥599.00 × 20% = ¥119.80",  # version 1, in force
        "第 1 版（生效中）",
        "推广人：小鱼",
    ):
        assert words in html, words
    due = (clock.now() + timedelta(days=7)).astimezone(school.facts.zone)
    assert f"{due:%m-%d}" in html
    capped = {**TERMS, "rule_1_kind": "fixed", "rule_1_value": "50"} | asked
    assert "超出上限 30%，两级合计不超过 ¥3.00" in draft(school, {**capped, "sim_price": "10"})[1]
    for wrong in ({"sim_course": "no"}, {"sim_who": "promoter:no"}, {"sim_price": "1.234"}):
        assert draft(school, steps | asked | wrong)[0] == 422, wrong
    assert numbers() == [1]


def test_terms_that_cannot_be_are_refused_before_anything_is_computed(school: School) -> None:
    steps = {**TERMS, "rule_1_kind": "tiered", "rule_1_steps": "5=10%"}
    steps |= {"rule_1_metric": "orders", "rule_1_period": "month", "sim_course": "maths"}
    steps |= {"sim_who": "kind:student", "backtest_days": "7"}
    for asked in ("simulate", "backtest", "review"):
        status, html = draft(school, steps, do=asked)
        assert (status, "阶梯" in html) == (422, True), asked


def test_past_orders_under_the_draft(school: School) -> None:
    school.buy(phone="13700000001")
    school.buy(phone="13700000002")
    asked = {"do": "backtest", "backtest_days": "7"}
    status, html = draft(school, {**TERMS, "rule_1_value": "10%"}, **asked)
    assert status == 200
    assert "2 单。返佣有变化：2 单；不再产生返佣：0 单" in html
    shown = re.sub(r"<[^>]+>", "", html)
    assert "−¥59.80" in shown
    assert "小鱼" in shown
    assert draft(school, TERMS, do="backtest", backtest_days="8")[0] == 422


def test_many_past_orders_are_a_jobs_work(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programme_trial, "IN_REQUEST", 1)
    school.buy(phone="13700000001")
    school.buy(phone="13700000002")
    owner = school.as_("owner")
    values = {**TERMS, "rule_1_value": "10%", "do": "backtest", "backtest_days": "7"}
    answer = owner.post(school.at("programme/draft", "o"), values)
    assert answer.status_code == 302
    waiting = owner.get(answer["Location"]).content.decode()
    assert "data-moving" in waiting
    run = commission_rows.Backtest.objects.get()
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert "试算已中断" in owner.get(answer["Location"]).content.decode()
    commissions.run_backtest(run.id)
    done = owner.get(answer["Location"]).content.decode()
    assert "data-moving" not in done
    assert "返佣有变化：2 单" in done
    again = owner.get(school.at(f"programme?backtest={run.id}", "o")).content.decode()
    assert token_in(again, "rule_1_value") == "10%"
    assert owner.get(school.at("programme/backtests/nonsense", "o")).status_code == 404


def test_the_review_shows_what_changes_whom_it_concerns_and_the_worst_case(school: School) -> None:
    school.buy(phone="13700000001")
    browser = school.guest()
    school.checkout(browser, school.open_link(browser), phone="13700000002")
    typed = {**REVIEW, "window_days": "14", "rule_2_key": "py", "rule_2_promoter": "promoter:yu"}
    typed |= {"rule_2_course": "course:python", "rule_2_kind": "fixed", "rule_2_value": "30"}
    status, html = draft(school, typed)
    assert status == 200
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for words in (
        "归因窗口 7 天 14 天",
        "涉及的在任推广员 1",
        "涉及的课程 2",
        "待付款订单（沿用原版本） 1",
        "退款保障期内的订单（沿用原版本） 1",
        "25% / 30%",
    ):
        assert words in shown, (words, shown)
    assert numbers() == [1]


def test_beyond_the_platforms_limit_there_is_no_second_step(school: School) -> None:
    set_limits(PlatformLimits(max_rate_bps=2000))
    typed = {**REVIEW, "max_rate_percent": "20", "rule_1_value": "22.5%"}
    status, html = draft(school, typed)
    assert status == 422
    assert "平台上限 20%，当前 22.5%。下调返佣或联系平台" in html
    assert "programme/publish" not in html
    own = {**typed, "max_rate_percent": "15", "rule_1_value": "18%"}
    assert "规则上限 15%，当前 18%" in draft(school, own)[1]


def test_two_steps_publish_once_however_often_the_button_is_pressed(school: School) -> None:
    status, html = draft(school, {**REVIEW, "begun_from": "1"})
    assert status == 200
    fields, owner = hidden(html), school.as_("owner")
    for _press in range(2):
        answer = publish(owner, school, fields)
        assert answer.status_code == 302
        assert "第 2 版已发布" in owner.get(answer["Location"]).content.decode()
    assert numbers() == [1, 2]


def test_a_version_published_in_between_is_said_and_nothing_is_published(school: School) -> None:
    fields = hidden(draft(school, {**REVIEW, "begun_from": "1"})[1])
    owner = school.as_("owner")
    assert publish(owner, school, {**fields, "rule_1_value": "11%"}).status_code == 302
    answer = publish(owner, school, fields)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "以第 1 版为基础编辑期间，第 2 版已经发布" in html
    assert numbers() == [1, 2]
    # Having seen the difference, it is published on top.
    assert publish(owner, school, hidden(html)).status_code == 302
    assert numbers() == [1, 2, 3]


def test_points_boards_and_dates_are_edited_and_an_older_version_is_a_beginning(
    school: School,
) -> None:
    typed = {**TERMS, "points_per_order": "10", "points_per_yuan": "1", "board_1_metric": "sales"}
    typed |= {"board_1_period": "week", "board_1_prizes": "50, 20.5", "board_1_close": "3"}
    typed |= {"board_2_metric": "", "rule_1_from": "2026-01-01T08:00:30"}
    owner = school.as_("owner")
    assert publish(owner, school, typed).status_code == 302
    terms = programmes.schedule().versions[-1].terms
    assert terms.points == PointsTerms(10, 1)
    assert terms.boards == (Board(BoardMetric.SALES, PeriodKind.WEEK, (50_00, 20_50), 3),)
    assert publish(owner, school, TERMS).status_code == 302
    assert programmes.schedule().versions[-1].terms.boards == terms.boards  # not sent: stays
    emptied = {**TERMS, "board_1_metric": "", "points_per_order": "0", "points_per_yuan": "0"}
    assert publish(owner, school, emptied).status_code == 302
    assert programmes.schedule().versions[-1].terms.boards == ()
    old = owner.get(school.at("programme/versions/2", "o")).content.decode()
    assert "?from=2#publish" in old
    assert "50" in old
    begun = owner.get(school.at("programme?from=2", "o")).content.decode()
    assert token_in(begun, "board_1_prizes") == "50.00, 20.50"
    assert token_in(begun, "rule_1_from") == "2026-01-01T08:00:30"
    assert "以第 2 版为底稿" in begun
    for missing in ("9", "x", "-1"):
        assert owner.get(school.at(f"programme/versions/{missing}", "o")).status_code == 404


def test_who_may_not_change_the_rules_looks_at_versions_and_drafts_nothing(school: School) -> None:
    reader = school.as_("read_only")
    page = reader.get(school.at("programme/versions/1", "o"))
    assert page.status_code == 200
    assert "?from=1" not in page.content.decode()
    assert reader.post(school.at("programme/draft", "o"), REVIEW).status_code == 403


def test_the_page_as_it_stands_is_the_version_in_force(school: School) -> None:
    typed = {**TERMS, "board_1_metric": "sales", "board_1_period": "week", "board_1_prizes": "50"}
    owner = school.as_("owner")
    assert publish(owner, school, typed).status_code == 302
    page = owner.get(school.at("programme", "o")).content.decode()
    sent = dict(
        re.findall(r'<input(?! type="checkbox")[^>]* name="([a-z0-9_]+)" value="([^"]*)"', page)
    )
    for name, options in re.findall(r'<select[^>]* name="([a-z0-9_]+)".*?>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        assert first is not None
        sent[name] = (chosen or first)[1]
    status, html = draft(school, sent, do="review")
    assert status == 200
    assert "没有差异" in html
