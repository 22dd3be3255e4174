"""The roles of the embedded server and their passwords."""

import secrets
from typing import Literal

from kefen.postgres.errors import NotInitialised
from kefen.postgres.layout import Layout

Role = Literal["owner", "application", "superuser"]

LOGIN_OF: dict[Role, str] = {
    "owner": "kefen_owner",
    "application": "kefen_app",
    "superuser": "postgres",
}


def ensure_passwords(layout: Layout) -> dict[Role, str]:
    """Read the passwords; make those that do not exist yet."""
    for role in LOGIN_OF:
        if not (layout.passwords / role).exists():
            layout.write_private(layout.passwords / role, secrets.token_urlsafe(24))
    return {role: read_password(layout, role) for role in LOGIN_OF}


def read_password(layout: Layout, role: Role) -> str:
    """Read one password."""
    try:
        return (layout.passwords / role).read_text(encoding="ascii")
    except OSError as problem:
        raise NotInitialised(
            f"The embedded PostgreSQL in {layout.root} has no password for its role {role}.",
            f"It has not been started yet, or the file is gone or not ours ({problem.strerror}).",
            "Call ensure() first; if data exist, bring passwords/ back from your backup.",
        ) from problem
