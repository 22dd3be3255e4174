from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "kefen.reconciliation"
    label = "reconciliation"
