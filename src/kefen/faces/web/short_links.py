"""`/s/<code>`: a visit is noted and led on; attribution travels in the address, not in a cookie."""

import re
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kefen.core.errors import UnknownLink
from kefen.faces.web import tokens, visits
from kefen.faces.web.network import client_address, network_of
from kefen.faces.web.views import error_page
from kefen.platform import clock
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import current
from kefen.referrals import actions as referrals
from kefen.referrals import queries
from kefen.referrals.contracts import LinkRecord, Visit

# Who fetches a page to draw a preview, to index it or to look after it; not who reads it (a Cubot
# is a telephone).
_MACHINES: Final = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp/|embedly|curl/|wget/"
    r"|python-|httpx|headlesschrome-preview|monitor|uptime|lighthouse",
    re.IGNORECASE,
)
# Browsers that say that a program drives them. They count like every visit, and are marked.
_DRIVEN: Final = re.compile(
    r"headless|phantomjs|puppeteer|playwright|selenium|webdriver", re.IGNORECASE
)


@never_cache
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Note the visit, then to the course or the school of the link."""
    try:
        institution = queries.institution_of_code(code)
        with scope.institution(institution):
            return _led_on(request, queries.link_by_code(code))
    except UnknownLink:
        what = _("This link does not exist or has ended. Ask the person who sent it for a new one.")
        return error_page(request, 404, what)


def _led_on(request: HttpRequest, link: LinkRecord) -> HttpResponse:
    facts, at = current(), clock.now()
    target = (
        reverse("web:school", args=[facts.slug])
        if link.course is None
        else reverse("web:course", args=[facts.slug, link.course.code])
    )
    fragment = "" if link.session_id is None else f"#session-{link.session_id}"
    if not _is_person(request):
        return HttpResponseRedirect(target + fragment)
    visitor = tokens.visitor_of(request) or tokens.new_visitor()
    course = None if link.course is None else link.course.code
    visit = Visit(
        visitor,
        link.promoter.code,
        course,
        at,
        link.id,
        network_of(client_address(request)),
        _DRIVEN.search(request.headers.get("User-Agent", "")) is not None,
    )
    (refusal,) = referrals.record_visits([visit])
    if refusal is not None:
        raise refusal
    visits.came_by_link(request, facts)
    return _with_traces(target, fragment, facts, visitor, visit)


def _with_traces(
    target: str, fragment: str, facts: InstitutionFacts, visitor: UUID, visit: Visit
) -> HttpResponse:
    token = tokens.arrival_token(facts, tokens.Arrival(visitor, visit.at))
    response = HttpResponseRedirect(f"{target}?{urlencode({'r': token})}{fragment}")
    tokens.remember_visitor(response, visitor)
    return response


def _is_person(request: HttpRequest) -> bool:
    """A person opened the link, as far as the request tells."""
    if request.method != "GET":
        return False
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in purpose or "preview" in purpose:
        return False
    agent = request.headers.get("User-Agent", "")
    return bool(agent) and _MACHINES.search(agent) is None
