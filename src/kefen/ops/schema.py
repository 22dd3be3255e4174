"""Bringing the schema up to date from a command that runs as the application."""

import os
import subprocess
import sys

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ProgrammingError


def is_current() -> bool:
    """Are all migrations applied?"""
    try:
        executor = MigrationExecutor(connection)
    except ProgrammingError:
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def ensure_current() -> None:
    """Migrate where something is missing, as the owner: a process of its own, because this one
    is connected as the application."""
    if is_current():
        return
    command = [sys.executable, "-m", "kefen.config.cli", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "KEFEN_DATABASE_ROLE": "owner"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own command
    connection.close()
