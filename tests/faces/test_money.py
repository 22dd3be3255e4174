"""Money on pages: files that add up to the ledger, forms that refuse in words, decisions."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation

from kefen.adapters.payments.sandbox import faults
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.commissions import actions as commissions
from kefen.core import errors
from kefen.faces.web import books, problems, statements
from kefen.ledger import queries as ledger
from kefen.ops.audit import audit_institution
from kefen.orders.models import Order
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import by_number
from kefen.platform import clock
from kefen.platform.tenancy import queries as tenancy
from kefen.programmes import queries as programmes
from kefen.promoters.queries import by_code
from tests.error_tree import leaves
from tests.faces.school import REBATE, School

TERMS = {
    "model": "first_touch",
    "window_days": "7",
    "touch_scope": "institution",
    "binding_days": "0",
    "protection_days": "0",
    "hold_days": "7",
    "max_rate_percent": "30",
    "rule_1_key": "base",
    "rule_1_promoter": "any:",
    "rule_1_course": "any:",
    "rule_1_base": "paid",
    "rule_1_kind": "percent",
    "rule_1_value": "25%",
}


@pytest.fixture
def rich(school: School) -> School:
    """Two settled rebates, one expected and partly clawed back, withdrawals of three ends."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
        school.buy(phone="13700000002")
    commissions.mature(clock.now())
    school.refund("r1", school.buy(phone="13700000003"), 100_00)
    for number, amount in (("w1", 20_00), ("w2", 10_00), ("w3", 15_00)):
        payouts.request(RequestWithdrawal(number, "yu", amount, clock.now()))
    payouts.reject("w2", reason="why")
    return school


def rows_of(answer: object) -> list[list[str]]:
    text = answer.getvalue().decode()  # type: ignore[attr-defined]
    assert text.startswith(statements.BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(statements.BOM))))


def sums(rows: list[list[str]]) -> int:
    """Credit minus debit of all entries."""
    entries = [row for row in rows[1:] if len(row) == 7 and row[2]]
    return sum(int((Decimal(r[5] or 0) - Decimal(r[4] or 0)) * 100) for r in entries)


def test_both_sides_files_add_up_to_the_ledger(rich: School) -> None:
    zone = rich.facts.zone
    months = {f"{(clock.now() - timedelta(days=d)).astimezone(zone):%Y-%m}" for d in (0, 9)}
    mine = theirs = 0
    for month in months:
        query = {"period": month}
        mine += sums(rows_of(rich.as_("promoter").get(rich.at("statement.csv", "p"), query)))
        theirs += sums(rows_of(rich.as_("owner").get(rich.at("statements.csv", "o"), query)))
    balances = ledger.balances()
    own = sum(a for code, a in balances.items() if code.startswith("promoter:yu:"))
    assert mine == own
    assert theirs == sum(a for code, a in balances.items() if not code.startswith("promoter:"))
    assert mine + theirs == 0
    assert audit_institution() == []


def test_a_file_says_unit_zone_and_count(rich: School) -> None:
    rows = rows_of(rich.as_("promoter").get(rich.at("statement.csv", "p")))
    assert rows[0][4:] == ["借方（元）", "贷方（元）", "变动后余额（元）"]
    tail = {row[0]: row[1] for row in rows[-4:]}
    assert tail["时区"] == "Asia/Shanghai"
    assert int(tail["分录条数"]) == len([row for row in rows[1:] if len(row) == 7 and row[2]])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert statements.safe(text) == f"'{text}"


def test_the_page_opens_and_closes_where_the_ledger_does(rich: School) -> None:
    period = statements.month("")
    codes = [c for c in ledger.balances() if c.startswith("promoter:yu:") and "points" not in c]
    page = statements.page(codes, period, "x")
    assert page.opening + page.total_in - page.total_out == page.closing
    assert page.closing == sum(ledger.balances(codes, "CNY").values())


def test_the_books_are_summed_twice_and_agree(rich: School) -> None:
    assert [line for line in books.lines() if line.difference] == []
    html = rich.as_("owner").get(rich.at("statements", "o")).content.decode()
    assert "不一致" not in html
    assert html.count('chip jade">一致') == len(books.lines())


@pytest.mark.parametrize(
    ("amount", "said"),
    [("5", "低于"), ("99999", "可用"), ("abc", "请按 59.80 这样填写金额"), ("10.001", "请按")],
)
def test_a_refused_withdrawal_says_why_and_reserves_nothing(
    rich: School, amount: str, said: str
) -> None:
    before = ledger.balances()
    posted = {"amount": amount, "number": "wdr-x"}
    answer = rich.as_("promoter").post(rich.at("withdraw", "p"), posted)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "ferr" in html
    assert ledger.balances() == before


def test_asking_twice_with_one_form_is_one_withdrawal(rich: School) -> None:
    client = rich.as_("promoter")
    before = ledger.balances()["promoter:yu:available"]
    for _ in range(2):
        answer = client.post(rich.at("withdraw", "p"), {"amount": "¥12.50", "number": "wdr-1"})
        assert answer.status_code == 302
    assert ledger.balances()["promoter:yu:available"] == before - 12_50
    html = client.get(rich.at("withdraw", "p")).content.decode()
    assert "等待机构审核" in html
    client.post(rich.at("withdraw/wdr-1/cancel", "p"))
    assert by_number("wdr-1").state == "cancelled"
    assert ledger.balances()["promoter:yu:available"] == before


def test_returning_needs_a_reason_and_approving_sends(rich: School) -> None:
    client = rich.as_("finance")
    answer = client.post(rich.at("withdrawals/w1/decide", "o"), {"decision": "reject"})
    assert answer.status_code == 422
    assert "推广员会看到，请写明原因" in answer.content.decode()
    assert by_number("w1").state == "requested"
    done = client.post(rich.at("withdrawals/w1/decide", "o"), {"decision": "approve"})
    assert done.status_code == 302
    row = by_number("w1")
    assert (row.state, row.tax, row.net) == ("approved", 0, 20_00)
    again = client.post(rich.at("withdrawals/w2/decide", "o"), {"decision": "approve"})
    assert again.status_code == 409
    assert (
        client.post(rich.at("withdrawals/w9/decide", "o"), {"decision": "approve"}).status_code
        == 404
    )


def test_a_refund_above_what_is_left_is_refused_with_both_figures(rich: School) -> None:
    order: Order = Order.objects.latest("placed_at")
    posted = {"amount": "250", "reason": "why", "number": "rfd-1"}
    answer = rich.as_("owner").post(rich.at(f"orders/{order.number}/refund", "o"), posted)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "¥250.00" in html
    assert "¥199.00" in html
    assert 'value="250"' in html


def test_a_version_above_the_cap_is_refused_by_number_and_reason(rich: School) -> None:
    before = len(programmes.schedule().versions)
    client = rich.as_("owner")
    bad = {**TERMS, "rule_1_value": "32.5%"}
    answer = client.post(rich.at("programme/publish", "o"), bad)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "32.5%" in html
    assert "30%" in html
    assert len(programmes.schedule().versions) == before
    nonsense = client.post(rich.at("programme/publish", "o"), {**TERMS, "hold_days": "x"})
    assert nonsense.status_code == 422
    assert "请填写整数" in nonsense.content.decode()
    good = client.post(rich.at("programme/publish", "o"), TERMS)
    assert good.status_code == 302
    assert "已发布" in client.get(rich.at("programme", "o")).content.decode()


def test_a_published_version_counts_from_the_next_order_and_old_proofs_stay(rich: School) -> None:
    client = rich.as_("owner")
    steps = {**TERMS, "rule_1_kind": "tiered", "rule_1_steps": "1=10%, 6=12%"}
    steps |= {"rule_1_metric": "orders", "rule_1_period": "month", "rule_1_level2": ""}
    assert client.post(rich.at("programme/publish", "o"), steps).status_code == 302
    html = client.get(rich.at("programme", "o")).content.decode()
    assert "1=10%, 6=12%" in html
    rich.buy(phone="13700000044")
    income = rich.as_("promoter").get(rich.at("income", "p")).content.decode()
    assert "29</span>" in income or "29<" in income
    assert REBATE == 59_80


def test_the_platform_lowers_the_cap_and_the_form_says_so(rich: School) -> None:
    client = rich.as_("platform")
    limits = {"institution": "zhixing", "max_rate_percent": "20", "minimum_hold_days": "7"}
    limits |= {"minimum_age": "18", "forbidden_words": "abc\nxyz"}
    assert client.post("/platform/limits", limits).status_code == 422
    assert tenancy.limits().max_rate_bps == 3000
    done = client.post("/platform/limits", {**limits, "reason": "law"})
    assert done.status_code == 302
    assert tenancy.limits_row().max_rate_bps == 2000
    answer = rich.as_("owner").post(rich.at("programme/publish", "o"), TERMS)
    assert answer.status_code == 422
    assert "平台允许 20%" in answer.content.decode()


def test_a_new_institution_gets_an_owner_who_can_sign_in(school: School) -> None:
    client = school.as_("platform")
    taken = client.post("/platform/institutions", {"name": "X", "slug": "zhixing"})
    assert taken.status_code == 409
    assert client.post("/platform/institutions", {"name": "X", "slug": "a b"}).status_code == 422
    done = client.post("/platform/institutions", {"name": "新学堂", "slug": "new"})
    assert done.status_code == 302
    html = client.get("/platform/").content.decode()
    link = html.split("/sign-in/")[1].split("<")[0].strip()
    owner = Client()
    assert owner.post(f"/sign-in/{link}")["Location"] == "/o/new/"
    assert owner.get("/o/new/").status_code == 200
    assert owner.get(school.at("", "o")).status_code == 404


def test_a_channel_that_cannot_be_reached_is_said_and_the_order_stays(school: School) -> None:
    browser = school.guest()
    form = school.form(browser)
    number = form["number"]
    from kefen.faces.web.tokens import read_checkout

    faults.plan("zhixing", read_checkout(school.facts, "maths", number), Fault.UNAVAILABLE)
    answer = school.send(browser, {**form, "phone": "13800000001", "terms": "1"})
    order: Order = Order.objects.get()
    assert order.state == "placed"
    page = browser.get(answer["Location"], follow=True).content.decode()
    assert "暂时连不上支付渠道" in page, page[page.index("<main") : page.index("<main") + 900]
    again = browser.post(school.at(f"orders/{order.number}/pay"))
    assert urlsplit(again["Location"]).path.startswith("/sandbox/cashier/")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidInput, 422),
        (errors.UnknownOrder, 404),
        (errors.NotPermitted, 403),
        (errors.NumberConflict, 409),
        (errors.BelowMinimum, 422),
        (errors.RateAboveCap, 422),
        (errors.ChannelUnavailable, 503),
        (errors.OutcomeUnknown, 503),
        (errors.ChannelRejected, 502),
        (errors.InvariantBroken, 500),
    ],
)
def test_errors_have_their_status(error: type[errors.KefenError], status: int) -> None:
    assert problems.status_of(error()) == status


def test_every_error_says_its_sentence_in_both_languages() -> None:
    for error in leaves():
        given = dict.fromkeys(re.findall(r"{(\w+)}", error.sentence), 1234)
        given |= {"machine": "OrderState", "current": "paid", "to": "placed", "cap_bps": 1}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said = problems.sentence(error(**given))
                assert "{" not in said, (error, said)
                assert (re.search(r"[\u3400-\u9fff]", said) is not None) is (language != "en")


def test_a_rebate_is_held_released_and_rejected(rich: School) -> None:
    from kefen.commissions import queries as rows
    from kefen.faces.web.promoter.proof import serial_of

    newest = rows.of_promoter(by_code("yu").id)[0]
    client, path = rich.as_("reviewer"), f"rebates/{serial_of(newest)}/decide"
    client.post(rich.at(path, "o"), {"decision": "hold", "reason": ""})
    assert rows.by_id(newest.id).state == "pending"
    for decision, state in (("hold", "held"), ("release", "pending"), ("reject", "rejected")):
        client.post(rich.at(path, "o"), {"decision": decision, "reason": "same device"})
        assert rows.by_id(newest.id).state == state
    html = rich.as_("promoter").get(rich.at(f"income/{serial_of(newest)}", "p")).content.decode()
    assert "same device" in html
