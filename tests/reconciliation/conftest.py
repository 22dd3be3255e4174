"""A channel whose bills the test writes."""

from datetime import date, datetime, timedelta

import pytest

from kefen.core.errors import ChannelUnavailable
from kefen.ports import registry
from kefen.ports.bills import BillKind, BillLine


class FakeBills:
    """Says what it was told to say, by day; what it was not told is not written yet."""

    name = "wechat"

    def __init__(self) -> None:
        self.days: dict[date, list[BillLine]] = {}

    def fetch_bill(self, institution: str, day: date) -> list[BillLine]:
        if day not in self.days:
            raise ChannelUnavailable(channel=self.name)
        return list(self.days[day])

    def say(self, on: date, *lines: BillLine) -> None:
        self.days.setdefault(on, []).extend(lines)


def line(
    kind: BillKind,
    number: str,
    amount: int,
    at: datetime,
    *,
    fee: int = 0,
    its: str = "",
    currency: str = "CNY",
    order: str = "",
) -> BillLine:
    return BillLine(kind, number, its or f"c-{number}", amount, fee, currency, at, order=order)


@pytest.fixture
def bills(monkeypatch: pytest.MonkeyPatch) -> FakeBills:
    source = FakeBills()
    monkeypatch.setitem(registry._bills, "wechat", source)
    return source


HOUR = timedelta(hours=1)
