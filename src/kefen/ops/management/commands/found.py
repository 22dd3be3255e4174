"""`kefen found SLUG NAME --owner HANDLE`: an institution and its first team member."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kefen.core.errors import DomainError
from kefen.ops.schema import ensure_current
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs
from kefen.platform.identity.models import Role, User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution


class Command(BaseCommand):
    help = "Found an institution; prints a sign-in link for its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="HANDLE")
        parser.add_argument("--time-zone", default="Asia/Shanghai")
        parser.add_argument("--currency", default="CNY")
        parser.add_argument("--email", help="where the owner's sign-in codes go")
        parser.add_argument("--platform-staff", action="store_true", help="also platform staff")

    def handle(self, *_: Any, **options: Any) -> None:
        ensure_current()
        try:
            user = _found(**options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        token = identity.sign_in_token(user)
        self.stdout.write(f"{settings.PUBLIC_URL}/sign-in/{token}?next=/o/{options['slug']}/")


@transaction.atomic
def _found(**options: Any) -> User:
    """The institution and its owner; all of it or nothing."""
    institution = found_institution(
        slug=options["slug"],
        name=options["name"],
        currency=options["currency"],
        time_zone=options["time_zone"],
    )
    user = identity.make_user(options["owner"], is_platform_staff=options["platform_staff"])
    if options["email"]:
        proofs.set_email(user, options["email"])
    with scope.institution(institution.id):
        identity.add_member(user, Role.OWNER, display_name=options["owner"])
    return user
