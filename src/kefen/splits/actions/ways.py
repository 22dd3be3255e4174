"""Choosing how commissions reach a promoter."""

from uuid import UUID

from django.db import transaction

from kefen.core.errors import NotOffered
from kefen.core.splits import Way
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs
from kefen.promoters import queries as promoters
from kefen.splits import models, queries


@needs(Deed.PROMOTERS, also=ActorKind.PROMOTER)
@transaction.atomic
def choose_way(promoter: str, way: Way, *, actor: Actor) -> None:
    """From the next plan on a promoter's commissions go this way; the same again changes nothing.

    Raises UnknownPromoter, NotOffered (the institution divides no payments).
    """
    _set(promoters.by_code(promoter).id, way, f"promoter:{promoter}", actor)


@needs(Deed.ADMISSION)
@transaction.atomic
def set_default_way(way: Way, *, actor: Actor) -> None:
    """The way of all promoters for whom none was chosen. Raises NotOffered."""
    _set(None, way, "promoters", actor)


def _set(promoter_id: UUID | None, way: Way, subject: str, actor: Actor) -> None:
    if way is Way.SPLIT and not queries.offered():
        raise NotOffered(what="a direct split")
    row = models.Way.objects.filter(promoter_id=promoter_id).first()
    if row is not None and row.way == way:
        return
    models.Way.objects.update_or_create(
        promoter_id=promoter_id, defaults={"way": way.value, "changed_at": clock.now()}
    )
    before = "" if row is None else row.way
    audit.record(actor, "way.chosen", subject, before=before, after=way.value)
