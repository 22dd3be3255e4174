"""`kefen sign_in_email HANDLE EMAIL`: let a user sign in by codes to this address."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefen.core.errors import DomainError
from kefen.platform.identity import proofs
from kefen.platform.identity.models import User


class Command(BaseCommand):
    help = "Let HANDLE sign in by codes sent to EMAIL. Only a digest of the address is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle")
        parser.add_argument("email")

    def handle(self, *, handle: str, email: str, **_: Any) -> None:
        user = User.objects.filter(handle=handle, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no user {handle}. Found an institution with --owner.")
        try:
            proofs.set_email(user, email)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{handle} signs in at /sign-in with this address.")
