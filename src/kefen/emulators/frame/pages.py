"""Plain pages for people, without JavaScript."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from werkzeug.wrappers import Response

_LOOKS = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
td, th { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
input { font: inherit; min-height: 44px; padding: 0 .5rem; width: 100%; max-width: 30rem;
  box-sizing: border-box; }
label { display: block; margin: .75rem 0 .25rem; }
button { font: inherit; min-height: 44px; padding: 0 1.25rem; margin: .75rem .5rem 0 0; }
code { overflow-wrap: anywhere; }
"""


def page(title: str, *parts: str, status: int = 200, language: str = "en") -> Response:
    """A whole page of parts that are HTML already."""
    inside = "\n".join(parts)
    return Response(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_LOOKS}</style></head><body><main><h1>{escape(title)}</h1>\n{inside}\n"
        "</main></body></html>",
        status=status,
        mimetype="text/html",
    )


def paragraph(text: str) -> str:
    """A sentence."""
    return f"<p>{escape(text)}</p>"


def link(url: str, text: str) -> str:
    """A way on."""
    return f'<p><a href="{escape(url)}">{escape(text)}</a></p>'


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under their heads."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    inside = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{inside}</tbody></table>"


def form(
    action: str,
    *,
    buttons: Mapping[str, str],
    fields: Mapping[str, str] | None = None,
    hidden: Mapping[str, str] | None = None,
    method: str = "post",
) -> str:
    """A form: `fields` are names and labels of inputs, `hidden` names and values, `buttons` the
    values of `do` and what stands on them."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (hidden or {}).items()
    )
    asked = "".join(
        f'<label for="{escape(name)}">{escape(label)}</label>'
        f'<input id="{escape(name)}" name="{escape(name)}" autocomplete="off">'
        for name, label in (fields or {}).items()
    )
    done = "".join(
        f'<button name="do" value="{escape(value)}">{escape(text)}</button>'
        for value, text in buttons.items()
    )
    return f'<form action="{escape(action)}" method="{method}">{kept}{asked}{done}</form>'
