"""Every address of the installation."""

from django.urls import URLPattern, URLResolver, include, path

from kefen.faces.api import health
from kefen.faces.api.webhooks_in import views as webhooks_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("webhooks/<str:channel>/<str:slug>", webhooks_in.receive, name="webhook"),
    path("sandbox/messages", include("kefen.adapters.messengers.outbox.urls")),
    path("sandbox/wechat/", include("kefen.adapters.wechat.sandbox.urls")),
    path("sandbox/", include("kefen.adapters.payments.sandbox.urls")),
    path("", include("kefen.faces.web.urls")),
]

handler400 = "kefen.faces.web.views.bad_request"
handler403 = "kefen.faces.web.views.not_permitted"
handler404 = "kefen.faces.web.views.not_found"
handler500 = "kefen.faces.web.views.server_error"
