"""`kefen check_migrations`: fails where a model has changed and no migration says so."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Check that the migrations describe the models as they are."

    def handle(self, *_: Any, **options: Any) -> None:
        # Exits with status 1, naming what is missing.
        call_command(
            "makemigrations", check_changes=True, dry_run=True, verbosity=options["verbosity"]
        )
