"""Every sample screen in both languages, and what may and may not stand on a page."""

import ast
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefen.core.words import FORBIDDEN_IN_PRODUCT, forbidden
from tests.faces.conftest import CATALOGUE, ROOT
from tests.faces.drawing import Pages, draw

WEB = ROOT / "src" / "kefen" / "faces" / "web"
PUBLIC = ("student-school", "student-course", "student-checkout", "roles")


@pytest.fixture(scope="module")
def pages(catalogue: Path) -> Pages:
    with CaptureQueriesContext(connection) as asked:
        drawn = draw()
    assert len(asked) == 0
    return drawn


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.targets: set[str] = set()
        self.texts: list[str] = []
        self.inline: list[str] = []
        self.posts: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        self.targets |= {
            target
            for name in ("for", "aria-describedby", "aria-labelledby")
            for target in (values.get(name) or "").split()
        }
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        ours = str(values.get("src", "")).startswith("/static/")
        if tag == "style" or (tag == "script" and not ours):
            self.inline.append(tag)
        if tag == "form":
            self.posts.append(values.get("method") != "post")
        if tag == "input" and values.get("name") == "csrfmiddlewaretoken":
            self.posts[-1] = True
        if values.get("lang") != "zh-Hans":
            self.texts += [str(values[n]) for n in ("aria-label", "title", "alt") if values.get(n)]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


def test_every_page_is_drawn_whole(pages: Pages) -> None:
    assert pages["zh-hans"].keys() == pages["en"].keys()
    assert len(pages["en"]) >= 50
    for language, lang in (("zh-hans", "zh-Hans"), ("en", "en")):
        for key, html in pages[language].items():
            assert f'<html lang="{lang}"' in html, key
            assert html.count("<h1") == 1, key
            assert "{{" not in html, key
            assert "{%" not in html, key


def test_ids_are_unique_and_every_label_finds_its_field(pages: Pages) -> None:
    for key, html in pages["zh-hans"].items():
        page = _read(html)
        twice = [name for name, times in page.ids.items() if times > 1]
        assert not twice, (key, twice)
        assert page.targets <= page.ids.keys(), (key, page.targets - page.ids.keys())


def test_pages_fit_a_strict_content_policy(pages: Pages) -> None:
    for key, html in pages["en"].items():
        assert not _read(html).inline, key


def test_every_form_that_posts_carries_the_csrf_token(pages: Pages) -> None:
    for key, html in pages["en"].items():
        assert all(_read(html).posts), key


def test_english_pages_have_no_chinese(pages: Pages) -> None:
    for key, html in pages["en"].items():
        page = _read(html)
        left = {text for text in page.texts if re.search(r"[\u3400-\u9fff]", text)}
        # The language switch names each language in itself; 课 is the seal of the product.
        assert left <= {"中文", "课"}, (key, left)


def test_forbidden_words_never_appear(pages: Pages) -> None:
    for language, drawn in pages.items():
        for key, html in drawn.items():
            text = " ".join(_read(html).texts)
            assert forbidden(text, FORBIDDEN_IN_PRODUCT) == [], (language, key)
    for path in WEB.rglob("templates/**/*.html"):
        assert forbidden(path.read_text(), FORBIDDEN_IN_PRODUCT) == [], path
    catalogue = CATALOGUE.read_text().split("\n\n", 1)[1]
    assert forbidden(catalogue, FORBIDDEN_IN_PRODUCT) == []


def test_the_demo_speaks_as_the_house_does() -> None:
    for path in sorted((ROOT / "src" / "kefen" / "ops" / "demo").glob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text()))
        said = [node.value for node in nodes if isinstance(node, ast.Constant)]
        text = "\n".join(one for one in said if isinstance(one, str))
        assert forbidden(text, FORBIDDEN_IN_PRODUCT) == [], path


def test_public_pages_never_show_a_rebate(pages: Pages) -> None:
    for language, drawn in pages.items():
        for key, html in drawn.items():
            if key.startswith(PUBLIC):
                text = " ".join(_read(html).texts).lower()
                for word in ("返佣", "佣金", "rebate", "commission", "预计返"):
                    assert word not in text, (language, key, word)


def test_the_ad_mark_stands_where_a_link_led(pages: Pages) -> None:
    for language, mark in (("zh-hans", "广告"), ("en", ">Ad<")):
        for key in ("student-school", "student-course", "student-checkout"):
            assert mark in pages[language][key], key
        assert 'class="adtag"' not in pages[language]["student-course-plain"]
    assert "推荐人可获推广服务费" in pages["zh-hans"]["student-course"]


def test_only_pages_that_wait_for_a_payment_look_again_by_themselves(pages: Pages) -> None:
    refreshing = [key for key, html in pages["en"].items() if 'http-equiv="refresh"' in html]
    assert refreshing == [
        "student-cashier",
        "student-cashier-in-app",
        "student-order-confirming",
        "operator-programme-backtest",
        "operator-payouts",
        "operator-payout-batch",
    ]
    assert "正在确认，不要重复支付" in pages["zh-hans"]["student-order-confirming"]


def test_nothing_shows_a_share_of_nothing(pages: Pages) -> None:
    for key, html in pages["en"].items():
        if "empty" in key:
            assert "NaN" not in html, key
            assert "0.0%" not in html, key
    assert "No sales in this time yet" in pages["en"]["operator-overview-empty"]


def test_money_reads_as_the_house_writes_it(pages: Pages) -> None:
    proof = re.sub(r"<[^>]+>", "", pages["zh-hans"]["promoter-proof"])
    assert "¥299.00 × 20%，向下取整到分，等于 ¥59.80。" in proof
    feed = re.sub(r"<[^>]+>", "", pages["zh-hans"]["operator-overview"])
    assert "−¥199.00" in feed
