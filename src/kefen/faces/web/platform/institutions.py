"""Institutions: all of them, and founding one."""

import hashlib
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NumberConflict
from kefen.faces.web import problems
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform import institution_build as build
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity import actions as identity
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import actions as tenancy
from kefen.platform.tenancy import scope

_SLUG: Final = 45
_DIGEST: Final = 12
_PAGE: Final = "web/platform/institutions.html"


@require_safe
@platform_page
def institutions(entry: Entry) -> HttpResponse:
    """All institutions, a page at a time."""
    return entry.show(_PAGE, build.institutions(entry), "institutions")


@require_POST
@platform_page
def institution_create(entry: Entry) -> HttpResponse:
    """Found an institution with its owner, who gets a link to sign in, once."""
    values = entry.posted
    entry.come_back = entry.address("platform_institutions")
    try:
        if not values.get("name", "").strip():
            raise InvalidInput(field="name", reason=_("write a name"))
        token = _found(entry, values["name"].strip(), values.get("slug", "").strip())
    except DomainError as refusal:
        form = problems.form_of(refusal, {"name": "", "slug": "", **values}, field=_beside(refusal))
        screen = build.institutions(entry, form)
        return entry.show(_PAGE, screen, "institutions", problems.status_of(refusal))
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
        jobs.enqueue("oversight.gather", once=True)
        return identity.sign_in_token(owner)
