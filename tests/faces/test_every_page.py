"""Every page with real rows: drawn whole in both languages, in a fixed number of queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.terms import PromoterKind
from kefen.core.words import FORBIDDEN_IN_PRODUCT, forbidden
from kefen.faces.web.promoter.proof import serial_of
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity.actions import account_with_phone
from kefen.promoters.actions import apply
from kefen.promoters.queries import by_code
from tests.faces.school import School

PROMOTER = ("", "courses", "courses?order=live", "courses/maths", "income", "income?state=pending")
PROMOTER += ("courses/maths/poster", "links", "statement")
PROMOTER += ("files", "statement?from=2026-01-01")
PROMOTER += ("withdraw", "withdraw?amount=12.50", "withdraw/w1", "withdraw/w2")
PROMOTER += ("payout-account", "payout-account?kind=sandbox")
PROMOTER += (
    "payout-wishes",
    "profile",
    "identity",
    "tax",
    "tax?year=2001",
    "performance",
    "performance?days=7",
)
PROMOTER += ("courses?q=数学&order=rebate", "income?state=rejected")
OPERATOR = ("", "orders", "orders?state=paid&q=数&from=2020-01-01&to=2099-01-01", "promoters")
OPERATOR += ("promoters?state=applied", "promoters/yu", "programme", "withdrawals", "statements")
OPERATOR += ("payouts", "payouts/settings", "payouts/settings?channel=wechat_pay")
OPERATOR += ("reconciliation", "splits", "tasks", "statements?from=2026-01-01&to=2026-12-31")
OPERATOR += ("programme?from=1", "programme/versions/1")
OPERATOR += ("courses", "courses?q=数&state=on_sale", "courses-new", "courses/maths")
OPERATOR += ("courses/maths/sale", "settlement", "settlement?period=week&on=2026-11-04")
OPERATOR += ("questions", "notifications", "audit", "audit?action=withdrawal.requested")
OPERATOR += ("compliance", "compliance/inviters?of=yu", "compliance/complaints")
OPERATOR += ("compliance/licences", "compliance/licences?kind=school", "compliance/platform")
PLATFORM = ("/platform/", "/platform/limits", "/platform/health", "/platform/licences")
PLATFORM += ("/platform/?q=知&state=open&sort=newest", "/platform/institutions/zhixing")
PLATFORM += ("/platform/risk", "/platform/risk?worry=signals", "/platform/audit", "/platform/tasks")
PLATFORM += ("/platform/licences?state=all", "/platform/reveals")
PLATFORM += ("/platform/reveals?institution=zhixing", "/platform/reveals/zhixing/promoter/yu")
STUDENT = ("", "c/maths", "checkout/maths", "orders", "complaint")


@pytest.fixture
def busy(school: School) -> School:
    """Orders of every state, a refund, a withdrawal of every kind, an applicant."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
        school.buy(phone="13700000002")
    commissions.mature(clock.now())
    number = school.buy(phone="13700000003")
    school.refund("r1", number, 100_00)
    payouts.request(RequestWithdrawal("w1", "yu", 20_00, clock.now()))
    payouts.approve("w1")
    commissions.ask_about(commission_rows.of_promoter(by_code("yu").id)[0].id, "为什么是这个数？")
    payouts.request(RequestWithdrawal("w2", "yu", 10_00, clock.now()))
    account = account_with_phone("13700000009", name="新来的")
    kind = PromoterKind.STUDENT
    apply(account_id=account.id, code="new", kind=kind, nickname="新人", agreed=True, adult=True)
    return school


def pages(school: School) -> dict[str, tuple[str, ...]]:
    """Addresses by who looks."""
    mine = commission_rows.of_promoter(by_code("yu").id)
    order = mine[0].order.number
    proofs = tuple(f"income/{serial_of(row)}" for row in mine)
    return {
        "promoter": tuple(school.at(one, "p") for one in (*PROMOTER, *proofs)),
        "owner": tuple(school.at(one, "o") for one in (*OPERATOR, f"orders/{order}")),
        "platform": PLATFORM,
        "guest": ("/", "/sign-in", *(school.at(one) for one in STUDENT)),
    }


def browser(school: School, who: str, language: str) -> Client:
    client = school.guest() if who == "guest" else school.as_(who)
    client.cookies["kefen_language"] = language
    return client


def drawn(answer: HttpResponseBase) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_drawn(busy: School, language: str) -> None:
    for who, addresses in pages(busy).items():
        client = browser(busy, who, language)
        for address in addresses:
            answer = client.get(address)
            if address == "/":
                assert answer.status_code == 302
                continue
            html = drawn(answer)
            assert html.count("<h1") == 1, address
            assert "{{" not in html, address
            assert "{%" not in html, address
            assert not re.search(r"\bNone\b(?!:)", re.sub(r"<[^>]+>", "", html)), address
            text = re.sub(r"<[^>]+>", " ", html)
            if who == "guest":
                for word in ("返佣", "rebate", "commission"):
                    assert word not in text.lower(), (address, word)
            assert forbidden(text, FORBIDDEN_IN_PRODUCT) == [], address
            if language == "zh-hans":
                left = re.sub(r"[\x00-\x1f]", " ", text)
                assert "Correct it and try again" not in left, address


LISTS = {
    "promoter": (
        *("", "courses", "courses?q=数", "courses/maths", "income", "income?state=pending"),
        *("withdraw", "statement", "tax", "performance?days=90"),
    ),
    "owner": (
        *("", "orders", "promoters", "withdrawals", "questions", "notifications", "audit"),
        *("statements", "reconciliation", "tasks"),
        *("compliance", "compliance/texts", "compliance/inviters", "compliance/complaints"),
    ),
}


def counted(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        drawn(client.get(address))
    return len(asked)


def grow(school: School, number: int) -> None:
    """More of everything that lists show."""
    from kefen.platform.inbox.actions import store
    from kefen.platform.inbox.contracts import Arrived
    from kefen.promoters.actions import Enrolment, enrol

    for one in range(number):
        order = school.buy(phone=f"1360000{one:04}")
        payouts.request(RequestWithdrawal(f"w-{order}", "yu", 10_00, clock.now()))
        newest = commission_rows.of_promoter(by_code("yu").id)[0]
        commissions.ask_about(newest.id, "为什么？")
        arrived = Arrived("sandbox", f"e-{order}", "payment_succeeded", order, order, "", b"{}", {})
        store(arrived)
        kind, past = PromoterKind.CHANNEL, clock.now()
        enrol([Enrolment(f"p-{order}", kind, None, None, past, None)])
        school.buy(phone=f"1350000{one:04}", promoter_code=f"p-{order}")


def test_lists_ask_as_much_for_thirty_rows_as_for_three(school: School) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        for one in range(40):
            school.buy(phone=f"1330000{one:04}")
    commissions.mature(clock.now())
    clients = {who: school.as_(who) for who in LISTS}
    faces = {"promoter": "p", "owner": "o"}

    def measure() -> dict[str, int]:
        return {
            school.at(page, faces[who]): counted(clients[who], school.at(page, faces[who]))
            for who, found in LISTS.items()
            for page in found
        }

    grow(school, 3)
    few = measure()
    grow(school, 27)
    assert measure() == few
    assert max(few.values()) <= 40, few


def test_the_student_sees_orders_in_a_fixed_number_of_queries(school: School) -> None:
    browser_ = school.guest()
    landing = school.open_link(browser_)
    for _ in range(3):
        school.pay(school.checkout(browser_, landing)["Location"])
    few = counted(browser_, school.at("orders"))
    for _ in range(12):
        school.pay(school.checkout(browser_, landing)["Location"])
    assert counted(browser_, school.at("orders")) == few
