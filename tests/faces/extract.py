"""Every sentence that is to be translated, from templates, code and the error tree."""

import io
from pathlib import Path

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

import kefen
from kefen.core import errors

ROOT = Path(kefen.__file__).parent
WEB = ROOT / "faces" / "web"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

Message = tuple[str | None, str]


def _from_source(source: str) -> set[Message]:
    found: set[Message] = set()
    stream = io.BytesIO(source.encode())
    for _line, name, texts, _comments in extract_python(stream, list(KEYWORDS), [], {}):
        parts = texts if isinstance(texts, tuple) else (texts,)
        if name in ("pgettext", "pgettext_lazy"):
            found.add((parts[0], parts[1]))
        elif parts[0]:
            found.add((None, parts[0]))
    return found


def from_templates() -> set[Message]:
    """Messages of `{% translate %}` and `{% blocktranslate %}`, as Django itself reads them."""
    found: set[Message] = set()
    for path in sorted(WEB.rglob("templates/**/*.html")):
        found |= _from_source(templatize(path.read_text(), origin=str(path)))
    return found


def from_code() -> set[Message]:
    """Messages of gettext calls in Python."""
    found: set[Message] = set()
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text()
        if "gettext" in source:
            found |= _from_source(source)
    return found


def from_errors() -> set[Message]:
    """The sentences of the error tree."""
    waiting: list[type[errors.KefenError]] = [errors.KefenError]
    found: set[Message] = set()
    while waiting:
        one = waiting.pop()
        found.add((None, one.sentence))
        waiting.extend(one.__subclasses__())
    return found


def wanted() -> set[Message]:
    """All of them."""
    return from_templates() | from_code() | from_errors()
