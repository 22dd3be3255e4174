"""What is said of a course on posters and in ready texts: its own facts, and never a promise."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from kefen.catalog.contracts import LiveSession
from kefen.catalog.models import Course
from kefen.core.compliance import forbidden
from kefen.faces.web.templatetags.kefen import money_parts
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.wording import queries as wording

_FACTS = 3
_TEXTS = 3
# Where a clause of a summary ends; a point inside a number does not.
_CLAUSES = re.compile(r"[，。；！？,;!?\n]+|\.(?=\s|$)")


def allowed(text: str) -> bool:
    """May this stand on something public?"""
    return not forbidden(text, wording.words().all)


def selling_facts(course: Course) -> tuple[str, ...]:
    """Three short facts, from the summary's clauses and then the outline's lines, of which only
    what stands before the colon."""
    lines = [line.partition("：")[0] for line in course.outline.splitlines()]
    parts = [*_CLAUSES.split(course.summary), *lines]
    facts = [part.strip(" -·•\t") for part in parts]
    return tuple(fact for fact in facts if fact and allowed(fact))[:_FACTS]


def price(amount: int, currency: str) -> tuple[str, str]:
    """The currency's sign and the amount, without decimals that say nothing."""
    __, sign, whole, decimals = money_parts(amount, currency)
    return sign, whole if set(decimals) <= {".", "0"} else whole + decimals


def refund(course: Course) -> str:
    """When money comes back, in a few words."""
    if not course.refund_days:
        return _("Refund terms on the course page")
    return _("Full refund within %(days)d days after payment") % {"days": course.refund_days}


def starts(school: InstitutionFacts, session: LiveSession) -> str:
    """When a live lesson begins, on the school's clock."""
    return session.starts_at.astimezone(school.zone).strftime("%m-%d %H:%M")


def live(school: InstitutionFacts, session: LiveSession | None) -> str:
    """The mark beside the teacher: `11-24 20:00 直播`."""
    return "" if session is None else _("Live %(when)s") % {"when": starts(school, session)}


def ready_texts(
    school: InstitutionFacts, course: Course, cost: int, session: LiveSession | None, link: str
) -> tuple[str, ...]:
    """Three texts to be copied, each with what the course costs now, the link and the ad mark. One
    that would carry a forbidden word is left out."""
    sign, amount = price(cost, school.currency)
    values = {
        "title": course.title,
        "school": school.name,
        "price": sign + amount,
        "refund": refund(course),
        "summary": course.summary.rstrip("。. "),
        "teacher": course.teacher,
        "link": link,
    }
    if session is not None:
        values |= {"when": starts(school, session), "session": session.title}
    mark = _("(Ad: the person who recommends may receive a promotion service fee.)")
    texts = [f"{text % values} {mark}" for text in _patterns(course, session)]
    return tuple(text for text in texts if allowed(text))[:_TEXTS]


def _patterns(course: Course, session: LiveSession | None) -> Sequence[str]:
    """As many as the course has facts for; the plain ones come last."""
    found = [_("%(title)s by %(school)s, %(price)s. %(refund)s. Look at the course: %(link)s")]
    if course.summary:
        found.append(_("%(title)s: %(summary)s. Look at it first, then decide: %(link)s"))
    if course.teacher and session is not None:
        found.append(
            _("%(teacher)s teaches %(title)s, live at %(when)s: %(session)s. More here: %(link)s")
        )
    found += [
        _("Schedule, price and refund terms of %(title)s are all on one page: %(link)s"),
        _("Not sure whether %(title)s is for you? Read what is taught first: %(link)s"),
    ]
    return found
