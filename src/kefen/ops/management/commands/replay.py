"""`kefen replay SCENARIO --out DIR`: push a history of events through the live actions."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from kefen.core.errors import NumberConflict
from kefen.ops.replay.events import read_events
from kefen.ops.replay.programme import Programme, read_programme
from kefen.ops.replay.runner import Runner, prepare
from kefen.ops.replay.strict import Malformed
from kefen.ops.replay.writer import write
from kefen.ops.schema import ensure_current
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.models import Institution
from kefen.platform.tenancy.snapshot import whole_institution

# How often a name may be snatched away by replays that start at the same moment.
_ATTEMPTS = 50


class Command(BaseCommand):
    help = "Replay SCENARIO (programme.json, events.jsonl) into a fresh institution."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", type=Path)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *, scenario: Path, out: Path, **_: Any) -> None:
        try:
            programme, events = read_programme(scenario), read_events(scenario)
        except Malformed as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(1)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sys.stderr.write(f"--out {out} is no folder to write into: {error}\n")
            sys.exit(1)
        ensure_current()
        # A replay can be run again, so it need not wait for the disk at every event.
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        # The institution with all that stands before the first event, or nothing of it.
        with transaction.atomic():
            institution = _fresh_institution(programme)
            with scope.institution(institution.id):
                prepare(programme)
        with scope.institution(institution.id):
            runner = Runner(events)
            columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress("replaying", *columns, transient=True) as progress:
                task = progress.add_task("", total=len(events))
                for _step in runner.run():
                    progress.advance(task)
            with whole_institution():
                orders, commissions = write(out, runner.refusals)
        self.stdout.write(
            f"replayed {len(events)} events: {orders} orders, {commissions} commissions, "
            f"{len(runner.refusals)} refusals"
        )


def _fresh_institution(programme: Programme) -> InstitutionFacts:
    """An institution of its own for this replay, named after the scenario's."""
    wanted = "".join(c if c.isalnum() and c.isascii() else "-" for c in programme.institution)
    base = wanted.strip("-")[:40] or "replay"
    for _ in range(_ATTEMPTS):
        taken = set(
            Institution.objects.filter(slug__startswith=base).values_list("slug", flat=True)
        )
        number = 1
        while f"{base}-replay-{number}" in taken:
            number += 1
        try:
            return found_institution(
                slug=f"{base}-replay-{number}",
                name=programme.name,
                currency=programme.currency,
                time_zone=programme.zone,
                withdrawal_minimum=programme.withdrawal_minimum,
                tax_rule=programme.tax_rule.value,
                limits=programme.limits,
            )
        except NumberConflict:
            continue  # another replay took this name at the same moment
    raise NumberConflict(number=base)
