"""`kefen emulate CHANNEL --home FOLDER [--port N]`: a stand-in for a payment channel."""

import importlib
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefen.emulators.frame.server import serve

CHANNELS = ("wechat", "alipay", "stripe")


class Command(BaseCommand):
    help = "Serve a stand-in for a payment channel; nothing in it is money."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", choices=CHANNELS)
        parser.add_argument("--home", metavar="FOLDER", type=Path, required=True)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=0, help="default: any free one")
        parser.add_argument("--notice-scale", type=float, default=1.0, metavar="FACTOR")
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *, channel: str, home: Path, host: str, port: int, **rest: Any) -> None:
        name = f"kefen.emulators.{channel}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
            raise CommandError(f"This copy of Kefen has no emulator of {channel}.") from missing
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        emulator = module.build(home, notice_scale=rest["notice_scale"], seed=rest["seed"])
        serve(emulator, host=host, port=port, ready=self._say)

    def _say(self, address: str) -> None:
        self.stdout.write(f"{address} (its books: {address}/emulator/)")
        self.stdout.flush()
