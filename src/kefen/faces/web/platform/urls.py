"""Addresses of the platform's console."""

from django.urls import path

from kefen.faces.web.platform import views as platform

urlpatterns = [
    path("platform/", platform.institutions, name="platform_institutions"),
    path("platform/institutions", platform.institution_create, name="platform_institution_create"),
    path("platform/limits", platform.limits, name="platform_limits"),
    path("platform/health", platform.health, name="platform_health"),
]
