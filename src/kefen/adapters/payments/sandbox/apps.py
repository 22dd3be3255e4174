from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "kefen.adapters.payments.sandbox"
    label = "sandbox"
