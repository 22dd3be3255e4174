"""The poster of a course with a promoter's link, and the sheet on which it is shown."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LiveSession
from kefen.catalog.models import Course, Status
from kefen.core.errors import NotFound
from kefen.faces.web import courses, earning, names, posters
from kefen.faces.web.entry import Entry
from kefen.faces.web.posters import store
from kefen.faces.web.promoter import screens, words
from kefen.faces.web.promoter.build import address_of, promoted
from kefen.faces.web.templatetags.kefen import shade
from kefen.platform import clock
from kefen.platform.wording import queries as wording
from kefen.referrals import actions as referrals
from kefen.referrals import queries as links
from kefen.referrals.models import Link

_SIBLINGS = 3


def has_poster(row: Course) -> bool:
    """Only what can be bought and promoted has one."""
    return row.status == Status.ON_SALE and row.promotable and not row.for_minors


def no_poster(entry: Entry, row: Course) -> screens.NoPosterScreen:
    """Why there is none, and what could be promoted instead."""
    others = [one for one in catalog.shelf() if has_poster(one)]
    return screens.NoPosterScreen(
        currency=entry.school.currency,
        title=row.title,
        off_sale=row.status != Status.ON_SALE,
        siblings=promoted(entry.me, others[:_SIBLINGS]),
    )


def link_for(entry: Entry, row: Course) -> Link:
    """The link that was asked for, else the promoter's own of the course (made on first look).

    Raises UnknownLink for somebody else's, or another course's.
    """
    code = entry.query.get("link", "")
    if not code:
        return referrals.make_link(entry.me.id, course_id=row.id)
    found = links.own_link(entry.me.id, code)
    if found.course_id != row.id:
        raise NotFound(what="link")
    return found


def sheet(entry: Entry, row: Course, link: Link) -> screens.PosterScreen:
    """Everything to promote one course with one link."""
    look = entry.query.get("look", "")
    address, card = address_of(link), courses.card(row)
    others = [one for one in links.links_of(entry.me.id) if one.course_id == row.id]
    return screens.PosterScreen(
        currency=entry.school.currency,
        course=card,
        code=entry.me.code,
        link=address,
        link_code=link.short_code,
        look=look if look in posters.LOOKS else posters.LOOKS[0],
        looks=posters.LOOKS,
        images=tuple(
            entry.address("promoter_picture", link.short_code, one) for one in posters.LOOKS
        ),
        texts=words.ready_texts(entry.school, row, card.price, _session(row, link), address),
        channels=tuple(
            screens.Channel(one.short_code, one.label, _session_title(one)) for one in others
        ),
    )


def _session_title(link: Link) -> str:
    return "" if link.session is None else link.session.title


def _session(row: Course, link: Link) -> LiveSession | None:
    """The live lesson that the link leads to, or once it began the next one of the course."""
    one = link.session
    if one is not None and one.starts_at > clock.now():
        return LiveSession(one.id, one.title, one.starts_at, one.minutes)
    return next(iter(catalog.sessions_from(row.id, clock.now(), 1)), None)


def poster_of(entry: Entry, row: Course, link: Link) -> posters.Poster:
    """What the poster says. Raises ForbiddenWords where the course's own words may not be
    published; facts that may not are left out, and a nickname gives way to the code."""
    school, me = entry.school, entry.me
    wording.check("poster", school=school.name, title=row.title, teacher=row.teacher)
    name = posters.legible(names.promoter_name(me))
    shown = name if name and words.allowed(name) else me.code
    card = courses.card(row)
    sign, amount = words.price(card.price, school.currency)
    return posters.Poster(
        school=school.name,
        ad=_("Ad"),
        title=row.title,
        facts=words.selling_facts(row),
        teacher=row.teacher,
        live=words.live(school, _session(row, link)),
        cover=posters.Cover(card.glyph, card.tone, row.cover_digest),
        currency=sign,
        price=amount,
        refund=words.refund(row),
        promoter=shown,
        shade=shade(shown),
        recommends=_("recommends this"),
        scan=(_("Long-press to scan"), _("Look first, then decide")),
        responsible=_("Course and refunds: %(school)s") % {"school": school.name},
        disclosure=_("The recommender may get a service fee"),
        link=address_of(link),
    )


def picture(entry: Entry, row: Course, link: Link, look: str) -> bytes:
    """The poster as a JPEG: the kept one, or drawn now if anything on it changed."""
    poster = poster_of(entry, row, link)
    offer = earning.of_promoter(list(catalog.by_codes([row.code]).values()), entry.me)
    terms = ""
    if row.code in offer:
        terms = f"{offer[row.code].version.id}/{offer[row.code].rule.key}"
    folder = settings.POSTERS_ROOT / entry.school.id.hex
    return store.kept(
        folder,
        f"{link.short_code}-{look}-{get_language()}",
        store.key_of(poster, look, terms),
        lambda: posters.draw(poster, look, catalog.cover_photo(row.id)),
    )
