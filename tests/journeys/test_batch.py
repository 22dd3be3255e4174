"""Many withdrawals at once, in a browser, with a worker behind it: with and without JavaScript."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kefen.commissions import actions as commissions
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import by_number
from kefen.platform import clock
from kefen.platform.identity.actions import sign_in_token
from tests.faces.inspection import AXE
from tests.faces.school import School
from tests.factories import make_paid_order
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("script", [True, False])
def test_a_batch_moves_by_itself_and_goes_on_when_left(
    running: tuple[str, School], script: bool
) -> None:
    here, school = running
    sold = clock.now() - timedelta(days=9)
    make_paid_order(paid=1000_00, at=sold)
    commissions.mature(clock.now())
    numbers = [f"w{number}" for number in range(6)]
    for number in numbers:
        payouts.request(RequestWithdrawal(number, "yu", 20_00, clock.now()))
    token = sign_in_token(school.users["owner"])
    with chromium() as browser:
        page = person(browser, script=script).new_page()
        page.goto(f"{here}/sign-in/{token}")
        page.goto(f"{here}/o/zhixing/withdrawals")
        for number in numbers[:5]:
            page.get_by_role("checkbox", name=number).check()
        page.get_by_role("button", name="批准勾选的提现").click()
        expect(page.get_by_text("5 笔提现，税前 ¥100.00")).to_be_visible()
        page.get_by_role("button", name="批准并付款").click()
        expect(page.get_by_role("heading", name="批次")).to_be_visible()
        # Nobody touches the page any more: it shows by itself that all were worked on.
        expect(page.get_by_text("已处理 5 / 5")).to_be_visible(timeout=60_000)
        if script:
            found = Axe().run(page, options=AXE)
            assert [one["id"] for one in found.response["violations"]] == []
            picture(page, "payout-batch", whole=True)
        page.goto(f"{here}/o/zhixing/payouts")
        expect(page.get_by_text("已处理完")).to_be_visible()
    assert by_number("w5").state == "requested"
    assert {by_number(number).state for number in numbers[:5]} <= {
        *("approved", "sent", "awaiting_confirmation", "succeeded")
    }
