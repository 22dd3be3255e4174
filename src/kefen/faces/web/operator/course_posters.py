"""A look at a course's posters before anybody promotes it."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.catalog.models import Course
from kefen.core.compliance import check_text
from kefen.faces.web import courses, posters
from kefen.faces.web.entry import Entry
from kefen.faces.web.posters import store
from kefen.faces.web.promoter import words
from kefen.faces.web.student.build import whole_address
from kefen.faces.web.templatetags.kefen import shade
from kefen.platform import clock
from kefen.platform.tenancy.queries import limits


def picture(entry: Entry, row: Course, look: str) -> bytes:
    """The poster as a promoter would get it, recommended by the school itself: the kept picture,
    or drawn now if anything on it changed. Raises ForbiddenWords."""
    school, card = entry.school, courses.card(row)
    check_text("poster", f"{school.name} {row.title} {row.teacher}", limits())
    sign, amount = words.price(card.price, school.currency)
    lesson = next(iter(catalog.sessions_from(row.id, clock.now(), 1)), None)
    poster = posters.Poster(
        school=school.name,
        ad=_("Ad"),
        title=row.title,
        facts=words.selling_facts(row),
        teacher=row.teacher,
        live=words.live(school, lesson),
        cover=posters.Cover(card.glyph, card.tone, row.cover_digest),
        currency=sign,
        price=amount,
        refund=words.refund(row),
        promoter=school.name,
        shade=shade(school.name),
        recommends=_("recommends this"),
        scan=(_("Long-press to scan"), _("Look first, then decide")),
        responsible=_("Course and refunds: %(school)s") % {"school": school.name},
        disclosure=_("The recommender may get a service fee"),
        link=whole_address(entry.address("course", row.code)),
    )
    return store.kept(
        settings.POSTERS_ROOT / school.id.hex,
        f"preview-{row.id.hex}-{look}-{get_language()}",
        store.key_of(poster, look, "preview"),
        lambda: posters.draw(poster, look, catalog.cover_photo(row.id)),
    )
