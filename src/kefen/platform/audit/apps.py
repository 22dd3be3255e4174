from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kefen.platform.audit"
    label = "audit"
