"""Draws every sample in both languages."""

from django.test import RequestFactory, override_settings
from django.utils import translation

from kefen.faces.web import styleguide
from kefen.faces.web.samples import every_sample

Pages = dict[str, dict[str, str]]


def draw() -> Pages:
    """HTML by language and page; a sample asks nothing of the database."""
    pages: Pages = {}
    with override_settings(DEBUG=True):
        for language in ("zh-hans", "en"):
            with translation.override(language):
                pages[language] = {
                    key: styleguide.page(
                        RequestFactory().get(f"/styleguide/{key}"), page=key
                    ).content.decode()
                    for key in every_sample()
                }
    return pages
