from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kefen.faces.web"
    label = "web"
