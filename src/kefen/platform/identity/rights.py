"""Who may do what: a table of deeds and the roles whose work they are.

Every action that a person of a team can start names its deed (`@needs(Deed.REFUND)`); the check is
made there, whatever page, interface or command called it. Looking takes no right: every member of a
team sees the console, with personal data masked.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from inspect import signature
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

from kefen.core.errors import NotAllowed
from kefen.platform.identity import acting, queries
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role


class Deed(StrEnum):
    """What a person of a team does to the school's things."""

    REFUND = "refund"
    WITHDRAWALS = "withdrawals"
    COMMISSIONS = "commissions"
    PROMOTERS = "promoters"
    ADMISSION = "admission"
    PROGRAMME = "programme"
    COURSES = "courses"
    NOTIFICATIONS = "notifications"
    CHANNELS = "channels"
    RECONCILIATION = "reconciliation"
    EXPORTS = "exports"
    IDENTITIES = "identities"
    PAYOUT_SETTINGS = "payout_settings"
    COMPLIANCE = "compliance"
    EVIDENCE = "evidence"
    MEMBERS = "members"
    LICENCES = "licences"
    REVEAL_NOTICES = "reveal_notices"
    LIMITS = "limits"
    LICENCE_REVIEW = "licence_review"
    REVEALS = "reveals"
    INSTITUTIONS = "institutions"
    JOBS = "jobs"


PLATFORM: Final = "platform"
"""The role of those who run the installation; in no school's team."""
_OWNER: Final = Role.OWNER.value
_OPERATOR: Final = Role.OPERATOR.value
_FINANCE: Final = Role.FINANCE.value
_REVIEWER: Final = Role.REVIEWER.value

MAY: Final[Mapping[Deed, tuple[str, ...]]] = {
    Deed.REFUND: (_OWNER, _OPERATOR, _FINANCE),
    Deed.WITHDRAWALS: (_OWNER, _OPERATOR, _FINANCE),
    Deed.COMMISSIONS: (_OWNER, _OPERATOR, _FINANCE, _REVIEWER),
    Deed.PROMOTERS: (_OWNER, _OPERATOR, _REVIEWER),
    Deed.ADMISSION: (_OWNER, _OPERATOR),
    Deed.PROGRAMME: (_OWNER, _OPERATOR),
    Deed.COURSES: (_OWNER, _OPERATOR),
    Deed.NOTIFICATIONS: (_OWNER, _OPERATOR),
    # Where the school's own money goes.
    Deed.CHANNELS: (_OWNER,),
    Deed.RECONCILIATION: (_OWNER, _OPERATOR, _FINANCE),
    Deed.EXPORTS: (_OWNER, _OPERATOR, _FINANCE),
    # Names and ID numbers in full, as the law asks for them.
    Deed.IDENTITIES: (_OWNER, _FINANCE),
    Deed.PAYOUT_SETTINGS: (_OWNER, _OPERATOR),
    Deed.COMPLIANCE: (_OWNER, _OPERATOR, _REVIEWER),
    # The whole of what a school did, for a regulator.
    Deed.EVIDENCE: (_OWNER,),
    # The platform names a new school's first owner.
    Deed.MEMBERS: (_OWNER, PLATFORM),
    Deed.LICENCES: (_OWNER, _OPERATOR),
    # That the platform looked at somebody's personal data is told to the school's owner.
    Deed.REVEAL_NOTICES: (_OWNER,),
    Deed.LIMITS: (PLATFORM,),
    Deed.LICENCE_REVIEW: (PLATFORM,),
    Deed.REVEALS: (PLATFORM,),
    Deed.INSTITUTIONS: (PLATFORM,),
    Deed.JOBS: (PLATFORM,),
}

_THE_HOUSE: Final = frozenset({ActorKind.SYSTEM, ActorKind.CHANNEL})
P = ParamSpec("P")
R = TypeVar("R")


def deeds_of(role: str) -> frozenset[str]:
    """Everything that somebody with this role may do."""
    return frozenset(deed.value for deed, roles in MAY.items() if role in roles)


def role_of(actor: Actor) -> str:
    """The role of whoever acts, as it is now, in the institution in scope; empty for none."""
    if actor.user is None:
        return ""
    if actor.kind is ActorKind.PLATFORM:
        found = queries.user(actor.user)
        return PLATFORM if found is not None and found.is_platform_staff else ""
    return (queries.role_of(actor.user) or "") if actor.kind is ActorKind.OPERATOR else ""


def person_may(deed: Deed, user: UUID | None) -> bool:
    """Is this the work of this person of the team? The house itself is no person."""
    return role_of(Actor(ActorKind.OPERATOR, user)) in MAY[deed]


def require(deed: Deed, actor: Actor | None = None) -> None:
    """Let nobody go on whose work this is not: neither who acts nor in whose name (`actor`) it is
    done. Raises NotAllowed."""
    who = acting.named(actor)
    if who.kind not in _THE_HOUSE:
        require_person(deed, who)


def require_person(deed: Deed, actor: Actor | None = None) -> UUID:
    """Let nobody go on but a person whose work this is, not even the house itself; answers who.
    Raises NotAllowed."""
    who = acting.named(actor)
    role = role_of(who)
    if who.user is None or role not in MAY[deed]:
        refusal = NotAllowed(deed=deed.value, role=role, who=" / ".join(MAY[deed]))
        acting.current().refused.append(refusal)
        raise refusal
    return who.user


def needs(
    deed: Deed, *, also: ActorKind | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the action takes the right to this deed, and is signed by who does it. `also`
    are those who do it to what is their own, like a promoter who takes his withdrawal back."""

    def decorate(action: Callable[P, R]) -> Callable[P, R]:
        shape = signature(action)
        signed = "actor" in shape.parameters

        @wraps(action)
        def run(*arguments: P.args, **named: P.kwargs) -> R:
            call = shape.bind(*arguments, **named)
            told = call.arguments.get("actor") if signed else None
            who = acting.named(told)
            if also is None or who.kind is not also:
                require(deed, told)
            if signed:
                call.arguments["actor"] = who
            return action(*call.args, **call.kwargs)

        run.right = deed  # type: ignore[attr-defined]
        return run

    return decorate
