from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kefen.ledger"
    label = "ledger"
