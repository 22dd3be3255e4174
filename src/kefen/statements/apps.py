from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "kefen.statements"
    label = "statements"
