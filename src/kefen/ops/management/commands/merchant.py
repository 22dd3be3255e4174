"""`kefen merchant SLUG CHANNEL`: enter an institution's account at a payment channel."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefen.core.errors import ChannelError, DomainError
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.inbox.queries import notify_url
from kefen.platform.merchants import actions
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import by_slug
from kefen.ports import registry


class Command(BaseCommand):
    help = "Enter the account of SLUG at CHANNEL; its fields are read as JSON from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("channel", choices=sorted(registry.channels()))
        parser.add_argument("--gateway", default="", help="default: the channel's own")
        parser.add_argument("--off", action="store_true", help="do not offer it to students")
        parser.add_argument("--splits", action="store_true", help="keep payments divisible")

    def handle(self, *, slug: str, channel: str, gateway: str, **rest: Any) -> None:
        # Not arguments: those can be read by everybody on the machine, and are remembered.
        values = _fields(sys.stdin.read())
        try:
            with scope.institution(by_slug(slug).id):
                actions.connect(
                    channel,
                    values=values,
                    gateway=gateway,
                    active=not rest["off"],
                    splits=rest["splits"],
                    actor=SYSTEM,
                )
                back = notify_url(channel)
        except (ChannelError, DomainError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Noted. At the channel, let notifications come to {back}")


def _fields(text: str) -> dict[str, str]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise CommandError(f"Standard input is not JSON: {error}.") from error
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise CommandError('Write {"field": "value", …}; every value is a text.')
    return values
