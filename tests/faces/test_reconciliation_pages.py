"""Bills in the console: days, their groups, and closing a difference."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefen.core.periods import midnight
from kefen.faces.web import books
from kefen.platform import clock
from kefen.ports import registry
from kefen.ports.bills import BillKind, BillLine, zone_of
from kefen.reconciliation import actions, queries, tasks
from kefen.reconciliation.models import Difference
from tests.faces.school import School


class Bills:
    """The sandbox's bills, as the test wants them."""

    name = "sandbox"

    def __init__(self) -> None:
        self.lines: list[BillLine] = []

    def fetch_bill(self, institution: str, day: date) -> list[BillLine]:
        return self.lines


@pytest.fixture
def bills(monkeypatch: pytest.MonkeyPatch) -> Bills:
    source = Bills()
    monkeypatch.setitem(registry._bills, "sandbox", source)
    return source


def yesterday() -> date:
    return clock.now().astimezone(zone_of("sandbox")).date() - timedelta(days=1)


def held(bills: Bills, *amounts: int) -> str:
    """A bill of yesterday with payments that we do not know; answers its address."""
    noon = midnight(yesterday(), zone_of("sandbox")) + timedelta(hours=12)
    bills.lines = [
        BillLine(BillKind.PAYMENT, f"X{n}", f"c{n}", amount, 6, "CNY", noon)
        for n, amount in enumerate(amounts)
    ]
    actions.reconcile("sandbox", yesterday())
    return f"reconciliation/sandbox/{yesterday()}"


def test_a_difference_is_closed_with_a_note(school: School, bills: Bills) -> None:
    page = held(bills, 719_10)
    owner = school.as_("owner")
    owner.cookies["kefen_language"] = "zh-hans"
    html = owner.get(school.at("reconciliation", "o")).content.decode()
    assert "有未处理差异" in html
    html = owner.get(school.at(page, "o")).content.decode()
    assert "仅渠道有" in html
    assert "标记已处理" in html
    assert "渠道余额与学堂自有资金各增加 ¥719.10。" in html
    id_ = Difference.objects.get().id
    address = school.at(f"differences/{id_}/close", "o")
    refused = owner.post(address, {"decision": "adjust", "note": " "})
    assert refused.status_code == 422
    assert "ferr" in refused.content.decode()
    assert queries.open_count() == 1
    assert owner.post(address, {"decision": "adjust", "note": "核实"}).status_code == 302
    assert owner.post(address, {"decision": "adjust", "note": "核实"}).status_code == 302
    html = owner.get(school.at(page, "o")).content.decode()
    assert "核实" in html
    assert "没有未处理差异" in html
    assert [line for line in books.lines() if line.difference] == []


def test_booking_what_no_order_is_there_for_is_refused(school: School, bills: Bills) -> None:
    held(bills, 100)
    id_ = Difference.objects.get().id
    answer = school.as_("owner").post(
        school.at(f"differences/{id_}/close", "o"), {"decision": "book", "note": "x"}
    )
    assert answer.status_code in (404, 409, 422)
    assert queries.open_count() == 1


def test_who_may_only_read_decides_nothing(school: School, bills: Bills) -> None:
    page = held(bills, 100)
    reader = school.as_("read_only")
    assert "<fieldset" not in reader.get(school.at(page, "o")).content.decode()
    id_ = Difference.objects.get().id
    address = school.at(f"differences/{id_}/close", "o")
    assert reader.post(address, {"decision": "note", "note": "x"}).status_code == 403
    assert reader.post(school.at(f"{page}/again", "o")).status_code == 403
    assert queries.open_count() == 1


def test_addresses_of_nothing(school: School, bills: Bills) -> None:
    owner = school.as_("owner")
    for page in ("reconciliation/sandbox/2020-01-01", "reconciliation/none/2026-11-22"):
        assert owner.get(school.at(page, "o")).status_code == 404
    assert owner.get(school.at("reconciliation/sandbox/today", "o")).status_code == 404
    assert owner.post(school.at("differences/x/close", "o")).status_code == 404


def test_again_by_hand(school: School, bills: Bills) -> None:
    page = held(bills, 100)
    bills.lines = []
    assert school.as_("owner").post(school.at(f"{page}/again", "o")).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'channel', args->>'on' FROM procrastinate_jobs"
            " WHERE task_name = 'reconciliation.day'"
        )
        assert cursor.fetchall() == [("sandbox", yesterday().isoformat())]
    tasks.reconcile(channel="sandbox", on=yesterday().isoformat())
    assert queries.open_count() == 0


def test_a_long_day_asks_as_much_as_a_short_one(school: School, bills: Bills) -> None:
    owner = school.as_("owner")
    counts = []
    for amounts in ((100,) * 3, (100,) * 40):
        page = school.at(held(bills, *amounts), "o")
        with CaptureQueriesContext(connection) as asked:
            assert owner.get(page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_refund_at_the_console_is_booked(school: School, bills: Bills) -> None:
    number, owner = school.buy(), school.as_("owner")
    noon = midnight(yesterday(), zone_of("sandbox")) + timedelta(hours=12)
    bills.lines = [
        BillLine(BillKind.REFUND, f"X{amount}", "5030", amount, 0, "CNY", noon, order=number)
        for amount in (10_00, 99_999_00)
    ]
    actions.reconcile("sandbox", yesterday())
    page = school.at(f"reconciliation/sandbox/{yesterday()}", "o")
    html = owner.get(page).content.decode()
    assert "按订单" in html
    assert school.at(f"orders/{number}", "o") in html
    ids = dict(Difference.objects.values_list("number", "id"))
    form = {"decision": "book", "note": "商户平台退的"}
    refused = owner.post(school.at(f"differences/{ids['X9999900']}/close", "o"), form)
    assert refused.status_code in (409, 422)
    address = school.at(f"differences/{ids['X1000']}/close", "o")
    assert [owner.post(address, form).status_code for _ in range(2)] == [302, 302]
    order = owner.get(school.at(f"orders/{number}", "o")).content.decode()
    assert "X1000" in order
    assert queries.open_count() == 1
