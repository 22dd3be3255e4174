"""Building the console's screens of courses."""

from collections.abc import Mapping, Sequence

from django.utils.http import urlencode

from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LiveSession
from kefen.catalog.models import Course, Status
from kefen.core.compliance import check_text
from kefen.core.errors import ForbiddenWords
from kefen.core.rules import covers_course
from kefen.core.terms import Rule
from kefen.faces.web import courses, keyset, labels, rules_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import course_screens as screens
from kefen.faces.web.operator.programme import promoter_names
from kefen.faces.web.posters import LOOKS
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import major
from kefen.platform import clock
from kefen.platform.tenancy.queries import limits
from kefen.programmes import queries as programmes
from kefen.referrals import queries as referrals

_LESSONS = 100
_FIELDS = (
    *("code", "title", "teacher", "teacher_about", "category", "summary", "outline"),
    *("trial_title", "trial_minutes", "trial_text", "trial_video", "refund_days"),
    *("cover_glyph", "cover_tone"),
)


def listed(entry: Entry) -> screens.CoursesScreen:
    """The list; four queries for any number."""
    q, state = entry.query.get("q", "").strip(), entry.query.get("state", "")
    found = catalog.filtered(text=q, status=state)
    page, window = keyset.window(entry, found, catalog.NEWEST_FIRST, {"q": q, "state": state})
    cards, rules = courses.cards(page), _rules()
    return screens.CoursesScreen(
        currency=entry.school.currency,
        courses=tuple(
            screens.CourseRow(
                code=row.code,
                title=row.title,
                teacher=row.teacher,
                category=row.category,
                price=row.price,
                state=row.status,
                glyph=card.glyph,
                tone=card.tone,
                lesson_at=card.starts_at,
                has_rule=bool(_applying(row, rules)),
            )
            for row, card in zip(page, cards, strict=True)
        ),
        window=window,
        q=q,
        state=state,
    )


def _rules() -> Sequence[Rule]:
    now = clock.now()
    version = programmes.schedule().in_force(now)
    if version is None:
        return ()
    return [one for one in version.terms.rules if one.ends_at is None or one.ends_at > now]


def _applying(row: Course, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that pay for this course; none where it is not promoted."""
    if not row.promotable or row.for_minors:
        return []
    return [one for one in rules if covers_course(one.course, row.code, row.category)]


def new(entry: Entry, form: Form | None = None) -> screens.CourseScreen:
    """An empty course."""
    start = {"refund_days": "7", "cover_glyph": "课", "cover_tone": "indigo", "promotable": "1"}
    return screens.CourseScreen(
        currency=entry.school.currency,
        code="",
        title="",
        state=Status.DRAFT,
        categories=_categories(),
        tones=_tones(),
        form=form or Form(start),
    )


def course(
    entry: Entry,
    row: Course,
    form: Form | None = None,
    lesson_form: Form | None = None,
    refused: str = "",
) -> screens.CourseScreen:
    """One course, with what it lacks."""
    rules = _applying(row, _rules())
    people = promoter_names() if rules else {}
    return screens.CourseScreen(
        currency=entry.school.currency,
        code=row.code,
        title=row.title,
        state=row.status,
        checks=checks(row, rules),
        lessons=tuple(
            _lesson(entry, one) for one in catalog.sessions_from(row.id, clock.now(), _LESSONS)
        ),
        rules=tuple(rules_shown.rule(one, {row.code: row.title}, people) for one in rules),
        posters=tuple(
            (look, f"{entry.address('operator_course_poster', row.code, look)}?{_version(row)}")
            for look in LOOKS
        )
        if _may_be_published(row)
        else (),
        photo=courses.photo(row, "small"),
        prices=_prices(row),
        categories=_categories(),
        tones=_tones(),
        form=form or Form(_typed(entry, row)),
        refused=refused,
        lesson_form=lesson_form or Form(),
    )


def _version(row: Course) -> str:
    """What a browser's cache knows a preview by."""
    drawn = (row.cover_digest, row.title, row.teacher, row.price, row.cover_glyph, row.cover_tone)
    return urlencode({"of": "/".join(str(one) for one in (*drawn, row.refund_days))})


def _prices(row: Course) -> tuple[screens.PriceRow, ...]:
    """The last to begin first; what began last is in force."""
    found, now = catalog.prices_of(row.id), clock.now()
    current = next((one.id for one in found if one.starts_at <= now), None)
    return tuple(
        screens.PriceRow(
            str(one.id),
            one.amount,
            one.starts_at,
            "planned" if one.starts_at > now else "now" if one.id == current else "past",
        )
        for one in found
    )


def _lesson(entry: Entry, one: LiveSession) -> screens.LessonRow:
    starts = f"{one.starts_at.astimezone(entry.school.zone):%Y-%m-%dT%H:%M}"
    return screens.LessonRow(str(one.id), one.title, one.starts_at, starts, one.minutes)


def checks(row: Course, rules: Sequence[Rule] | None = None) -> tuple[screens.Check, ...]:
    """What must be there before a course is sold, and what before it is promoted."""
    missing = catalog.missing(row, clock.now())
    found = [screens.Check(key, key not in missing) for key in catalog.NEEDED]
    found.append(screens.Check("words", _may_be_published(row)))
    if row.promotable and not row.for_minors:
        applying = _applying(row, _rules()) if rules is None else rules
        found.append(screens.Check("rule", bool(applying), needed=False))
    return tuple(found)


def _may_be_published(row: Course) -> bool:
    texts = (row.title, row.summary, row.outline, row.teacher, row.teacher_about)
    try:
        check_text("course", " ".join(texts), limits())
    except ForbiddenWords:
        return False
    return True


def _categories() -> tuple[str, ...]:
    return tuple(sorted({record.category for record in catalog.all_courses() if record.category}))


def _tones() -> tuple[Option, ...]:
    return tuple(Option(tone, str(labels.label("cover_tone", tone))) for tone in courses.TONES)


def _typed(entry: Entry, row: Course) -> Mapping[str, str]:
    """A course as somebody would have typed it."""
    values = {name: str(getattr(row, name)) for name in _FIELDS}
    values["trial_minutes"] = str(row.trial_minutes or "")
    values["list_price"] = values["price_was"] = major(row.price, entry.school.currency)
    values["promotable"] = "1" if row.promotable else ""
    values["for_minors"] = "1" if row.for_minors else ""
    return values


def sale(entry: Entry, row: Course, form: Form | None = None) -> screens.SaleScreen:
    """What follows from the next step: off sale what is on it, else on sale."""
    return screens.SaleScreen(
        currency=entry.school.currency,
        code=row.code,
        title=row.title,
        on=row.status != Status.ON_SALE,
        price=row.price,
        links=referrals.count_of_course(row.id),
        siblings=catalog.shelf().exclude(id=row.id).count(),
        refund_days=row.refund_days,
        checks=checks(row),
        form=form or Form(),
    )
