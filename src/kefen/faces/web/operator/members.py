"""Who works for the school: a list, invitations, roles, and leaving. Only owners change it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.faces.web import policies, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.labels import label
from kefen.faces.web.operator.member_screens import MemberRow, MemberScreen, MembersScreen
from kefen.faces.web.shared.screens import Form, Option
from kefen.platform.identity import members, queries, rights
from kefen.platform.identity.models import Membership, Role
from kefen.platform.identity.personal import masked_contact
from kefen.ports import registry
from kefen.ports.messengers import Medium

_LIST = "web/operator/members.html"
_ONE = "web/operator/member.html"
_TOKEN = "token"  # noqa: S105 - where the letter's own goes
ROLES = tuple(role.value for role in Role)


@require_safe
@operator_page()
def listed(entry: Entry) -> HttpResponse:
    """Everybody who works here."""
    return entry.show(_LIST, _screen(entry), "members")


@require_POST
@operator_page(may="members")
def invite(entry: Entry) -> HttpResponse:
    """Send somebody a link that signs him in."""
    values = {"contact": "", "name": "", **entry.posted}
    contact = values["contact"].strip()
    try:
        members.invite(
            contact,
            _role(values),
            name=values["name"],
            letter=_letter(entry),
            actor=entry.actor,
        )
    except DomainError as refusal:
        beside = "" if isinstance(refusal, InvalidInput) else "contact"
        form = problems.form_of(refusal, values, field=beside)
        return entry.show(_LIST, _screen(entry, form), "members", problems.status_of(refusal))
    entry.say(_("The invitation is on its way to %(to)s.") % {"to": masked_contact(contact)})
    return entry.to("operator_members")


@require_safe
@operator_page(may="members")
def member(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002 - named by the address
    """One member, with what a change means."""
    return entry.show(_ONE, _one(entry, id), "members")


@require_POST
@operator_page(may="members")
def role(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002
    """Give a member another role."""
    try:
        wanted = _role(entry.posted)
        members.change_role(id, wanted, actor=entry.actor)
    except NotFound:
        raise
    except DomainError as refusal:
        screen = _one(entry, id, problems.sentence(refusal))
        return entry.show(_ONE, screen, "members", problems.status_of(refusal))
    said = _("The role is %(role)s now; the sessions of before are ended.")
    entry.say(said % {"role": label("role", wanted.value)})
    return entry.to("operator_members")


@require_POST
@operator_page(may="members")
def remove(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002
    """Let somebody work here no longer."""
    try:
        members.remove(id, actor=entry.actor)
    except NotFound:
        raise
    except DomainError as refusal:
        screen = _one(entry, id, problems.sentence(refusal))
        return entry.show(_ONE, screen, "members", problems.status_of(refusal))
    entry.say(_("Removed. All sessions are ended; what was done stays in the audit log."))
    return entry.to("operator_members")


@require_POST
@operator_page(may="members")
def again(entry: Entry, id: UUID) -> HttpResponse:  # noqa: A002
    """Send another link."""
    members.invite_again(id, letter=_letter(entry), actor=entry.actor)
    entry.say(_("Another link is on its way."))
    return entry.to("operator_members")


def _role(values: dict[str, str]) -> Role:
    try:
        return Role(values.get("role", ""))
    except ValueError:
        raise InvalidInput(field="role", reason="choose one of the list") from None


def _letter(entry: Entry) -> members.Letter:
    school, days = entry.school.name, members.INVITED_FOR.days
    words = _(
        "%(school)s invites you to work in its console. This link signs you in, once, within "
        "%(days)d days: {link} If you do not know the school, do nothing."
    ) % {"school": school, "days": days}
    path = reverse("web:sign_in_link", args=[_TOKEN]).replace(_TOKEN, "{token}")
    query = urlencode({"next": reverse("web:operator_overview", args=[entry.school.slug])})
    return members.Letter(
        sender=school,
        subject=_("Invitation to %(school)s") % {"school": school},
        words=words,
        address=f"{settings.PUBLIC_URL.rstrip('/')}{path}?{query}",
    )


def _row(entry: Entry, row: Membership) -> MemberRow:
    return MemberRow(
        id=str(row.id),
        name=row.display_name or str(label("role", row.role)),
        role=row.role,
        contact=masked_contact(row.contact),
        since=row.created_at,
        waiting=bool(row.contact) and row.user.last_login is None,
        mine=entry.user is not None and row.user_id == entry.user.pk,
    )


def _screen(entry: Entry, form: Form | None = None) -> MembersScreen:
    return MembersScreen(
        members=tuple(_row(entry, row) for row in queries.members()),
        roles=tuple(Option(one, str(label("role", one))) for one in ROLES),
        days=members.INVITED_FOR.days,
        by_phone=registry.messenger(Medium.PHONE) is not None,
        by_email=registry.messenger(Medium.EMAIL) is not None,
        form=form or Form(),
    )


def _one(entry: Entry, membership: UUID, problem: str = "") -> MemberScreen:
    every = queries.members()
    found = next((row for row in every if row.id == membership), None)
    if found is None:
        raise NotFound(what="member")
    owners = [row for row in every if row.role == Role.OWNER]
    return MemberScreen(
        member=_row(entry, found),
        roles=tuple((one, words_of_role(one)) for one in ROLES),
        last_owner=owners == [found],
        problem=problem,
    )


def words_of_role(role: str) -> str:
    """What a role may do, in a sentence's words."""
    deeds = [deed for deed in rights.MAY if role in rights.MAY[deed]]
    return _("; ").join(policies.words_of(deed) for deed in deeds) or _("look, and nothing else")
