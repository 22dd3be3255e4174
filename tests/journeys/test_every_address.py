"""Every address of the student's way and of the promoter centre, of a school that sells, in a real
browser. The list is the table of addresses itself: a new page is covered without another word."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kefen.faces.web import urls
from kefen.promoters.agreement import CURRENT
from tests.faces import inspection
from tests.faces.inspection import BUDGET_BYTES, PHONE, Traffic, named
from tests.faces.school import School
from tests.journeys.browser import chromium, person, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PASSES = (("light", "zh-hans"), ("dark", "en"))


def addresses(start: str, known: dict[str, str]) -> Iterator[str]:
    """Every address of a face, its parameters filled in; one that is not known here fails."""
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith(start):
            needed = set(_PARAMETER.findall(route))
            unknown = needed - known.keys()
            assert not unknown, f"say here what {unknown} of {route} is in the school of the tests"
            if any(not known[name] for name in needed):
                continue  # nothing of the kind is there; its sample is looked at
            yield "/" + _PARAMETER.sub(lambda found: known[found[1]], route)


def look(context: BrowserContext, here: str, start: str, known: dict[str, str]) -> list[str]:
    """Open every page of a face and inspect it, in two looks."""
    page, traffic, problems = context.new_page(), Traffic(here), list[str]()
    traffic.watch(page)
    page.emulate_media(reduced_motion="reduce")
    seen = 0
    for address in addresses(start, known):
        asked = page.request.get(here + address, max_redirects=0)
        kind = asked.headers.get("content-type", "")
        if asked.status == 405 or (asked.status == 200 and "html" not in kind):
            continue  # an answer to a form, or a file
        assert asked.status in (200, 302), (address, asked.status)
        seen += 1
        for theme, language in PASSES:
            chosen = {"kefen_theme": theme, "kefen_language": language}
            context.add_cookies([{"name": n, "value": v, "url": here} for n, v in chosen.items()])
            page.set_viewport_size({"width": PHONE, "height": 844})
            answer = page.goto(here + address)
            assert answer is not None
            name = f"{address} ({theme}, {language})"
            body = answer.body()  # before anything is loaded again
            found = inspection.jumping(page)
            found += traffic.too_heavy(page, body, BUDGET_BYTES["phone"])
            picture(page, f"addresses{address.replace('/', '-')}-{theme}", whole=True)
            found += inspection.unfit(page, (320, PHONE))
            found += inspection.inaccessible(page, PHONE) if theme == "light" else []
            problems += named(name, found)
    page.close()
    assert seen >= 5, start
    problems += [f"asked a stranger: {url}" for url in sorted(traffic.strangers)]
    return problems


def bought(browser: Browser, here: str, school: School) -> tuple[BrowserContext, str]:
    """A student who came by the link and paid; answers his browser and the order."""
    context = person(browser)
    page = context.new_page()
    page.goto(f"{here}/s/{school.code}")
    page.locator(".buybar a.btn").click()
    page.fill("input[name=phone]", "13800000201")
    page.check("input[name=terms]")
    page.locator("form.stack button.accent").click()
    page.locator("button[value=paid]").click()
    expect(page.locator("h1")).to_have_text("报名成功", timeout=30_000)
    order = urlsplit(page.url).path.rsplit("/", 1)[1]
    page.close()
    return context, order


def promoting(browser: Browser, here: str) -> tuple[BrowserContext, str]:
    """The promoter, signed in; answers his browser and one of his proofs."""
    context = person(browser)
    page: Page = context.new_page()
    page.goto(here)
    page.locator("a.role", has=page.locator("h2", has_text="推广员")).first.click()
    page.goto(f"{here}/p/zhixing/income")
    address = str(page.locator("main a.item").first.get_attribute("href"))
    page.close()
    return context, urlsplit(address).path.rsplit("/", 1)[1]


@pytest.mark.timeout(240)
def test_every_page_of_a_school_that_sells(running: tuple[str, School]) -> None:
    here, school = running
    known = {"slug": school.facts.slug, "course": "maths", "version": CURRENT}
    known |= {"size": "wide", "digest": ""}  # the course shows its sign
    with chromium() as browser:
        student, order = bought(browser, here, school)
        problems = look(student, here, "t/<", {**known, "number": order})
        promoter, proof = promoting(browser, here)
        more = {**known, "proof_": proof, "number": "", "link": school.code, "look": "paper"}
        # No file was asked for, and no board is closed.
        more |= dict.fromkeys(("id", "metric", "period", "starts_on"), "")
        problems += look(promoter, here, "p/<", more)
    assert not problems, "\n".join(problems)
