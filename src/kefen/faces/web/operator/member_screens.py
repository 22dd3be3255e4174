"""What the console shows of those who work for the school."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member; `contact` is masked, `waiting` while he never signed in, `mine` for oneself."""

    id: str
    name: str
    role: str
    contact: str
    since: datetime
    waiting: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class MembersScreen:
    """POST `contact`, `name`, `role` to `operator_member_invite`; `days` is how long a link is
    good for. `by_phone` and `by_email` say how somebody can be invited here."""

    members: tuple[MemberRow, ...]
    roles: tuple[Option, ...]
    days: int
    by_phone: bool
    by_email: bool
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class MemberScreen:
    """One member, and what a change means: `roles` are codes with what each may do.

    POST `role` to `operator_member_role`, or nothing to `operator_member_remove` or
    `operator_member_again`."""

    member: MemberRow
    roles: tuple[tuple[str, str], ...]
    last_owner: bool
    problem: str = ""
