"""The inspection sees what it is there for: pages made wrong on purpose."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.faces import inspection
from tests.faces.inspection import PHONE, Traffic
from tests.journeys.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
FINE = "a, button, input {min-height: 48px; min-width: 48px; display: block; color: #000}"
RING = ":focus-visible {outline: 2px solid #000}"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as started:
        yield started.new_page(viewport={"width": PHONE, "height": 844})


def draw(page: Page, body: str, style: str = RING) -> None:
    page.set_content(
        f"<!doctype html><html lang=en><title>t</title><style>{FINE}{style}</style>"
        f"<body class=phone><main><h1>t</h1>{body}</main>"
    )


def test_a_page_that_is_fine(page: Page) -> None:
    draw(page, "<button class='btn wide'>go</button><span class=money>¥1</span>")
    assert inspection.unfit(page) == []
    assert inspection.unfit_with_larger_text(page) == []
    assert inspection.lost_by_keyboard(page) == []
    assert inspection.inaccessible(page, PHONE) == []
    assert inspection.jumping(page) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<div style='width:1500px'>wide</div>", "too wide"),
        ("<button style='min-height:20px;height:20px'>x</button>", "small target"),
        ("<button class='btn wide' style='min-height:30px'>x</button>", "below 44 px"),
        (
            "<div style='width:40px;overflow:hidden'><span class=money>¥1,234,567.00</span></div>",
            "cut",
        ),
    ],
)
def test_what_does_not_fit(page: Page, body: str, said: str) -> None:
    draw(page, body)
    assert any(said in one for one in inspection.unfit(page)), inspection.unfit(page)


def test_larger_letters_that_burst_their_box(page: Page) -> None:
    draw(page, "<p style='font-size:16px;white-space:nowrap;width:350px'>" + "word " * 9 + "</p>")
    assert inspection.unfit(page, [PHONE]) == []
    assert any("too wide" in one for one in inspection.unfit_with_larger_text(page))


def test_focus_that_is_not_seen_covered_or_out_of_order(page: Page) -> None:
    draw(page, "<button>a</button>", "*{outline:none !important}")
    assert any("not seen" in one for one in inspection.lost_by_keyboard(page))
    bar = "<div style='position:fixed;inset:0;background:#fff'></div>"
    draw(page, f"<button>a</button>{bar}")
    assert any("covered" in one for one in inspection.lost_by_keyboard(page))
    draw(page, "<button>a</button><button tabindex=3>b</button>")
    assert "a tab order of its own" in inspection.lost_by_keyboard(page)


def test_contrast_in_the_other_theme(page: Page) -> None:
    draw(page, "<p>word</p>", "[data-theme=dark] p{color:#eee;background:#fff}")
    assert any("color-contrast" in one for one in inspection.inaccessible(page, PHONE))
    draw(page, "<input>")
    assert any("label" in one for one in inspection.inaccessible(page, PHONE))


def test_a_page_that_jumps(page: Page) -> None:
    draw(page, "<div id=late></div><p>" + "text " * 400 + "</p>")
    page.wait_for_timeout(300)  # it has to be seen before it moves
    page.evaluate("() => { document.querySelector('#late').style.height = '400px' }")
    page.wait_for_timeout(300)
    assert inspection.jumping(page) != []


def test_a_page_that_is_heavy_or_asks_strangers(page: Page) -> None:
    traffic = Traffic("http://here")
    traffic.watch(page)
    page.route("http://elsewhere.example/**", lambda route: route.abort())
    draw(page, "<img alt='' src='http://elsewhere.example/x.png'>")
    page.wait_for_timeout(50)
    assert traffic.strangers == {"http://elsewhere.example/x.png"}
    draw(page, "")
    page.unroute_all()
    assert traffic.too_heavy(page, b"x", 10_000) == []
    assert traffic.too_heavy(page, bytes(range(256)) * 4, 100) != []
