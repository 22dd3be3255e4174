from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "kefen.compliance"
    label = "compliance"
