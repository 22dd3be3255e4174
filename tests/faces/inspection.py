"""What a real browser finds wrong with a page: too wide, cut, too small, unreadable, too heavy,
jumping, unreachable by keyboard. Each answers sentences; none is a page that passes."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 360, 390, 430, 1024, 1440)
PHONE = 390
DESK = 1440
# ux.md §8, A20: first load, gzip, without photos.
BUDGET_BYTES = {"phone": 100_000, "console": 150_000}
MOST_SHIFT = 0.02
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Nothing but what is wrong: the long lists of what is right take most of the time.
AXE = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
_PHOTOS = ("image/jpeg", "image/png", "image/webp")

# What is wrong with the layout at the width shown. A target inside a sentence may be small (WCAG
# 2.5.8), and so may what a larger one covers. Money is cut where it leaves the screen, or a box
# that hides what does not fit; what scrolls is not cut.
_UNFIT = """() => {
  const problems = [], phone = document.body.classList.contains('phone') && innerWidth <= 430;
  const say = (what, e) => problems.push(what + ': ' + e.outerHTML.slice(0, 90));
  const beyond = document.documentElement.scrollWidth - innerWidth;
  if (beyond > 0) problems.push(beyond + ' px too wide');
  for (const e of document.querySelectorAll('a, button, summary, select, input')) {
    if (['hidden', 'checkbox'].includes(e.type) || !e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    const free = e.closest('.skip, .cover-link, p, dd');
    if (!free && (r.height < 24 || r.width < 24)) say('small target', e);
    const main = e.matches(
      '.btn.accent, .btn.wide, .btn.ink, .buybar .btn, nav.tabs a, .field input');
    if (phone && main && r.height < 43.5) say('main action below 44 px', e);
  }
  for (const e of document.querySelectorAll('.money, .num, .btn')) {
    if (!e.checkVisibility() || e.closest('.sr')) continue;
    const r = e.getBoundingClientRect();
    if (r.width === 0) continue;
    let cut = r.right > innerWidth + 1 || r.left < -1;
    for (let box = e.parentElement; box; box = box.parentElement) {
      const flow = getComputedStyle(box).overflowX;
      if (flow === 'auto' || flow === 'scroll') { cut = false; break; }
      if (flow !== 'visible' && box !== document.documentElement) {
        const b = box.getBoundingClientRect();
        cut = cut || r.right > b.right + 1 || r.left < b.left - 1;
      }
    }
    if (cut) say('cut', e);
  }
  return problems;
}"""

_LARGER = """factor => {
  const all = [...document.body.querySelectorAll('*')].filter(e => !(e instanceof SVGElement));
  const sizes = all.map(e => parseFloat(getComputedStyle(e).fontSize));
  all.forEach((e, at) => { e.style.fontSize = sizes[at] * factor + 'px'; });
}"""
_USUAL = "() => document.querySelectorAll('[style]').forEach(e => e.removeAttribute('style'))"

_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""

_LOADED = """() => performance.getEntriesByType('resource')
  .filter(entry => ['link', 'script', 'css', 'img'].includes(entry.initiatorType))
  .map(entry => entry.name)"""

_CONTRAST = """async () => (await axe.run(
  {runOnly: ['color-contrast'], resultTypes: ['violations']})).violations"""

# Where the focus is: which element, whether it shows, whether something lies over it.
_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), r = e.getBoundingClientRect();
  const mark = e.closest('label, .course, .role, .item') || e;
  const around = getComputedStyle(mark);
  const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
    || s.boxShadow !== 'none';
  const over = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
  window.__seen = window.__seen || new Map();
  if (!window.__seen.has(e)) window.__seen.set(e, window.__seen.size);
  return {
    at: window.__seen.get(e), html: e.outerHTML.slice(0, 90),
    ring: ring(style) || ring(around) || ring(getComputedStyle(e, '::after')),
    covered: !!over && !e.contains(over) && !over.contains(e) && !mark.contains(over)
      && getComputedStyle(e).position !== 'fixed' && r.height > 0
  };
}"""


def unfit(page: Page, widths: Iterable[int] = WIDTHS) -> list[str]:
    """At each width: nothing beyond the edge, no money cut, no target too small."""
    problems: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        problems += [f"at {width}: {one}" for one in page.evaluate(_UNFIT)]
    return problems


def unfit_with_larger_text(page: Page, factor: float = 1.5) -> list[str]:
    """The same on a phone whose owner has larger letters."""
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.evaluate(_LARGER, factor)
    problems = [f"with text ×{factor}: {one}" for one in page.evaluate(_UNFIT)]
    page.evaluate(_USUAL)
    return problems


def inaccessible(page: Page, width: int) -> list[str]:
    """WCAG 2.2 A and AA, by axe, in the theme shown; then the contrasts of the other theme. Ask it
    of a browser that wants no motion, or colours are on their way from one theme to the other."""
    page.set_viewport_size({"width": width, "height": 844})
    found = Axe().run(page, options=AXE)
    violations = list(found.response["violations"])
    other = page.evaluate(
        """() => { const root = document.documentElement;
          const other = root.dataset.theme === 'dark' ? 'light' : 'dark';
          root.dataset.theme = other; return other; }"""
    )
    violations += page.evaluate(_CONTRAST)
    # An order being confirmed reloads itself; nothing typed can be lost and a link does the same.
    excused = {"meta-refresh"} if page.locator("meta[http-equiv=refresh]").count() else set()
    return [
        f"{one['id']} ({other} second): {node['html'][:200]} {node['any'][:1]}"
        for one in violations
        if one["id"] not in excused
        for node in one["nodes"][:1]
    ]


def jumping(page: Page) -> list[str]:
    """How far things moved while the page was loaded; ask right after `goto`. A busy machine may
    paint between two pieces of a page; one that jumps by itself does so again."""
    shift = page.evaluate(_SHIFT)
    if shift > MOST_SHIFT and page.url.startswith("http"):
        page.reload()
        shift = page.evaluate(_SHIFT)
    return [f"layout shift {shift:.3f}"] if shift > MOST_SHIFT else []


def lost_by_keyboard(page: Page, most: int = 60) -> list[str]:
    """Tab through the page: each step goes to a new place, shows itself and is not covered."""
    page.set_viewport_size({"width": PHONE, "height": 844})
    problems = []
    if page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count():
        problems.append("a tab order of its own")
    for step in range(most):
        page.keyboard.press("Tab")
        where = page.evaluate(_FOCUS)
        if where is None or where["at"] < step:
            break
        if not where["ring"]:
            problems.append(f"focus not seen: {where['html']}")
        if where["covered"]:
            problems.append(f"focus covered: {where['html']}")
    else:
        problems.append(f"not through after {most} steps")
    return problems


@dataclass
class Traffic:
    """What a browser asked for, and how much came."""

    origin: str
    sizes: dict[str, int] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """From now on."""
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(self.origin) and urlsplit(url).scheme not in ("data", "blob"):
            self.strangers.add(url)

    def _size(self, page: Page, url: str) -> int:
        """How much of it travels; photos are weighed elsewhere."""
        if url not in self.sizes:
            answer = page.request.get(url)
            photo = answer.headers.get("content-type", "").partition(";")[0] in _PHOTOS
            self.sizes[url] = 0 if photo else len(gzip.compress(answer.body(), 6))
        return self.sizes[url]

    def too_heavy(self, page: Page, document: bytes, budget: int) -> list[str]:
        """The page and all it loads, as it travels, against a budget."""
        weight = len(gzip.compress(document, 6))
        weight += sum(self._size(page, url) for url in set(page.evaluate(_LOADED)))
        return [f"{weight} bytes of {budget}"] if weight > budget else []


def named(key: str, problems: Iterable[str]) -> list[str]:
    """The problems of one page."""
    return [f"{key}: {one}" for one in problems]
