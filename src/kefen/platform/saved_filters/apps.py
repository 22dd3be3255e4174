from django.apps import AppConfig


class SavedFiltersConfig(AppConfig):
    name = "kefen.platform.saved_filters"
    label = "saved_filters"
