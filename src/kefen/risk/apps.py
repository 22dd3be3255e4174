from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "kefen.risk"
    label = "risk"
