"""Whose browser this is: somebody who is signed in is tied to the browser he uses, so that his
visits count on every device of his.

Only the browser's own cookie is tied. A token in an address may have come from anybody, by a link
that was passed on: it counts for the order at hand and ties nobody (decisions/0021).
"""

from django.http import HttpRequest

from kefen.faces.web import tokens
from kefen.platform.identity.contracts import AccountFacts
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.referrals import actions as referrals

_TIED = "tied"


def tie_browser(request: HttpRequest, school: InstitutionFacts, account: AccountFacts) -> None:
    """Tie this browser to the account that is signed in on it; once a session, and anew after
    each visit through a link."""
    visitor = tokens.visitor_of(request)
    if visitor is None:
        return
    known = request.session.get(_TIED, {})
    pair = f"{visitor.hex} {account.id.hex}"
    if known.get(school.slug) == pair:
        return
    referrals.identify(visitor, account.id)
    request.session[_TIED] = {**known, school.slug: pair}


def came_by_link(request: HttpRequest, school: InstitutionFacts) -> None:
    """A link was opened: the next page ties again, which may reserve the student (domain.md §2)."""
    known = request.session.get(_TIED, {})
    if school.slug in known:
        request.session[_TIED] = {slug: pair for slug, pair in known.items() if slug != school.slug}
