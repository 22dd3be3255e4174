"""`kefen work`: one worker for the jobs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kefen.ops import worker


class Command(BaseCommand):
    help = "Work on jobs until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=worker.CONCURRENCY)
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *_: Any, **options: Any) -> None:
        worker.run(concurrency=options["concurrency"], wait=not options["once"])
