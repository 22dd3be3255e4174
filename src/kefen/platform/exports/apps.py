from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExportsConfig(AppConfig):
    name = "kefen.platform.exports"
    label = "exports"

    def ready(self) -> None:
        """Find every app's `exports.py`, in the web as in the worker."""
        autodiscover_modules("exports")
