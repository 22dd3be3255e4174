from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kefen.platform.identity"
    label = "identity"
