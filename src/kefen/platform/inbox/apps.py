from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "kefen.platform.inbox"
    label = "inbox"
