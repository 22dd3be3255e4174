from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "kefen.orders"
    label = "orders"
