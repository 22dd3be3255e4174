from django.apps import AppConfig


class SplitsConfig(AppConfig):
    name = "kefen.splits"
    label = "splits"
