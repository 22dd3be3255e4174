from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "kefen.programmes"
    label = "programmes"
