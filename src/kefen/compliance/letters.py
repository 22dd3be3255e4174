"""Letters to the owners of a school: that there is something to read under Compliance."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kefen.platform.identity import members, queries
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import queries as tenancy
from kefen.ports import registry
from kefen.ports.messengers import Message

_SAID: Final[dict[str, tuple[Promise, Promise]]] = {
    "licence.passed": (
        _("A licence passed"),
        _("A licence that you handed in passed. See it in the console under Compliance."),
    ),
    "licence.returned": (
        _("A licence was returned"),
        _("A licence that you handed in was returned. The reason stands in the console."),
    ),
    "reveal.opened": (
        _("The platform looks at personal data"),
        _(
            "Somebody of the platform asked to read personal data at your school for 15 minutes. "
            "Who, whose and why stands in the console under Compliance."
        ),
    ),
}


def send(membership: UUID, about: str) -> None:
    """Write to one owner of the institution in scope, if he still is one and can be reached."""
    row = next((one for one in queries.members() if one.id == membership), None)
    if row is None or row.role != Role.OWNER:
        return
    medium = members.medium_of(row.contact)
    messenger = registry.messenger(medium)
    if messenger is None:
        return
    subject, words = _SAID[about]
    sender = tenancy.current().name
    with translation.override(settings.LANGUAGE_CODE):
        messenger.send(Message(medium, row.contact, sender, str(subject), f"{sender}: {words}"))
