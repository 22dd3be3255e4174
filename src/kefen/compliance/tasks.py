"""The jobs of compliance."""

from uuid import UUID

from kefen.compliance import actions, letters
from kefen.platform import jobs


@jobs.task("compliance.look")
def look_now() -> None:
    """Look through texts and graph because somebody asked."""
    actions.look()


@jobs.every_institution("7,37 * * * *", "compliance.look_round")
def look() -> None:
    """Look through texts and graph."""
    actions.look()


@jobs.task("compliance.tell_owner")
def tell_owner(membership: str, about: str) -> None:
    """Write to an owner that the platform decided or looked."""
    letters.send(UUID(membership), about)
