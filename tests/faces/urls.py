"""Only the web pages."""

from django.urls import include, path

urlpatterns = [path("", include("kefen.faces.web.urls"))]
