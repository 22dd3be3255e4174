from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "kefen.catalog"
    label = "catalog"
