"""Server settings: sensible defaults, and the file that carries them."""

import re
from collections.abc import Mapping

SETTINGS_FILE = "kefen.conf"

DEFAULTS: Mapping[str, str] = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_connections": "off",
    "log_checkpoints": "off",
    # What a statement was about stays out of the log: no statement that failed, in which Django has
    # written the values, no details with the row or key that was refused, no parameters.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "lc_messages": "C",
}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def render(extra: Mapping[str, str]) -> str:
    """Write the defaults and the caller's settings in PostgreSQL's own format."""
    lines = ["# Written by Kefen at every start. Your own settings belong in postgresql.auto.conf"]
    lines.append("# (ALTER SYSTEM SET ... as the role postgres), which has the last word.")
    for name, value in {**DEFAULTS, **extra}.items():
        if not _NAME.fullmatch(name) or "\n" in value:
            message = f"not a PostgreSQL setting: {name!r} = {value!r}"
            raise ValueError(message)
        quoted = value.replace("\\", "\\\\").replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    return "\n".join(lines) + "\n"
