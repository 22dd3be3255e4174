"""Making a promoter's links."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.catalog import queries as catalog
from kefen.core.errors import InvalidInput, InvariantBroken
from kefen.platform import clock
from kefen.platform.tenancy.scope import institution_id
from kefen.referrals.models import Link, ShortCode

# No look-alikes, so that a code can be read out and typed; 31^7 codes leave collisions rare.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 7
_ATTEMPTS = 8
_LABEL_LENGTH = 20
# Enough for every channel of every course; more would be a way to fill the table.
_MOST_LABELLED = 100


@transaction.atomic
def make_link(
    promoter_id: UUID,
    *,
    course_id: UUID | None = None,
    session_id: UUID | None = None,
    label: str = "",
) -> Link:
    """The promoter's link for a course, a live session or (neither) the school; made if new.

    `label` names a channel ("朋友圈"), so that it has its own figures. A session's link is one of
    its course too. Raises InvalidInput, NotFound.
    """
    label = " ".join(label.split())
    if len(label) > _LABEL_LENGTH:
        raise InvalidInput(field="label", reason="at most 20 characters")
    if session_id is not None:
        course_id = catalog.session(session_id).course_id
    found = Link.objects.filter(
        promoter_id=promoter_id, course_id=course_id, session_id=session_id, label=label
    ).first()
    if found is not None:
        return found
    if label and Link.objects.filter(promoter_id=promoter_id).count() >= _MOST_LABELLED:
        raise InvalidInput(field="label", reason="you have 100 links; use one of them")
    for _ in range(_ATTEMPTS):
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        try:
            with transaction.atomic():
                link = Link.objects.create(
                    short_code=code,
                    promoter_id=promoter_id,
                    course_id=course_id,
                    session_id=session_id,
                    label=label,
                    created_at=clock.now(),
                )
                ShortCode.objects.create(
                    code=code, institution_id=institution_id(), link_id=link.id
                )
        except IntegrityError:
            # Either the code is taken or the same link was made at this moment.
            found = Link.objects.filter(
                promoter_id=promoter_id, course_id=course_id, session_id=session_id, label=label
            ).first()
            if found is not None:
                return found
        else:
            return link
    raise InvariantBroken(invariant="a free short code is found in a few attempts")
