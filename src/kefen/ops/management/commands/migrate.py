"""`kefen migrate`: the owner brings the schema up to date, then grants the application's rights."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import transaction

from kefen.ops import privileges


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        privileges.ensure_role()
        super().handle(*args, **options)
        with transaction.atomic():
            privileges.apply()
