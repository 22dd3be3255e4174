from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "kefen.platform.tenancy"
    label = "tenancy"
