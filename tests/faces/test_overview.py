"""The overview: its days, its sums beside the list of orders, its charts, its news."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from kefen.compliance.actions import NewComplaint, complain
from kefen.core.errors import InvalidInput
from kefen.faces.live.console import version_now
from kefen.faces.web import charts
from kefen.faces.web.operator import spans
from kefen.faces.web.operator.overview_screens import HeatHour, Span, TrendDay
from kefen.faces.web.shared.layout import show
from kefen.orders import actions as order_actions
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.faces.school import PRICE, School, open_school

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 22)


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of November in Beijing."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def shown(client: Client, address: str) -> tuple[Any, str]:
    """What a page says, and how it says it."""
    with patch("kefen.faces.web.entry.show", wraps=show) as drawing:
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return drawing.call_args.args[2], answer.content.decode()


def days_of(html: str) -> dict[str, tuple[int, int]]:
    """Sales and paid orders by day, from the table beside the trend."""
    found = {}
    for row in re.findall(r'<tr><td class="num">\d\d-\d\d.*?</tr>', html):
        cells = [text(cell) for cell in re.findall(r"<td.*?</td>", row)]
        sales = re.search(r'data-value="(-?\d+)"', row)
        assert sales is not None
        found[cells[0]] = (int(sales[1]), int(cells[4]))
    return found


@pytest.fixture
def school(institution: InstitutionFacts) -> School:
    """Open since the first of November, whatever day it is."""
    with clock.at(local(1, 9)):
        return open_school(institution)


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """A process whose own zone is another one."""
    with timezone.override(NEW_YORK):
        yield


@pytest.mark.usefixtures("elsewhere")
def test_a_second_decides_the_day_in_the_zone_of_the_school(school: School) -> None:
    with clock.at(local(20, 23, 59, 59)):
        school.buy(phone="13700000001")
    with clock.at(local(21, 0)):
        school.buy(phone="13700000002")
        school.buy(phone="13700000003")
    with clock.at(local(22, 12)):
        _, html = shown(school.as_("owner"), school.at("?days=7", "o"))
    found = days_of(html)
    assert found["11-20"] == (PRICE, 1)
    assert found["11-21"] == (2 * PRICE, 2)
    assert sum(number for _, number in found.values()) == 3
    assert min(found) == "11-16"
    assert max(found) == "11-22"
    sums = orders.paid_sums(local(1, 0), local(30, 0))
    assert [(day.on.day, day.orders) for day in sums.days] == [(20, 1), (21, 2)]
    # A Friday and a Saturday.
    assert sums.week == ((4, 23, 1), (5, 0, 2))
    assert "<b>周六</b> 0:00–1:00" in html


def test_the_sums_are_those_of_the_list_of_orders_filtered_alike(school: School) -> None:
    with clock.at(local(19, 10)):
        school.buy(phone="13700000001")
    with clock.at(local(20, 23, 59, 59)):
        number = school.buy(phone="13700000002")
    with clock.at(local(21, 0)):
        school.refund("r1", number, 100_00)
        school.buy(phone="13700000003")
        school.checkout(school.guest(), phone="13700000004")  # is never paid
    owner = school.as_("owner")
    for days, number_of, sales in (
        ("from=2026-11-20&to=2026-11-20", 1, PRICE - 100_00),
        ("from=2026-11-20&to=2026-11-22", 2, 2 * PRICE - 100_00),
        ("from=2026-11-22&to=2026-11-22", 0, 0),
        ("days=30", 3, 3 * PRICE - 100_00),
    ):
        with clock.at(local(22, 12)):
            screen, html = shown(owner, school.at(f"?{days}", "o"))
        address = re.search(r'href="([^"]*/orders\?state=paid[^"]*)"', html)
        assert address is not None
        listed, _ = shown(owner, address[1].replace("&amp;", "&"))
        assert (screen.now.orders, screen.now.sales) == (number_of, sales)
        assert (listed.window.count, listed.total_paid) == (number_of, sales)
        assert screen.now.commission == listed.total_commission
        assert sum(day.sales for day in screen.trend) == sales
        assert sum(one.orders for one in screen.heat) == number_of


def test_a_day_that_is_not_over_is_compared_with_the_same_hours(school: School) -> None:
    with clock.at(local(2, 8)):
        school.buy(phone="13700000000")  # open long before
    with clock.at(local(21, 9)):
        school.buy(phone="13700000001")
    with clock.at(local(21, 18)):
        school.buy(phone="13700000002")
    with clock.at(local(22, 10)):
        school.buy(phone="13700000003")
    owner = school.as_("owner")
    with clock.at(local(22, 12)):
        today, html = shown(owner, school.at("?days=1", "o"))
        yesterday, _ = shown(owner, school.at("?from=2026-11-21&to=2026-11-21", "o"))
    assert (today.now.orders, today.before.orders) == (1, 1)
    assert (yesterday.now.orders, yesterday.before.orders) == (2, 0)
    assert "= 0.0%" in html
    assert "单日没有走势" in html


def test_nothing_is_compared_with_a_time_before_the_school_opened(school: School) -> None:
    with clock.at(local(20, 9)):
        school.buy(phone="13700000001")
    with clock.at(local(22, 12)):
        screen, html = shown(school.as_("owner"), school.at("?days=7", "o"))
    assert screen.before is None
    assert "↑" not in html


@pytest.mark.parametrize(
    "query",
    [
        *("days=0", "days=8", "days=x", "days=", "days=-1", "days=30 "),
        *("from=2026-11-01", "to=2026-11-01", "from=&to=", "from=2026-11-31&to=2026-12-01"),
        *("from=2026-11-02&to=2026-11-01", "from=2026-11-01&to=2026-11-23", "from=x&to=y"),
        *("from=2025-11-20&to=2026-11-22", "from=0001-01-01&to=9999-12-31"),
    ],
)
def test_days_that_are_none_are_refused_in_words(school: School, query: str) -> None:
    with clock.at(local(22, 12)):
        answer = school.as_("owner").get(school.at(f"?{query}", "o"))
    assert answer.status_code == 422
    assert "请选" in text(answer.content.decode()) or "它晚于" in text(answer.content.decode())


def test_a_year_is_the_most() -> None:
    query = {"from": "2025-11-22", "to": "2026-11-22"}
    assert spans.chosen(query, TODAY).days == 366
    with pytest.raises(InvalidInput):
        spans.chosen({**query, "from": "2025-11-21"}, TODAY)


def test_midnights_are_those_of_the_zone_also_where_clocks_change() -> None:
    """New York, 1 November 2026: the day has 25 hours, and so has the one it is compared with."""
    span = Span(date(2026, 11, 1), date(2026, 11, 1), "custom", running=False)
    when = spans.instants(span, NEW_YORK)
    assert when.until - when.since == timedelta(hours=25)
    before = spans.instants_before(span, when.until, NEW_YORK)
    assert before.until == when.since
    assert before.until - before.since == timedelta(hours=24)


def test_the_news_of_a_console_is_another_version(school: School) -> None:
    seen = [version_now()]

    def is_news() -> bool:
        seen.append(version_now())
        return seen[-1] not in seen[:-1]

    school.buy(phone="13700000001")
    assert is_news()
    assert not is_news()
    number = school.buy(phone="13700000002")
    assert is_news()
    school.refund("r1", number, 100_00)
    assert is_news()
    _, html = shown(school.as_("owner"), school.at("", "o"))
    assert f'version="{seen[-1]}"' in html


def heat(*busy: tuple[int, int, int]) -> tuple[HeatHour, ...]:
    number = {(day, hour): orders for day, hour, orders in busy}
    return tuple(
        HeatHour(day, hour, number.get((day, hour), 0)) for day in range(7) for hour in range(24)
    )


def test_hours_have_six_steps_and_a_single_order_is_seen() -> None:
    chart = charts.heat_chart(heat((0, 0, 1), (4, 20, 100), (6, 23, 41)))
    assert chart is not None
    levels = {(cell.x, cell.y): cell.level for cell in chart.cells}
    assert sorted({*levels.values()}) == [0, 1, 3, 5]
    assert len(levels) == 7 * 24
    assert (chart.peak.weekday, chart.peak.hour) == (4, 20)
    assert charts.heat_chart(heat()) is None
    assert charts.heat_chart(()) is None


def test_only_a_day_that_is_not_over_is_dashed() -> None:
    days = [TrendDay(date(2026, 11, day), day * 100, day * 30) for day in range(1, 5)]
    running, over = charts.trend_chart(days, 2000), charts.trend_chart(days, 3000, running=False)
    assert running is not None
    assert over is not None
    assert running.today_line.count("L") == 1
    assert running.sales_line.count("L") == 2
    assert over.today_line == ""
    assert over.sales_line.count("L") == 3
    assert (running.over, over.over) == (4, 0)


def test_many_days_do_not_lie_over_each_other() -> None:
    days = [TrendDay(TODAY - timedelta(days=90 - day), 100, 20) for day in range(90)]
    chart = charts.trend_chart(days, 2000)
    assert chart is not None
    step = chart.bars[2].x - chart.bars[1].x
    assert chart.bar_width < step


def test_the_folded_menu_counts_what_its_entries_count(school: School) -> None:
    """No amounts, and nothing twice: a complaint stands in the number of compliance already."""
    with clock.at(local(20, 12)):
        number = school.buy(phone="13700000001")
        asked = Actor(ActorKind.STUDENT)
        order_actions.ask_refund(number, amount=PRICE, reason="", actor=asked)
        complain(NewComplaint(kind="other", text="看看", origin="x"))
        answer = school.as_("owner").get(school.at("", "o"))
    html = answer.content.decode()
    entries = re.findall(r'<em class="num">(\d+)</em></a>', html)
    button = re.search(r'menubutton".*?<em class="num">(\d+)', html, re.DOTALL)
    assert button is not None
    assert int(button[1]) == sum(map(int, entries)) == 2
