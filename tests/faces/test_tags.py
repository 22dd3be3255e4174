"""Money, rates and charts as text."""

import pytest

from kefen.faces.web import charts
from kefen.faces.web.templatetags.kefen import change, major, money_text, percent_bps


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "CNY", "¥1,234.50"),
        (-19900, "CNY", "−¥199.00"),
        (0, "CNY", "¥0.00"),
        (5, "CNY", "¥0.05"),
        (1234, "JPY", "¥1,234"),
        (100, "USD", "$1.00"),
        (100, "CHF", "CHF\u00a01.00"),
    ],
)
def test_money(minor: int, currency: str, text: str) -> None:
    assert money_text(minor, currency) == text


def test_money_as_a_person_types_it() -> None:
    assert major(214060, "CNY") == "2140.60"
    assert major(1234, "JPY") == "1234"


@pytest.mark.parametrize(
    ("bps", "text"),
    [(2000, "20%"), (1250, "12.5%"), (875, "8.75%"), (5, "0.05%"), (0, "0%"), (None, "–")],
)
def test_percent(bps: int | None, text: str) -> None:
    assert percent_bps(bps) == text


def test_change_compares_only_with_something() -> None:
    assert change(1124, 1000) == "↑ 12.4%"
    assert change(900, 1000) == "↓ 10.0%"
    assert change(1, 0) == ""
    assert change(1, None) == ""


def test_a_sparkline_needs_two_values() -> None:
    assert charts.sparkline([]) == ("", "")
    assert charts.sparkline([1]) == ("", "")
    assert charts.sparkline([1, 1])[0].startswith("M0.0")
