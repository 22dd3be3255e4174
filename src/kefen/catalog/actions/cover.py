"""The cover photo of a course."""

from django.db import transaction

from kefen.catalog.actions.change import locked
from kefen.catalog.models import Cover
from kefen.catalog.pictures import covers
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs


@needs(Deed.COURSES)
@transaction.atomic
def set_cover(code: str, data: bytes, *, actor: Actor = SYSTEM) -> bool:
    """Show this photo with the course; answers whether it is another one than before. What is kept
    are its pixels in two sizes (pictures.py). Raises UnknownCourse, InvalidInput."""
    # Before the lock: orders of the course wait for whoever has its row.
    pictures = covers(data)
    row = locked(code)
    if row.cover_digest == pictures.digest:
        return False
    Cover.objects.filter(course_id=row.id).delete()
    Cover.objects.create(
        course_id=row.id,
        digest=pictures.digest,
        wide=pictures.wide,
        small=pictures.small,
        made_at=clock.now(),
    )
    row.cover_digest = pictures.digest
    row.save(update_fields=["cover_digest"])
    audit.record(actor, "course.cover_set", f"course:{code}", number=len(pictures.wide))
    return True


@needs(Deed.COURSES)
@transaction.atomic
def drop_cover(code: str, *, actor: Actor = SYSTEM) -> None:
    """Show the sign on its tone again; without a photo nothing changes. Raises UnknownCourse."""
    row = locked(code)
    if not row.cover_digest:
        return
    Cover.objects.filter(course_id=row.id).delete()
    row.cover_digest = ""
    row.save(update_fields=["cover_digest"])
    audit.record(actor, "course.cover_dropped", f"course:{code}")
