"""The pages of those who run the installation."""

import hashlib
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NumberConflict
from kefen.core.terms import PlatformLimits
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform import build
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import actions as identity
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import actions as tenancy
from kefen.platform.tenancy import queries, scope
from kefen.platform.tenancy.contracts import InstitutionFacts

_SLUG: Final = 45
_DIGEST: Final = 12


@require_safe
@platform_page
def institutions(entry: Entry) -> HttpResponse:
    """All institutions."""
    return entry.show("web/platform/institutions.html", build.institutions(), "institutions")


@require_POST
@platform_page
def institution_create(entry: Entry) -> HttpResponse:
    """Found an institution with its owner, who gets a link to sign in, once."""
    values = entry.posted
    try:
        if not values.get("name", "").strip():
            raise InvalidInput(field="name", reason=_("write a name"))
        token = _found(entry, values["name"].strip(), values.get("slug", "").strip())
    except DomainError as refusal:
        form = problems.form_of(refusal, {"name": "", "slug": "", **values}, field=_beside(refusal))
        return entry.show(
            "web/platform/institutions.html",
            build.institutions(form),
            "institutions",
            problems.status_of(refusal),
        )
    link = settings.PUBLIC_URL.rstrip("/") + reverse("web:sign_in_link", args=[token])
    said = _("Give its owner this link; it signs in once: %(link)s")
    entry.say(said % {"link": link}, title=values["name"].strip())
    return entry.to("platform_institutions")


def _beside(refusal: DomainError) -> str:
    return "" if isinstance(refusal, InvalidInput) else "slug"


def owner_handle(slug: str) -> str:
    """The handle of a school's first owner, its own however long the slug is."""
    digest = hashlib.sha256(slug.encode()).hexdigest()[:_DIGEST]
    return f"owner@{slug[:_SLUG]}-{digest}"


@transaction.atomic
def _found(entry: Entry, name: str, slug: str) -> str:
    facts = tenancy.found_institution(slug=slug, name=name)
    handle, began = owner_handle(slug), clock.now()
    with scope.institution(facts.id):
        owner = identity.make_user(handle)
        if owner.created_at < began:  # somebody who was there before must not get this school
            raise NumberConflict(number=handle)
        identity.add_member(owner, Role.OWNER, display_name=name[:20])
        audit.record(entry.actor, "institution.founded", f"institution:{slug}")
        return identity.sign_in_token(owner)


@require_http_methods(["GET", "POST"])
@platform_page
def limits(entry: Entry) -> HttpResponse:
    """The hard limits of one institution."""
    every = queries.all_institutions()
    chosen = entry.posted.get("institution") or entry.query.get("institution", "")
    facts = next((one for one in every if one.slug == chosen), every[0] if every else None)
    if entry.request.method == "GET" or facts is None:
        return entry.show("web/platform/limits.html", build.limits(facts), "limits")
    values = entry.posted
    try:
        _set_limits(entry, facts, values)
    except DomainError as refusal:
        form = problems.form_of(refusal, {"reason": "", **values})
        status = problems.status_of(refusal)
        return entry.show("web/platform/limits.html", build.limits(facts, form), "limits", status)
    entry.say(_("The limits are published and count from the next order on."), title=facts.name)
    response = entry.to("platform_limits")
    response["Location"] += f"?{urlencode({'institution': facts.slug})}"
    return response


@transaction.atomic
def _set_limits(entry: Entry, facts: InstitutionFacts, values: dict[str, str]) -> None:
    """New limits with their note in the institution's audit log, both or neither."""
    reason = values.get("reason", "").strip()
    if not reason:
        raise InvalidInput(field="reason", reason=_("say why; it goes into the audit log"))
    words = [word.strip() for word in values.get("forbidden_words", "").splitlines()]
    wanted = PlatformLimits(
        max_rate_bps=typed.basis_points(
            values.get("max_rate_percent", ""), field="max_rate_percent"
        ),
        level2_allowed=values.get("level2_allowed") == "1",
        minimum_hold_days=typed.whole(
            values.get("minimum_hold_days", ""), field="minimum_hold_days"
        ),
        minimum_age=typed.whole(values.get("minimum_age", ""), field="minimum_age"),
        forbidden_words=tuple(dict.fromkeys(word[:64] for word in words if word)),
    )
    with scope.institution(facts.id):
        before = queries.limits().max_rate_bps
        tenancy.set_limits(wanted)
        audit.record(
            entry.actor,
            "limits.set",
            f"institution:{facts.slug}",
            before=before,
            after=wanted.max_rate_bps,
            reason=reason,
        )


@require_safe
@platform_page
def health(entry: Entry) -> HttpResponse:
    """Database, jobs, notifications, books."""
    return entry.show("web/platform/health.html", build.health(), "health")
