"""Which database this process talks to, and as which of the two roles.

owner: migrates; owns the tables. application: everything else; it cannot change what
is append-only, and row-level security binds it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kefen.postgres import EmbeddedPostgres

Role = Literal["owner", "application"]
APPLICATION_ROLE = "kefen_app"


def home() -> Path:
    """The one folder that holds everything this installation keeps (KEFEN_HOME)."""
    return Path(os.environ.get("KEFEN_HOME", ".kefen")).resolve()


def embedded() -> EmbeddedPostgres | None:
    """The embedded server, or None where KEFEN_DATABASE_URL names another one."""
    if os.environ.get("KEFEN_DATABASE_URL"):
        return None
    return EmbeddedPostgres(home())


def role() -> Role:
    """The role of this process: `kefen migrate` is the owner's."""
    return "owner" if os.environ.get("KEFEN_DATABASE_ROLE") == "owner" else "application"


def url(wanted: Role) -> str:
    """The connection URL of a role."""
    given = os.environ.get("KEFEN_DATABASE_URL", "")
    if not given:
        server = EmbeddedPostgres(home())
        return server.url(wanted, database=os.environ.get("KEFEN_DATABASE_NAME", "kefen"))
    if wanted == "application":
        return os.environ.get("KEFEN_APP_DATABASE_URL") or given
    return given


def django_settings(wanted: Role) -> dict[str, Any]:
    """Django's DATABASES entry for a role."""
    parts = conninfo_to_dict(url(wanted))
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port"}
    }
    # One URL for both roles: the application steps down to its own role on connecting.
    if wanted == "application" and not _has_own_login():
        options["options"] = f"{options.get('options', '')} -c role={APPLICATION_ROLE}".strip()
    # The server plans a statement once for each connection, not anew for each list of ids: half
    # the server's time in a replay (measured). A plan made while a table was small must still be
    # right when it is large: every table is keyed by the institution, so an index always serves.
    # Streams are read to their end: the plan fastest for their first tenth is not wanted.
    plans = "plan_cache_mode=force_generic_plan", "enable_seqscan=off", "cursor_tuple_fraction=1.0"
    options["options"] = " ".join([options.get("options", ""), *(f"-c {p}" for p in plans)]).strip()
    options |= {"server_side_binding": True, "prepare_threshold": 3}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "kefen"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def conninfo(entry: Mapping[str, Any]) -> str:
    """A DATABASES entry as libpq takes it, for connections that are not Django's."""
    mine = {"server_side_binding", "prepare_threshold"}
    parts = {key: value for key, value in entry["OPTIONS"].items() if key not in mine}
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password"}
    names |= {"HOST": "host", "PORT": "port"}
    parts |= {to: entry[name] for name, to in names.items() if entry[name]}
    return make_conninfo("", **parts)


def _has_own_login() -> bool:
    return not os.environ.get("KEFEN_DATABASE_URL") or bool(
        os.environ.get("KEFEN_APP_DATABASE_URL")
    )
