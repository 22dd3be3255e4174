from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "kefen.platform.merchants"
    label = "merchants"
