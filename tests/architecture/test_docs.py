"""What the documentation must name, so that an undocumented thing fails the build."""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from kefen.catalog.models import Status as CourseStatus
from kefen.core import states
from kefen.core.attribution import Verdict
from kefen.core.terms import PromoterKind
from kefen.faces.web.labels import LABELS
from kefen.ledger.models import TRANSFER_KINDS
from kefen.orders.models import AskState, RefundState
from kefen.platform.inbox.models import State as NotificationState

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kefen"
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
CATALOGUE = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

# Pictures that are referred to and not taken yet. Take a name out as soon as its file is there.
IMAGES_TO_COME: set[str] = set()

# Pages that are referred to and written elsewhere. Empty is what it should be.
PAGES_TO_COME: set[str] = set()

# A variable is read, or handed on, under its name in quotes.
_VARIABLE = re.compile(r"[\"'](KEFEN_[A-Z_]+)[\"']")
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
# Packages that only hold others.
_FLOORS = {"kefen.adapters", "kefen.platform"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")

# Sections of the glossary by the states that stand in them.
_STATES: dict[str, type[Enum]] = {
    "### Promoter ·": states.PromoterStatus,
    "### Order ·": states.OrderState,
    "### Refund ·": RefundState,
    "### Refund request ·": AskState,
    "### Commission ·": states.CommissionState,
    "### Withdrawal ·": states.WithdrawalState,
    "### Split ·": states.SplitState,
    "### Notification ·": NotificationState,
    "### Course ·": CourseStatus,
    "## Verdicts on touches ·": Verdict,
    "### Promoter kinds ·": PromoterKind,
}


def _pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _section(text: str, heading: str) -> str:
    """What stands under the heading that begins like this, up to the next of any level."""
    start = text.index(f"\n{heading}") + 1
    following = re.compile(r"^#", re.MULTILINE).search(text, start + len(heading))
    return text[start : following.start() if following else len(text)]


def _links(path: Path) -> Iterator[tuple[bool, str]]:
    """(is an image, target) of every link to a file of ours."""
    for bang, target in _LINK.findall(_FENCE.sub("", _text(path))):
        if not target.startswith(("http://", "https://", "mailto:")):
            yield bool(bang), target


def _anchor(heading: str) -> str:
    """The anchor that a heading gets on the usual forges."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def test_every_variable_that_is_read_is_in_settings() -> None:
    read = {name for path in SOURCE.rglob("*.py") for name in _VARIABLE.findall(_text(path))}
    assert read, "the pattern finds nothing any more"
    documented = set(re.findall(r"`(KEFEN_[A-Z_]+)`", _text(REFERENCE / "settings.md")))
    assert read - documented == set()


def test_every_variable_in_settings_is_read() -> None:
    table = re.findall(r"^\| `(KEFEN_[A-Z_]+)`", _text(REFERENCE / "settings.md"), re.MULTILINE)
    source = "\n".join(_text(path) for path in SOURCE.rglob("*.py"))
    assert [name for name in table if name not in source] == []


def test_every_command_is_in_commands() -> None:
    folder = SOURCE / "ops" / "management" / "commands"
    commands = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    headings = _HEADING.findall(_text(REFERENCE / "commands.md"))
    documented = {
        found[1] for heading in headings if (found := re.match(r"`kefen ([\w-]+)", heading))
    }
    assert documented == commands


def test_every_transfer_kind_is_in_the_ledger_page() -> None:
    text = _text(REFERENCE / "ledger.md")
    assert [kind for kind in TRANSFER_KINDS if f"| `{kind}` |" not in text] == []


def test_every_room_is_in_the_house() -> None:
    text = _text(REFERENCE / "architecture.md")
    packages = {path.parent for path in SOURCE.rglob("apps.py")} | {
        path.parent for path in SOURCE.glob("*/__init__.py")
    }
    names = {f"kefen.{path.relative_to(SOURCE).as_posix().replace('/', '.')}" for path in packages}
    # A face is named by its last word in the row of all faces.
    faces = {name for name in names if name.startswith("kefen.faces.")}
    missing = {name for name in names - faces - _FLOORS if f"`{name}`" not in text}
    missing |= {name for name in faces if name.rsplit(".", 1)[1] not in text}
    assert missing == set()


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for is_image, target in _links(page):
        name, _, anchor = target.partition("#")
        file = page if not name else (page.parent / name).resolve()
        if not file.exists():
            if file.name not in (IMAGES_TO_COME if is_image else PAGES_TO_COME):
                broken.append(target)
        elif anchor and anchor not in {_anchor(found) for found in _HEADING.findall(_text(file))}:
            broken.append(target)
    assert broken == []


def test_no_picture_is_still_to_come_that_is_there() -> None:
    assert [name for name in IMAGES_TO_COME if (DOCS / "images" / name).exists()] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for _, target in _links(page)
            if target.partition("#")[0]
        ]
    assert set(DOCS.rglob("*.md")) - reached == set()


@pytest.mark.parametrize("heading", list(_STATES))
def test_the_glossary_has_every_state_in_both_languages(heading: str) -> None:
    rows = {
        code: (chinese, english)
        for code, chinese, english, _ in _ROW.findall(
            _section(_text(DOCS / "glossary.md"), heading)
        )
    }
    for state in _STATES[heading]:
        chinese, english = rows[str(state.value)]
        assert _CHINESE.search(chinese), state
        assert _LATIN.search(english), state


def test_the_glossary_has_the_words_of_the_screens() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    chinese_of: dict[str, set[str]] = {}
    for message in catalogue:
        if isinstance(message.id, str):
            chinese_of.setdefault(message.id, set()).add(str(message.string))
    differences = []
    compared = 0
    for _, chinese, english, key in _ROW.findall(_text(DOCS / "glossary.md")):
        family, _, code = key.strip("`").partition(".")
        if family not in LABELS:
            continue
        compared += 1
        with translation.override("en"):
            word = str(LABELS[family][code])
        if word != english or chinese not in chinese_of[english]:
            differences.append((key, chinese, english))
    assert differences == []
    assert compared > 50, "the glossary names the keys of the screens"
