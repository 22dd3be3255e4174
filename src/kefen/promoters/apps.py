from django.apps import AppConfig


class PromotersConfig(AppConfig):
    name = "kefen.promoters"
    label = "promoters"
