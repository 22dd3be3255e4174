"""A held rebate in real browsers: the job finds it, its promoter reads why and disputes it, a
reviewer reads that beside the signal and lets it go."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kefen.commissions.models import Commission
from kefen.faces.web.promoter.proof import serial_of
from kefen.platform import clock
from kefen.platform.identity.actions import sign_in_token
from kefen.promoters.queries import by_code
from kefen.referrals import actions as referrals
from kefen.risk import tasks
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.factories import make_paid_order
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.timeout(240)
def test_held_disputed_and_let_go(running: tuple[str, School]) -> None:
    here, school = running
    make_paid_order(course="maths", paid=299_00, at=clock.now())
    row = Commission.objects.select_related("order").get()
    for _ in range(2):
        browser_of_both = uuid4()
        referrals.identify(browser_of_both, row.order.student_id)
        referrals.identify(browser_of_both, by_code("yu").account_id)  # type: ignore[arg-type]
    tasks.scan()
    tokens = {who: sign_in_token(school.users[who]) for who in ("promoter", "reviewer")}
    with chromium() as browser:
        promoter, reviewer = (
            person(browser, desk=who == "reviewer", script=who == "reviewer").new_page()
            for who in tokens
        )
        promoter.goto(f"{here}/sign-in/{tokens['promoter']}")
        reviewer.goto(f"{here}/sign-in/{tokens['reviewer']}")
        promoter.goto(f"{here}/p/zhixing/income/{serial_of(row)}")
        expect(promoter.get_by_text("机构正在核对这笔返佣")).to_be_visible()
        promoter.get_by_role("link", name="有不同意见？请告诉我们。").click()
        promoter.get_by_role("textbox").fill("是我妹妹买的，共用一台电脑。")
        picture(promoter, "promoter-proof-held", whole=True)
        promoter.locator("#question button").click()
        expect(promoter.get_by_text("已提交机构").first).to_be_visible()

        reviewer.goto(f"{here}/o/zhixing/")
        reviewer.locator(".todos a", has_text="待核对的异常点击与订单").click()
        expect(reviewer.get_by_text("推广员已提出异议")).to_be_visible()
        picture(reviewer, "operator-risk", whole=True)
        reviewer.get_by_role("link", name="查看并处理").click()
        expect(reviewer.get_by_text("是我妹妹买的")).to_be_visible()
        picture(reviewer, "operator-signal", whole=True)
        reviewer.get_by_role("link", name="无异常，放行").click()
        expect(reviewer.get_by_text("到期照常结算的返佣：1 笔，共 ¥59.80")).to_be_visible()
        found = Axe().run(reviewer, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == []
        reviewer.get_by_role("textbox", name="原因").fill("一家人共用电脑")
        reviewer.get_by_role("button", name="无异常，放行").click()
        expect(reviewer.get_by_text("处理结果和原因已记录。")).to_be_visible()

        promoter.goto(f"{here}/p/zhixing/income/{serial_of(row)}")
        expect(promoter.get_by_text("机构正在核对这笔返佣")).not_to_be_visible()
    assert Commission.objects.get().state == "pending"
