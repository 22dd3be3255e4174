from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "kefen.ops"
    label = "ops"
