"""What people are called on pages: promoters by the name they chose, students never whole."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from kefen.faces.web import labels
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import AccountFacts, ActorKind
from kefen.platform.identity.personal import masked_name
from kefen.promoters.models import Promoter


def promoter_name(promoter: Promoter) -> str:
    """The name a promoter chose, or his code."""
    return promoter.nickname or promoter.code


def student_name(account: AccountFacts | None) -> str:
    """`李**`; somebody without a name is told apart by the end of his code."""
    if account is None:
        return _("Student")
    if account.name:
        return masked_name(account.name)
    return _("Student %(end)s") % {"end": account.code[-4:]}


def students(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Masked names of some students, by account id; one query."""
    return {key: student_name(facts) for key, facts in identity.accounts(set(ids)).items()}


def members() -> dict[UUID, str]:
    """Names of everybody who works here, by user id; one query."""
    return {
        row.user_id: row.display_name or str(labels.label("role", row.role))
        for row in identity.members()
    }


def actor_name(kind: str, user: UUID | None, known: Mapping[UUID, str]) -> str:
    """Who acted: a member's name, else what kind of actor it was."""
    if user is not None and user in known:
        return known[user]
    return str(labels.label("actor", kind if kind in set(ActorKind) else ""))
