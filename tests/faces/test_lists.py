"""Long lists: every row once in either direction, whatever comes in meanwhile; a constant number of
queries however long they are; and what is no place in a list leads to its beginning."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefen.commissions.models import Commission, Question
from kefen.compliance.models import Complaint, Hit
from kefen.core.ids import uuid7
from kefen.faces.web import keyset
from kefen.faces.web.operator import orders
from kefen.faces.web.templatetags import kefen as words
from kefen.payouts.models import PayoutBatch, PayoutBatchItem, Withdrawal
from kefen.platform import clock
from kefen.platform.identity.personal import seal
from kefen.platform.inbox.models import Notification
from kefen.platform.tenancy import counting
from kefen.platform.tenancy.bulk import insert_rows
from kefen.promoters.models import Promoter
from kefen.promoters.queries import by_code
from kefen.reconciliation.models import BillDay, Difference
from kefen.referrals.models import Link
from tests.faces import rows
from tests.faces.orders_listed import orders as listed_orders
from tests.faces.school import School

FEW, MANY = 20, 2000


def _promoters(n: int, start: int = 0) -> None:
    columns = ("id", "code", "nickname", "kind", "status", "applied_at", "about")
    columns = (*columns, "agreement_version", "adult_declared", "decision_reason")
    now = clock.now()
    rows = [
        (uuid7(), f"L{start + k}", f"某人{k}", "student", "applied", now, "", "", True, "")
        for k in range(n)
    ]
    insert_rows(Promoter, columns, rows)


def _withdrawals(n: int, start: int = 0) -> None:
    promoter, now = by_code("yu").id, clock.now()
    columns = ("id", "number", "promoter_id", "amount", "state", "state_reason", "channel")
    rows = [
        (uuid7(), f"W{start + k}", promoter, 5000, "requested", "", "sandbox", now)
        for k in range(n)
    ]
    insert_rows(Withdrawal, (*columns, "requested_at"), rows)


def _questions(n: int, start: int = 0) -> None:
    listed_orders(n, start)
    found = Commission.objects.exclude(id__in=Question.objects.values("commission_id"))
    now = clock.now()
    rows = [
        (uuid7(), key, seal("为什么？"), now, b"") for key in found.values_list("id", flat=True)
    ]
    insert_rows(Question, ("id", "commission_id", "text", "asked_at", "answer"), rows)


def _notifications(n: int, start: int = 0) -> None:
    columns = ("id", "channel", "event", "kind", "subject", "order_number", "content", "body")
    columns = (*columns, "headers", "state", "reason", "attempts", "received_at")
    now = clock.now()
    rows = [
        (
            *(uuid7(), "sandbox", f"e{start + k}", "payment", f"L{k}", f"L{k}", "", b"{}"),
            *("{}", "parked", "unknown_order", 1, now),
        )
        for k in range(n)
    ]
    insert_rows(Notification, columns, rows)


def _days(n: int, start: int = 0) -> None:
    first, now = date(1990, 1, 1), clock.now()
    columns = ("id", "channel", "on", "groups", "totals", "fees_booked", "tried_at", "reason")
    rows = [
        (uuid7(), "sandbox", first + timedelta(days=start + k), "{}", "{}", 0, now, "")
        for k in range(n)
    ]
    insert_rows(BillDay, columns, rows)


def _batches(n: int, start: int = 0) -> None:
    """Batches of one withdrawal each."""
    _withdrawals(n, start)
    now, keys = clock.now(), [uuid7() for _ in range(n)]
    columns = ("id", "number", "made_by", "made_at", "total", "amount")
    rows = [(key, f"B{start + k}", uuid7(), now, 1, 5000) for k, key in enumerate(keys)]
    insert_rows(PayoutBatch, columns, rows)
    new = Withdrawal.objects.exclude(id__in=PayoutBatchItem.objects.values("withdrawal_id"))
    _put(zip(keys, new.values_list("id", flat=True), strict=True))


def _put(pairs: Iterable[tuple[UUID, UUID]]) -> None:
    columns = ("id", "batch_id", "withdrawal_id", "state", "problem", "details")
    rows = [(uuid7(), batch, one, "done", "", "{}") for batch, one in pairs]
    insert_rows(PayoutBatchItem, columns, rows)


def _items(n: int, start: int = 0) -> None:
    """Withdrawals of one batch."""
    if start == 0:
        _batches(1, start=9000)
    _withdrawals(n, start)
    batch = PayoutBatch.objects.get(number="B9000").id
    new = Withdrawal.objects.exclude(id__in=PayoutBatchItem.objects.values("withdrawal_id"))
    _put((batch, one) for one in new.values_list("id", flat=True))


def _links(n: int, start: int = 0) -> None:
    promoter, now = by_code("yu").id, clock.now()
    columns = ("id", "short_code", "promoter_id", "label", "created_at")
    rows = [(uuid7(), f"x{start + k}", promoter, f"c{start + k}", now) for k in range(n)]
    insert_rows(Link, columns, rows)


Fill = Callable[..., None]
LISTS: dict[str, tuple[str, str, str, Fill]] = {
    "orders": ("o", "orders", "owner", listed_orders),
    "orders by text": (
        "o",
        "orders?q=L0&state=paid&promoter=yu&from=2020-01-01",
        "owner",
        listed_orders,
    ),
    "orders by title": ("o", "orders?q=数学", "owner", listed_orders),
    "promoters": ("o", "promoters", "owner", _promoters),
    "promoters by state": ("o", "promoters?state=applied&q=某", "owner", _promoters),
    "withdrawals": ("o", "withdrawals", "owner", _withdrawals),
    "withdrawals by state": ("o", "withdrawals?state=requested", "owner", _withdrawals),
    "questions": ("o", "questions", "owner", _questions),
    "notifications": ("o", "notifications?state=parked", "owner", _notifications),
    "reconciliation": ("o", "reconciliation", "owner", _days),
    "batches": ("o", "payouts", "owner", _batches),
    "items of a batch": ("o", "payouts/batches/B9000", "owner", _items),
    "income": ("p", "income", "promoter", listed_orders),
    "income by state": ("p", "income?state=pending", "promoter", listed_orders),
    "links": ("p", "links", "promoter", _links),
    "audit log": ("o", "audit", "owner", rows.deeds),
    "audit log of a deed": ("o", "audit?action=promoter.grouped", "owner", rows.deeds),
    "audit log of a person": ("o", f"audit?who={rows.PERSON}", "owner", rows.deeds),
    "audit log by text": ("o", "audit?q=p0&from=2020-01-01", "owner", rows.deeds),
    "signals": ("o", "risk", "owner", rows.signals),
    "signals by kind and state": ("o", "risk?kind=refund_ring&state=open", "owner", rows.signals),
    "texts": ("o", "compliance/texts", "owner", rows.hits),
    "complaints": ("o", "compliance/complaints", "owner", rows.complaints),
    "open complaints": ("o", "compliance/complaints?state=open", "owner", rows.complaints),
    "courses": ("o", "courses", "owner", rows.courses),
    "courses by text and state": ("o", "courses?q=课&state=draft", "owner", rows.courses),
    "files": ("o", "tasks", "owner", rows.exports),
    "a bill's day": ("o", f"reconciliation/sandbox/{rows.DAY}", "owner", rows.differences),
    "splits": ("o", "splits", "owner", rows.stopped_splits),
    "own withdrawals": ("p", "withdraw", "promoter", rows.own_withdrawals),
    "own files": ("p", "files", "promoter", rows.exports),
}


@pytest.fixture
def undone(school: School) -> Iterator[None]:
    """Rows that no deed made are gone before the books are audited."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _asked(browser: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200, address
    return [one["sql"] for one in asked.captured_queries]


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_however_long_it_is(school: School, name: str) -> None:
    face, path, who, fill = LISTS[name]
    browser, address = school.as_(who), school.at(path, face)
    fill(FEW)
    browser.get(address)  # what is asked once for a process is asked now
    few = _asked(browser, address)
    fill(MANY - FEW, start=FEW)
    many = _asked(browser, address)
    assert len(many) == len(few), "\n".join(many)
    assert not [sql for sql in many if "OFFSET" in sql and "OFFSET 0" not in sql]


def _codes(html: str) -> list[str]:
    return re.findall(r"orders/(L\d{5})\"", html)


def _next(html: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', html)
    return "" if found is None else found[1].replace("&amp;", "&")


def test_each_row_stands_on_one_page_in_both_directions(school: School) -> None:
    listed_orders(130)
    browser, address = school.as_("owner"), school.at("orders", "o")
    query, forward, pages = "?state=paid", list[str](), 0
    while query:
        html = browser.get(address + query).content.decode()
        forward += list(dict.fromkeys(_codes(html)))
        pages += 1
        last, query = html, _next(html, "next")
        assert not query or "state=paid" in query
    assert forward == [f"L{k:05d}" for k in reversed(range(130))]
    assert pages == 3
    backward, query = list[str](), _next(last, "prev")
    while query:
        html = browser.get(address + query).content.decode()
        backward = list(dict.fromkeys(_codes(html))) + backward
        query = _next(html, "prev")
    assert backward == forward[:100]


# What each row of a list is known by on its page.
WALKED = {
    "audit log": r"promoter:p\d{5}",
    "audit log of a deed": r"promoter:p\d{5}",
    "audit log of a person": r"promoter:p\d{5}",
    "audit log by text": r"promoter:p\d{5}",
    "signals": r"/risk/[0-9a-f-]{36}(?=\")",
    "texts": r"course/c\d+",
    "complaints": r"第 \d+ 条",
    "courses": r"/courses/L\d{5}",
    "own withdrawals": r"/withdraw/L\d{5}",
}
LENGTH = 130


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", WALKED)
def test_every_list_is_walked_without_gaps(school: School, name: str) -> None:
    face, path, who, fill = LISTS[name]
    browser, address = school.as_(who), school.at(path.partition("?")[0], face)
    fill(LENGTH)
    seen, query = list[str](), "?" + path.partition("?")[2]
    pages = list[list[str]]()
    while query:
        html = browser.get(address + query).content.decode()
        pages.append(list(dict.fromkeys(re.findall(WALKED[name], html))))
        query = _next(html, "next")
    seen = [one for page in pages for one in page]
    assert len(seen) == len(set(seen)) == LENGTH
    assert [len(page) for page in pages[:2]] == [len(pages[0])] * 2


@pytest.mark.usefixtures("undone")
def test_a_bill_s_day_is_paged_in_its_three_parts(school: School) -> None:
    rows.differences(300)
    browser = school.as_("owner")
    address = school.at(f"reconciliation/sandbox/{rows.DAY}", "o")
    for part, rest in (("", 0), ("transit_", 1), ("closed_", 2)):
        seen, query = set[str](), "?"
        while query:
            html = browser.get(address + query).content.decode()
            seen |= set(re.findall(r"L\d{5}", html))
            found = re.search(rf'rel="next" href="(\?{part}after=[^"]+)"', html)
            query = "" if found is None else found[1]
        mine = {f"L{k:05d}" for k in range(300) if k % 3 == rest}
        assert mine <= seen, part


@pytest.mark.usefixtures("undone")
def test_a_refused_form_is_shown_with_its_row(school: School) -> None:
    """However far down the list that stands."""
    rows.differences(300)
    rows.complaints(LENGTH)
    rows.hits(LENGTH)
    browser = school.as_("owner")
    waiting = Difference.objects.filter(state="open", verdict="only_ours")
    last = waiting.latest("at", "id")
    asked = {
        f"differences/{last.id}/close": {"decision": "note", "note": ""},
        f"compliance/complaints/{Complaint.objects.filter(state='open').earliest('id').id}": {
            "decision": "closed",
            "note": "",
        },
        f"compliance/texts/{Hit.objects.filter(state='open').earliest('place').id}/keep": {
            "note": ""
        },
    }
    for path, form in asked.items():
        answer = browser.post(school.at(path, "o"), form)
        html = answer.content.decode()
        assert answer.status_code == 422, path
        assert school.at(path, "o") in html, path
        assert 'rel="prev"' in html, path


def test_what_comes_in_meanwhile_moves_nothing(school: School) -> None:
    listed_orders(70)
    browser, address = school.as_("owner"), school.at("orders", "o")
    first = browser.get(address).content.decode()
    listed_orders(30, start=1000)
    second = browser.get(address + _next(first, "next")).content.decode()
    assert list(dict.fromkeys(_codes(second))) == [f"L{k:05d}" for k in reversed(range(20))]


@pytest.mark.parametrize(
    "place",
    ["x", "W10", "%01", "eyJhIjoxfQ", "WyIwMDAxLTAxLTAxIiwgIngiXQ", "WzEsMiwzXQ", "W" * 5000, "课"],
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_what_is_no_place_leads_to_the_beginning(school: School, place: str, way: str) -> None:
    listed_orders(3)
    answer = school.as_("owner").get(school.at(f"orders?{way}={place}", "o"))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "列表里没有这个位置" in html
    assert list(dict.fromkeys(_codes(html))) == ["L00002", "L00001", "L00000"]


def _sums(school: School) -> str:
    html = school.as_("owner").get(school.at("orders", "o")).content.decode()
    return html.split('class="sumline')[1].split("</p>")[0]


@pytest.mark.usefixtures("undone")
def test_a_list_counts_only_so_far(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "COUNTED", 30)
    monkeypatch.setattr(orders, "SUMMED", 20)
    listed_orders(20)
    assert "成交" in _sums(school)
    listed_orders(11, start=20)
    html = school.as_("owner").get(school.at("orders", "o")).content.decode()
    assert "超过 30" in html
    assert "成交" not in _sums(school)
    few = school.as_("owner").get(school.at("orders?state=cancelled", "o")).content.decode()
    assert "超过" not in few


@pytest.mark.usefixtures("undone")
def test_what_waits_is_counted_only_so_far(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 30)
    monkeypatch.setattr(words, "COUNTED", 30)
    rows.signals(40)
    browser = school.as_("owner")
    asked = _asked(browser, school.at("", "o"))
    html = browser.get(school.at("", "o")).content.decode()
    assert html.count(">30+<") == 2  # in the menu and among the to-dos
    counts = [sql for sql in asked if "count(*)" in sql.lower() and "risk_signal" in sql]
    assert counts
    assert all("LIMIT 31" in sql for sql in counts)
