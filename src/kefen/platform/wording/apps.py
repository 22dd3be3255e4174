from django.apps import AppConfig


class WordingConfig(AppConfig):
    name = "kefen.platform.wording"
    label = "wording"
