"""The zone is named where the viewer's clock differs from the school's, only there (ux.md §5)."""

import pytest
from playwright.sync_api import Browser, expect

from tests.faces.school import School
from tests.journeys.browser import PHONE, chromium

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
SHIFT = """new Promise(done => new PerformanceObserver(list => done(list.getEntries().length))
  .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 500))"""


def shown(browser: Browser, address: str, zone: str, *, script: bool = True) -> bool:
    """Is the name of the zone on the page, with nothing moving while it is drawn?"""
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id=zone,
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto(address)
    label = page.locator(".zone").first
    expect(label).to_have_count(1)
    expect(label).to_contain_text("北京时间")
    if script:
        assert page.evaluate(SHIFT) == 0
    visible = label.is_visible()
    context.close()
    return visible


@pytest.mark.timeout(120)
def test_the_zone_is_named_where_the_viewers_clock_differs(running: tuple[str, School]) -> None:
    here, school = running
    address = here + school.at("c/maths")
    with chromium() as browser:
        assert not shown(browser, address, "Asia/Shanghai")
        assert not shown(browser, address, "Australia/Perth")
        assert shown(browser, address, "America/New_York")
        assert shown(browser, address, "Asia/Tokyo")
        assert shown(browser, address, "Asia/Shanghai", script=False)
