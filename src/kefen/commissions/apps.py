from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "kefen.commissions"
    label = "commissions"
