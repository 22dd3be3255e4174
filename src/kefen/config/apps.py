from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "kefen.config"
    label = "wiring"

    def ready(self) -> None:
        from kefen.config import wiring  # noqa: PLC0415 - models must be loaded first

        wiring.wire()
