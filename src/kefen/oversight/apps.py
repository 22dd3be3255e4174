from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "kefen.oversight"
    label = "oversight"
