"""`kefen reconcile --date YYYY-MM-DD [--institution SLUG] [--channel NAME]`: fetch the bills of a
day and hold them against the books. Status 0 if nothing is open, 1 if something is, 2 if a bill is
not there."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefen.core.errors import ChannelError, DomainError
from kefen.core.reconciliation import Verdict
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.reconciliation import actions, queries
from kefen.reconciliation.contracts import DayFacts, DifferenceFacts

_WIDTH = 16


class Command(BaseCommand):
    help = "Hold the bills of a day against the books; name what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--institution", metavar="SLUG")
        parser.add_argument("--channel", metavar="NAME")

    def handle(self, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["date"])
        except ValueError as error:
            raise CommandError(f"{options['date']} is not a day like 2026-11-21") from error
        chosen = tenancy.all_institutions()
        if options["institution"] is not None:
            try:
                chosen = [tenancy.by_slug(options["institution"])]
            except DomainError as error:
                raise CommandError(str(error)) from error
        open_, missing = 0, 0
        for one in chosen:
            with scope.institution(one.id):
                named = options["channel"]
                for channel in sorted(actions.channels()) if named is None else [named]:
                    try:
                        found = actions.reconcile(channel, on)
                    except (ChannelError, DomainError) as error:
                        missing += 1
                        self.stdout.write(f"{one.slug} · {channel} · {on}: {error}")
                        continue
                    open_ += found.open
                    self._show(one.slug, one.currency, found, queries.differences(channel, on))
        if missing or open_:
            self.stdout.write(f"{open_} differences open, {missing} bills missing")
            sys.exit(2 if missing else 1)

    def _show(
        self, slug: str, currency: str, found: DayFacts, differences: list[DifferenceFacts]
    ) -> None:
        write = self.stdout.write
        write(f"{slug} · {found.channel} · {found.on} · {found.lines} lines")
        write(f"  {'':<{_WIDTH}}{'lines':>8}{'ours':>{_WIDTH}}{'theirs':>{_WIDTH}}")
        for verdict in Verdict:
            group = found.groups[verdict]
            ours, theirs = _amount(group.ours), _amount(group.theirs)
            name = verdict.value.replace("_", " ")
            write(f"  {name:<{_WIDTH}}{group.count:>8}{ours:>{_WIDTH}}{theirs:>{_WIDTH}}")
        write(f"  fees booked {_amount(found.fees)} {currency}")
        for one in differences:
            if one.open:
                ours, theirs = _amount(one.ours), _amount(one.theirs)
                number = one.number or one.channel_number
                words = one.verdict.value.replace("_", " ")
                write(f"  ! {words}: {one.subject} {number}, ours {ours}, theirs {theirs}")


def _amount(minor: int | None) -> str:
    """Minor units with two decimals; a dash for nothing."""
    if minor is None:
        return "-"
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}.{abs(minor) % 100:02}"
