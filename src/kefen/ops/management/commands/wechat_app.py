"""`kefen wechat_app SLUG APP_ID`: name an institution's service account at WeChat."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from kefen.core.errors import DomainError
from kefen.platform.identity import proofs
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import by_slug


class Command(BaseCommand):
    help = "Name the WeChat service account of SLUG; its secret is read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("app_id")

    def handle(self, *, slug: str, app_id: str, **_: Any) -> None:
        # Not an argument: those can be read by everybody on the machine, and are remembered.
        secret = sys.stdin.readline()
        try:
            institution = by_slug(slug)
            with scope.institution(institution.id):
                proofs.set_wechat_app(app_id, secret)
        except DomainError as error:
            raise CommandError(str(error)) from error
        back = settings.PUBLIC_URL + reverse("web:wechat_back", args=[slug])
        self.stdout.write(f"Noted. At WeChat, allow web authorisation to come back to {back}")
