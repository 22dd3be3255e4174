"""`kefen member SLUG HANDLE ROLE`: let somebody work for an institution."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kefen.core.errors import DomainError
from kefen.platform.audit import actions as audit
from kefen.platform.identity import actions as identity
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Role, User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import by_slug


class Command(BaseCommand):
    help = "Let HANDLE work for the institution SLUG as ROLE; prints a sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("handle")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--name", default="", help="as colleagues read it; default: HANDLE")

    def handle(self, *, slug: str, handle: str, role: str, name: str, **_: Any) -> None:
        try:
            user = _let_in(slug, handle, Role(role), name or handle)
        except DomainError as error:
            raise CommandError(str(error)) from error
        token = identity.sign_in_token(user)
        self.stdout.write(f"{settings.PUBLIC_URL}/sign-in/{token}?next=/o/{slug}/")


@transaction.atomic
def _let_in(slug: str, handle: str, role: Role, name: str) -> User:
    with scope.institution(by_slug(slug).id):
        user = identity.make_user(handle)
        identity.add_member(user, role, display_name=name)
        audit.record(SYSTEM, "member.let_in", f"user:{user.id}", role=role.value)
    return user
