"""`python -m kefen.postgres start|stop|status|bin|url [role]`: the embedded server by hand."""

import sys
from typing import cast, get_args

from kefen.postgres.errors import EmbeddedPostgresError
from kefen.postgres.passwords import Role
from kefen.postgres.supervisor import EmbeddedPostgres


def main(arguments: list[str]) -> int:
    """Do one thing and say so; 0 if it went well."""
    verb, *rest = arguments or ["help"]
    role = rest[0] if rest else "owner"
    try:
        server = EmbeddedPostgres()
        if verb == "start":
            server.ensure()
            answer = f"running in {server.folder}"
        elif verb == "stop":
            server.stop()
            answer = "stopped"
        elif verb == "status":
            answer = "running" if server.running() else "not running"
        elif verb == "bin":
            answer = str(server.binaries.folder)
        elif verb == "url" and role in get_args(Role):
            answer = server.url(cast("Role", role))
        else:
            sys.stderr.write(f"{__doc__}\nRoles: {', '.join(get_args(Role))}.\n")
            return 2
    except EmbeddedPostgresError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{answer}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
