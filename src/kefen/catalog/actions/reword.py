"""Writing one public text of the catalogue anew, as when a word in it came to be forbidden."""

from uuid import UUID

from django.db import transaction

from kefen.catalog.contracts import PUBLIC_TEXTS
from kefen.catalog.models import Course, Session
from kefen.core.errors import InvalidInput, NotFound, UnknownCourse
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.wording import queries as wording


@needs(Deed.COURSES)
@transaction.atomic
def reword(code: str, field: str, text: str, *, actor: Actor = SYSTEM) -> None:
    """Write one public text of a course anew. Raises UnknownCourse, NotFound for a field that is
    none, InvalidInput, ForbiddenWords."""
    if field not in PUBLIC_TEXTS:
        raise NotFound(what=field)
    row = Course.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownCourse(course=code)
    needed = getattr(row, field) and field in ("title", "trial_title", "category", "cover_glyph")
    text = _fitting(Course, field, text, needed=bool(needed))
    wording.check("course", **{field: text})
    setattr(row, field, text)
    row.save(update_fields=[field])
    audit.record(actor, "course.reworded", f"course:{code}", field=field)


@needs(Deed.COURSES)
@transaction.atomic
def reword_lesson(session_id: UUID, title: str, *, actor: Actor = SYSTEM) -> None:
    """Give a live lesson another title. Raises NotFound, InvalidInput, ForbiddenWords."""
    row = Session.objects.select_for_update().filter(id=session_id).first()
    if row is None:
        raise NotFound(what="lesson")
    row.title = _fitting(Session, "title", title, needed=True)
    wording.check("lesson", title=row.title)
    row.save(update_fields=["title"])
    audit.record(actor, "lesson.reworded", f"lesson:{session_id}", field="title")


def _fitting(model: type[Course] | type[Session], field: str, text: str, *, needed: bool) -> str:
    """A text as the column takes it. Raises InvalidInput for none where one is needed, and for
    one that is too long."""
    text = text.strip().replace("\r\n", "\n")
    longest = getattr(model._meta.get_field(field), "max_length", None)  # noqa: SLF001
    if needed and not text:
        raise InvalidInput(field="text", reason="write something")
    if longest is not None and len(text) > longest:
        raise InvalidInput(field="text", reason=f"at most {longest} characters")
    return text
