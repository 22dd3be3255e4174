"""Letters to the owners of a school, where an address of theirs is known: what the platform decided
or looked at. A letter says that something is there to be read, never what or of whom."""

from kefen.platform import jobs
from kefen.platform.identity import queries as identity
from kefen.platform.identity.models import Role


def tell_owners(about: str) -> None:
    """Let a job for each owner of the institution in scope write to him about a verb of the audit
    log."""
    for row in identity.members():
        if row.role == Role.OWNER and row.contact:
            jobs.enqueue("compliance.tell_owner", membership=str(row.id), about=about)
