"""`kefen audit [--institution SLUG]`: status 0 if everything agrees, 1 and the findings if not."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kefen.ops.audit import audit_institution
from kefen.oversight import actions as oversight
from kefen.platform.tenancy import queries, scope


class Command(BaseCommand):
    help = "Recompute every balance and commission from entries and orders; name what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", metavar="SLUG")

    def handle(self, *, institution: str | None, **_: Any) -> None:
        chosen = queries.all_institutions()
        if institution is not None:
            chosen = [queries.by_slug(institution)]
        differences = 0
        for one in chosen:
            with scope.institution(one.id):
                findings = audit_institution()
                oversight.note_audit(len(findings))
            differences += len(findings)
            for finding in findings:
                self.stdout.write(f"{one.slug}: {finding}")
            if not findings:
                self.stdout.write(f"{one.slug}: everything agrees")
        if differences:
            self.stdout.write(f"{differences} differences")
            sys.exit(1)
