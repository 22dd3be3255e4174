"""`kefen up`: everything on this machine with one command."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kefen.ops import processes


class Command(BaseCommand):
    help = "Migrate, then run the web server and a worker until told to stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-migrate", action="store_true", help="the schema is up to date")

    def handle(self, *_: Any, **options: Any) -> None:
        processes.up(options["host"], options["port"], migrate=not options["no_migrate"])
