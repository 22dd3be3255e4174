from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "kefen.adapters.messengers.outbox"
    label = "sandbox_messages"
