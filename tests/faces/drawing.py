"""Draws every sample in both languages; run as a module, it writes them as JSON."""

import json
import sys

import django
from django.test import RequestFactory
from django.utils import translation


def draw() -> dict[str, dict[str, str]]:
    """HTML by language and page."""
    django.setup()
    from kefen.faces.web import styleguide  # noqa: PLC0415 - after the set-up
    from kefen.faces.web.samples import every_sample  # noqa: PLC0415

    pages: dict[str, dict[str, str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            pages[language] = {
                key: styleguide.page(
                    RequestFactory().get(f"/styleguide/{key}"), page=key
                ).content.decode()
                for key in every_sample()
            }
    return pages


if __name__ == "__main__":
    json.dump(draw(), sys.stdout)
