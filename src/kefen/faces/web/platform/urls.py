"""Addresses of the platform's console."""

from django.urls import path

from kefen.faces.web.platform import licences, reveals
from kefen.faces.web.platform import views as platform

urlpatterns = [
    path("platform/", platform.institutions, name="platform_institutions"),
    path("platform/institutions", platform.institution_create, name="platform_institution_create"),
    path("platform/limits", platform.limits, name="platform_limits"),
    path("platform/health", platform.health, name="platform_health"),
    path("platform/licences", licences.queue, name="platform_licences"),
    path("platform/licences/<str:slug>/<str:id>", licences.licence, name="platform_licence"),
    path("platform/licences/<str:slug>/<str:id>/scan", licences.scan, name="platform_licence_scan"),
    path("platform/reveals", reveals.listed, name="platform_reveals"),
    path("platform/reveals/<str:slug>/opened/<str:id>", reveals.revealed, name="platform_revealed"),
    path(
        "platform/reveals/<str:slug>/<str:subject>/<str:key>",
        reveals.subject,
        name="platform_subject",
    ),
]
