"""Risk in the console and on the proof: odd in words, decided with a reason, disputed."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefen.commissions.models import Commission
from kefen.core.ids import uuid7
from kefen.faces.web.promoter.proof import serial_of
from kefen.platform import clock
from kefen.promoters.queries import by_code
from kefen.referrals import actions as referrals
from kefen.referrals.models import Touch
from kefen.risk import actions, queries
from kefen.risk.models import Signal
from tests.faces.school import School


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


@pytest.fixture
def held(school: School) -> Signal:
    """A purchase on two of yu's browsers, held by the scan."""
    school.buy(phone="13800000005")
    row = Commission.objects.select_related("order").get()
    for _ in range(2):
        browser = uuid4()
        referrals.identify(browser, row.order.student_id)
        referrals.identify(browser, by_code("yu").account_id)
    assert actions.scan().held == 1
    return Signal.objects.get()


def page(school: School, browser: Client, address: str, face: str = "o") -> str:
    answer = browser.get(school.at(address, face))
    assert answer.status_code == 200, address
    return text(answer)


def decide(school: School, browser: Client, signal: Signal, **typed: str) -> HttpResponse:
    return browser.post(school.at(f"risk/{signal.id}/decide", "o"), typed)


def test_a_burst_through_the_short_link_is_said_with_its_figures(school: School) -> None:
    for _ in range(12):
        school.open_link(school.guest())
    assert Touch.objects.filter(network__isnull=False).count() == 12
    assert page(school, school.as_("reviewer"), "risk").count("没有异常") == 1
    actions.scan()
    browser = school.as_("reviewer")
    shown = page(school, browser, "risk")
    assert "从同一网段 10 分钟内 12 次点击，通常不超过 5 次。" in shown
    assert "待核对的异常点击与订单 1" in page(school, browser, "")
    assert "同一网段大量点击" in page(school, browser, "promoters/yu")
    one = page(school, browser, f"risk/{Signal.objects.get().id}")
    assert "驳回返佣" not in one
    assert "无异常，放行" in one


def test_a_driven_browser_is_counted_and_marked(school: School) -> None:
    driven = Client(headers={"User-Agent": "Mozilla/5.0 HeadlessChrome/126.0"})
    assert driven.get(f"/s/{school.code}").status_code == 302
    school.open_link(school.guest())
    marked = list(Touch.objects.order_by("id").values_list("automated", flat=True))
    assert marked == [True, False]


def test_the_queue_is_filtered_and_nonsense_does_not_filter(school: School, held: Signal) -> None:
    browser = school.as_("operator")
    told = "推广员与购买人都登录过的浏览器有 2 个"
    for query in ("", "?state=open", "?kind=same_device", "?kind=x&state=y", "?page=99"):
        assert told in page(school, browser, f"risk{query}")
    for query in ("?state=released", "?kind=link_burst"):
        assert told not in page(school, browser, f"risk{query}")


def test_flags_stand_on_the_order_and_the_promoter(school: School, held: Signal) -> None:
    browser = school.as_("operator")
    for address in (f"orders/{held.order.number}", "promoters/yu"):
        shown = page(school, browser, address)
        assert "推广员与购买人共用设备" in shown
        assert "评分 80 / 100" in shown
    actions.release(held.id, reason="一家人")
    assert "共用设备" not in page(school, browser, "promoters/yu")


def test_releasing_names_its_consequence_and_needs_a_reason(school: School, held: Signal) -> None:
    browser = school.as_("reviewer")
    asked = page(school, browser, f"risk/{held.id}?decision=release")
    assert "将解除冻结、到期照常结算的返佣：1 笔，共 ¥59.80。" in asked
    assert Commission.objects.get().state == "held"
    refused = decide(school, browser, held, decision="release", reason=" ")
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)
    assert Commission.objects.get().state == "held"
    assert decide(school, browser, held, decision="release", reason="一家人").status_code == 302
    assert Commission.objects.get().state == "pending"
    shown = page(school, browser, f"risk/{held.id}")
    assert "一家人" in shown
    assert "无异常，放行" not in shown
    again = decide(school, browser, held, decision="reject", reason="又想驳回")
    assert again.status_code == 409
    assert Commission.objects.get().state == "pending"


def test_what_makes_no_sense_is_refused(school: School, held: Signal) -> None:
    browser = school.as_("operator")
    before = Signal.objects.values().get()
    assert decide(school, browser, held, decision="delete", reason="x").status_code == 422
    assert decide(school, browser, held, reason="x").status_code == 422
    nothing = school.at(f"risk/{uuid7()}", "o")
    assert browser.get(nothing).status_code == 404
    assert (
        browser.post(f"{nothing}/decide", {"decision": "watch", "reason": "x"}).status_code == 404
    )
    assert Signal.objects.values().get() == before


def test_whose_work_it_is(school: School, held: Signal) -> None:
    reader = school.as_("read_only")
    assert "无异常，放行" not in page(school, reader, f"risk/{held.id}")
    assert decide(school, reader, held, decision="release", reason="x").status_code == 403
    reviewer = school.as_("reviewer")
    assert "本机构的平常值" not in page(school, reviewer, "risk")
    assert reviewer.post(school.at("risk/limits", "o"), {}).status_code == 403
    assert Commission.objects.get().state == "held"


def test_the_promoter_reads_why_in_plain_words_and_disputes_it(
    school: School, held: Signal
) -> None:
    row = Commission.objects.get()
    promoter, operator = school.as_("promoter"), school.as_("operator")
    address = f"income/{serial_of(row)}"
    shown = page(school, promoter, address, "p")
    assert "机构正在核对这笔返佣" in shown
    assert "这笔订单可能是您本人购买，本人购买不计返佣，需要核对。" in shown
    assert "浏览器" not in shown
    assert "risk:" not in shown
    question = school.at(f"{address}/question", "p")
    assert promoter.post(question, {"question": "是我妹妹买的"}).status_code == 302
    assert "推广员已提出异议" in page(school, operator, "risk")
    assert "是我妹妹买的" in page(school, operator, f"risk/{held.id}")
    asked = page(school, operator, f"risk/{held.id}?decision=reject")
    assert "将被收回且不可撤销的返佣：1 笔，共 ¥59.80。" in asked
    answer = decide(school, operator, held, decision="reject", reason="本人购买不计返佣")
    assert answer.status_code == 302
    shown = page(school, promoter, address, "p")
    assert "机构未发放这笔返佣本人购买不计返佣" in shown
    assert "对此提出异议" in shown


def test_what_is_usual_is_typed_kept_and_checked(school: School) -> None:
    owner, address = school.as_("owner"), school.at("risk/limits", "o")
    kept = {
        "usual_link": "60",
        "usual_network": "20",
        "usual_automated": "3",
        "usual_refunds": "30",
        "show_at": "40",
        "hold_at": "101",
    }
    assert owner.post(address, kept).status_code == 302
    assert (queries.limits().usual_network, queries.limits().hold_at) == (20, 101)
    for wrong in ({"usual_link": "0"}, {"show_at": "x"}, {"hold_at": "102"}, {"show_at": "102"}):
        assert owner.post(address, {**kept, **wrong}).status_code == 422
    assert queries.limits().usual_link == 60


def test_the_queue_asks_a_fixed_number_of_questions(school: School, held: Signal) -> None:
    browser = school.as_("operator")
    counts = []
    for size in (1, 10):
        for place in range(size):
            now = clock.now()
            Signal.objects.create(
                kind="refund_ring",
                subject="promoter",
                subject_id=held.promoter_id,
                finding=f"{size}-{place}",
                promoter_id=held.promoter_id,
                score=50,
                evidence={
                    "orders": 6,
                    "days": 30,
                    "refunded": 5,
                    "returners": 2,
                    "usual": 20,
                },
                wants_hold=False,
                happened_at=now,
                seen_at=now,
            )
        with CaptureQueriesContext(connection) as done:
            page(school, browser, "risk")
        counts.append(len(done))
    assert counts[0] == counts[1]
