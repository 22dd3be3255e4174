from django.apps import AppConfig


class WebhooksInConfig(AppConfig):
    name = "kefen.faces.api.webhooks_in"
    label = "webhooks_in"
