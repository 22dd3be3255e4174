"""Tabs of one student that go to several cashiers at once."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from kefen.orders import actions as orders
from kefen.orders import queries
from kefen.orders.models import CashierVisit
from kefen.ports import registry
from kefen.ports.payments import Cashier, Collect
from tests.concurrency.racing import codes, race
from tests.factories import make_course, make_placed_order

CHANNELS = ("one", "two", "three")


@dataclass
class Slow:
    """A channel that takes its time; what is open stands in `payable`."""

    name: str
    payable: set[str]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def collect(self, request: Collect) -> Cashier:
        time.sleep(0.2)
        with self.lock:
            self.payable.add(self.name)
        return Cashier(url=f"http://{self.name}/{request.order}")

    def close(self, institution: str, order: str) -> None:
        time.sleep(0.05)
        with self.lock:
            self.payable.discard(self.name)


@pytest.fixture
def payable(committed_institution: object, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The channels at which the order can be paid."""
    found: set[str] = set()
    for name in CHANNELS:
        monkeypatch.setitem(registry._payments, name, Slow(name, found))
    make_course()
    make_placed_order()
    return found


def open_at(channel: str) -> Any:
    return orders.open_cashier("o1", orders.PayBy(channel), return_url="http://here/")


def test_tabs_at_several_channels_leave_one_cashier_open(payable: set[str]) -> None:
    answers = race([lambda name=name: open_at(name) for name in CHANNELS])

    assert codes(answers) == []
    assert len(payable) == 1
    # Whatever is payable is known to be, and is asked about.
    assert set(queries.open_cashiers("o1")) == payable
    assert CashierVisit.objects.filter(shut_at__isnull=True).count() == 1


def test_an_order_that_is_cancelled_meanwhile_is_payable_nowhere(payable: set[str]) -> None:
    answers = race([lambda: open_at("one"), lambda: orders.shut_and_cancel("o1")])

    assert codes(answers) in ([], ["order_not_open"])
    assert queries.by_number("o1").state == "cancelled"
    assert payable == set()
    assert queries.open_cashiers("o1") == []
