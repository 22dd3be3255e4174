"""Addresses of the web pages: those of everybody, and those that each area lists itself."""

from django.urls import path

from kefen.faces.web import demo, public_proof, short_links, sign_in, styleguide, views
from kefen.faces.web.operator import urls as operator
from kefen.faces.web.platform import urls as platform
from kefen.faces.web.promoter import urls as promoter
from kefen.faces.web.signing import staff
from kefen.faces.web.student import urls as student

app_name = "web"

_EVERYBODY = [
    path("", sign_in.role_picker, name="role_picker"),
    path("s/<str:code>", short_links.follow, name="short_link"),
    path("language", views.set_language, name="set_language"),
    path("theme", views.set_theme, name="set_theme"),
    path("proof/<str:slug>/<str:serial>", public_proof.check, name="public_proof"),
    path("sign-in", staff.sign_in, name="sign_in"),
    path("sign-in/code", staff.code, name="sign_in_code"),
    path("sign-in/<str:token>", sign_in.by_link, name="sign_in_link"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("sign-out/everywhere", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("demo/clock", demo.advance, name="demo_advance"),
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/qr.svg", styleguide.qr, name="styleguide_qr"),
    path("styleguide/poster/<slug:look>.jpg", styleguide.poster, name="styleguide_poster"),
    path("styleguide/<slug:page>", styleguide.page, name="styleguide_page"),
]

urlpatterns = [
    *_EVERYBODY,
    *student.urlpatterns,
    *promoter.urlpatterns,
    *operator.urlpatterns,
    *platform.urlpatterns,
]
