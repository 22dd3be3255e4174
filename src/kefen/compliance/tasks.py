"""The jobs of compliance."""

from kefen.compliance import actions
from kefen.platform import jobs


@jobs.task("compliance.look")
def look_now() -> None:
    """Look through texts and graph because somebody asked."""
    actions.look()


@jobs.every_institution("7,37 * * * *", "compliance.look_round")
def look() -> None:
    """Look through texts and graph."""
    actions.look()
