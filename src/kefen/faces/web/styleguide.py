"""Every page with believable values and no database; only in a demo or while developing."""

import io

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kefen.faces.web import posters
from kefen.faces.web.samples import every_sample
from kefen.faces.web.samples.poster import picture
from kefen.faces.web.samples.words import NOW
from kefen.faces.web.shared.layout import Layout, show, theme_of


def _only_where_shown() -> None:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404


def index(request: HttpRequest) -> HttpResponse:
    """All pages."""
    _only_where_shown()
    layout = Layout(now=NOW, path=request.path, theme=theme_of(request))
    pages = [(key, reverse("web:styleguide_page", args=(key,))) for key in every_sample()]
    return render(request, "web/styleguide.html", {"pages": pages, "layout": layout})


def page(request: HttpRequest, page: str) -> HttpResponse:
    """One page."""
    _only_where_shown()
    sample = every_sample().get(page)
    if sample is None:
        raise Http404
    layout = sample.layout(request.path, theme_of(request))
    return show(request, sample.template, sample.make(), layout)


def qr(_request: HttpRequest) -> HttpResponse:
    """A code for the sample of a course."""
    _only_where_shown()
    out = io.BytesIO()
    segno.make("https://kefen.example/s/k7Qm2x", error="m").save(
        out, kind="svg", scale=8, border=4, xmldecl=False, light="#fff"
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


def poster(_request: HttpRequest, look: str) -> HttpResponse:
    """A drawn poster for the sample of the sheet."""
    _only_where_shown()
    if look not in posters.LOOKS:
        raise Http404
    return HttpResponse(posters.draw(picture(), look), content_type="image/jpeg")
