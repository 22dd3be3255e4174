"""`kefen reseal`: encrypt what is kept with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand

from kefen.ops.reseal import reseal
from kefen.platform.identity.personal import newest_key


class Command(BaseCommand):
    help = "Encrypt secrets and personal data with the newest KEFEN_PERSONAL_DATA_KEY_N."

    def handle(self, *_: Any, **__: Any) -> None:
        count = reseal()
        self.stdout.write(f"Encrypted {count} values anew; all are under key {newest_key()} now.")
