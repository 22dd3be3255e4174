"""Sample screens of those who work for the school."""

from dataclasses import replace
from uuid import UUID

from kefen.faces.web.operator.member_screens import MemberRow, MemberScreen, MembersScreen
from kefen.faces.web.operator.members import ROLES, words_of_role
from kefen.faces.web.samples.words import ago, say
from kefen.faces.web.shared.screens import Form, Option


def _id(number: int) -> str:
    return str(UUID(int=number))


def _rows() -> tuple[MemberRow, ...]:
    names = (("沈岚", "Shen Lan"), ("周敏", "Zhou Min"), ("何川", "He Chuan"))
    return (
        MemberRow(_id(1), say(*names[0]), "owner", "s****@example.org", ago(200), mine=True),
        MemberRow(_id(2), say(*names[1]), "finance", "138****5678", ago(80)),
        MemberRow(_id(3), say(*names[2]), "reviewer", "h****@example.org", ago(1), waiting=True),
    )


def _roles() -> tuple[Option, ...]:
    owner, *others = (("负责人", "Owner"), ("财务", "Finance"), ("只读", "Read only"))
    codes = ("owner", "finance", "read_only")
    return tuple(Option(c, say(*w)) for c, w in zip(codes, (owner, *others), strict=True))


def members() -> MembersScreen:
    """An owner, two others."""
    return MembersScreen(_rows(), _roles(), 3, by_phone=True, by_email=True)


def members_alone() -> MembersScreen:
    """Nobody else yet, and an invitation that was refused."""
    said = say("使用该联系方式的人已是成员。", "Somebody with this address works here already.")
    form = Form({"contact": "s@example.org", "name": "", "role": "owner"}, {"contact": said})
    return replace(members(), members=_rows()[:1], form=form)


def member() -> MemberScreen:
    """Somebody who may be changed or removed."""
    return MemberScreen(_rows()[2], tuple((one, words_of_role(one)) for one in ROLES), False)


def member_last() -> MemberScreen:
    """The one owner."""
    last = replace(_rows()[0], mine=False)
    said = say("机构必须有负责人，而这是唯一的一位。", "A school needs an owner.")
    return replace(member(), member=last, last_owner=True, problem=said)
