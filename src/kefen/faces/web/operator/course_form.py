"""Reading the forms of a course and of its lessons, with what is wrong beside the field."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kefen.catalog.actions import NewCourse, NewSession, Trial
from kefen.core.errors import InvalidInput
from kefen.faces.web import courses, typed
from kefen.platform.tenancy.contracts import InstitutionFacts

Values = Mapping[str, str]
# As long as their columns; without an entry a text has no end but the form's.
_LONGEST = {
    "title": 120,
    "teacher": 60,
    "teacher_about": 200,
    "category": 60,
    "summary": 300,
    "outline": 5_000,
    "trial_title": 120,
    "trial_text": 20_000,
    "trial_video": 200,
}
_MOST_DAYS = 365
_GLYPHS = 2


def course(values: Values, institution: InstitutionFacts, code: str) -> NewCourse:
    """The course that was typed. Raises InvalidInput that names the field."""
    texts = {name: _text(values, name, longest) for name, longest in _LONGEST.items()}
    tone = values.get("cover_tone", "")
    if tone not in courses.TONES:
        raise InvalidInput(field="cover_tone", reason=_("choose one of the list"))
    return NewCourse(
        code=code,
        title=texts["title"],
        category=texts["category"],
        list_price=typed.amount(
            values.get("list_price", ""), institution.currency, field="list_price"
        ),
        promotable=values.get("promotable") == "1",
        for_minors=values.get("for_minors") == "1",
        teacher=texts["teacher"],
        teacher_about=texts["teacher_about"],
        summary=texts["summary"],
        outline=texts["outline"],
        trial=_trial(values, texts),
        refund_days=_whole(values, "refund_days", _MOST_DAYS),
        cover_glyph=_text(values, "cover_glyph", _GLYPHS) or "课",
        cover_tone=tone,
    )


def _trial(values: Values, texts: Values) -> Trial | None:
    """The trial lesson, none where nothing of it was typed."""
    title, text, video = (texts[f"trial_{name}"] for name in ("title", "text", "video"))
    if not (title or text or video):
        return None
    return Trial(title, _whole(values, "trial_minutes", 600), text, video)


def lesson(values: Values, institution: InstitutionFacts) -> NewSession:
    """The live lesson that was typed, its time in the school's zone. Raises InvalidInput."""
    start = typed.local_instant(values.get("starts_at", ""), institution.zone, field="starts_at")
    if start is None:
        raise InvalidInput(field="starts_at", reason=_("write a day and a time"))
    return NewSession(
        title=_text(values, "title", 120),
        starts_at=start,
        minutes=typed.whole(values.get("minutes", ""), field="minutes"),
    )


def _text(values: Values, name: str, longest: int) -> str:
    # Browsers send lines with \\r\\n; the database refuses the null character.
    found = values.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()
    if len(found) > longest:
        raise InvalidInput(field=name, reason=_("at most %(n)d characters") % {"n": longest})
    return found


def _whole(values: Values, name: str, most: int) -> int:
    found = typed.whole(values.get(name, "") or "0", field=name)
    if found > most:
        raise InvalidInput(field=name, reason=_("at most %(n)d") % {"n": most})
    return found
