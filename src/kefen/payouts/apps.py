from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "kefen.payouts"
    label = "payouts"
