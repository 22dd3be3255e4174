"""`kefen sign_in_link HANDLE`: a link that signs a user in once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kefen.platform.identity import actions as identity
from kefen.platform.identity.models import User


class Command(BaseCommand):
    help = "Print a link that signs HANDLE in, once, within half an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle")

    def handle(self, *, handle: str, **_: Any) -> None:
        user = User.objects.filter(handle=handle, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no user {handle}. Found an institution with --owner.")
        self.stdout.write(f"{settings.PUBLIC_URL}/sign-in/{identity.sign_in_token(user)}")
