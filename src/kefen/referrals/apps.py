from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "kefen.referrals"
    label = "referrals"
