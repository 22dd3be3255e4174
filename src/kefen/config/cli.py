"""The command `kefen`: starts the embedded database where none is named, then runs a command.

`kefen up`, `kefen demo`, `kefen migrate`, `kefen replay`, `kefen audit` … are Django management
commands of `kefen.ops`; this file only decides as which database role they run.
"""

import os
import sys
from contextlib import ExitStack

# Commands that need the owner's role; all others run as the application.
OWNERS = {"migrate", "dbshell", "reseal"}
WITHOUT_DATABASE = {"emulate", "help", "--help", "--version"}


def main() -> None:
    """Entry point of the console script `kefen`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefen.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("KEFEN_DATABASE_ROLE", "owner" if command in OWNERS else "application")
    if command == "demo":
        os.environ["KEFEN_DEMO"] = "1"
    from kefen.config import database  # noqa: PLC0415 - after the environment is complete

    server = database.embedded()
    with ExitStack() as stack:
        if server is not None and command not in WITHOUT_DATABASE:
            stack.enter_context(server.hold())
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        execute_from_command_line(["kefen", *sys.argv[1:]])


if __name__ == "__main__":
    main()
