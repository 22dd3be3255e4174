"""The page of those who work here, and what the audit log shows of it."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions as exports
from kefen.platform.exports import work
from kefen.platform.exports.models import Export
from kefen.platform.identity import members, tasks
from kefen.platform.identity.actions import add_member
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Membership, Role
from kefen.ports import registry
from kefen.ports.messengers import Message
from tests.faces.school import School


class Box:
    """A messenger that keeps what it was given."""

    name = "box"
    mailbox = ""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    def send(self, message: Message) -> None:
        self.kept.append(message)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    made = Box()
    monkeypatch.setattr(registry, "messenger", lambda _medium: made)
    return made


def row(school: School, who: str) -> Membership:
    return Membership.objects.get(user=school.users[who])


def html_of(client: Client, path: str) -> str:
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_is_invited_opens_the_link_and_works(school: School, box: Box) -> None:
    owner = school.as_("owner")
    form = {"name": "周敏", "contact": "zhou@example.org", "role": "finance"}
    answer = owner.post(school.at("team/invite", "o"), form)
    assert (answer.status_code, answer["Location"]) == (302, school.at("team", "o"))
    made = Membership.objects.latest("id")
    page = html_of(owner, school.at("team", "o"))
    assert "z****@example.org" in page
    assert "zhou@example.org" not in page
    assert "Invited, has not signed in yet" in page

    letter = members.Letter(
        "S", "s", "{link}", "https://k.example/sign-in/{token}?next=/o/zhixing/"
    )
    tasks.send_invitation(str(made.id), letter.sender, letter.subject, letter.words, letter.address)
    link = urlsplit(box.kept[0].text)
    guest = school.guest()
    assert guest.get(f"{link.path}?{link.query}").status_code == 200
    entered = guest.post(f"{link.path}?{link.query}")
    assert entered.status_code == 302
    assert guest.get(school.at("", "o")).status_code == 200
    assert school.guest().post(link.path).status_code == 403  # once
    assert "Invited, has not signed in yet" not in html_of(owner, school.at("team", "o"))


def test_bad_invitations_are_told_beside_their_field(school: School, box: Box) -> None:
    owner = school.as_("owner")
    before = Membership.objects.count()
    for form, status in (
        ({"name": "x", "contact": "nobody", "role": "finance"}, 422),
        ({"name": "", "contact": "a@example.org", "role": "finance"}, 422),
        ({"name": "x", "contact": "a@example.org", "role": "king"}, 422),
        ({}, 422),
    ):
        assert owner.post(school.at("team/invite", "o"), form).status_code == status
    assert Membership.objects.count() == before


def test_a_removed_member_is_out_at_once(school: School) -> None:
    finance, owner = school.as_("finance"), school.as_("owner")
    path = f"team/{row(school, 'finance').id}"
    assert finance.get(school.at("", "o")).status_code == 200
    assert "is signed out everywhere at once" in html_of(owner, school.at(path, "o"))
    assert owner.post(school.at(f"{path}/remove", "o")).status_code == 302
    answer = finance.get(school.at("", "o"))
    assert (answer.status_code, answer["Location"][:8]) == (302, "/sign-in")
    assert not Membership.objects.filter(user=school.users["finance"]).exists()


def test_another_role_counts_at_once_and_ends_sessions(school: School) -> None:
    finance, owner = school.as_("finance"), school.as_("owner")
    path = school.at(f"team/{row(school, 'finance').id}/role", "o")
    assert owner.post(path, {"role": "reviewer"}).status_code == 302
    assert finance.get(school.at("", "o")).status_code == 302
    assert row(school, "finance").role == "reviewer"
    assert owner.post(path, {"role": "king"}).status_code == 422


def test_nobody_changes_himself_nor_takes_the_last_owner(school: School) -> None:
    owner = school.as_("owner")
    mine = row(school, "owner")
    for deed in ("role", "remove"):
        answer = owner.post(school.at(f"team/{mine.id}/{deed}", "o"), {"role": "finance"})
        assert answer.status_code == 422
    assert row(school, "owner").role == "owner"
    add_member(school.users["operator"], Role.OWNER)
    second = school.as_("operator")
    assert second.post(school.at(f"team/{mine.id}/remove", "o")).status_code == 302
    assert not Membership.objects.filter(id=mine.id).exists()


@pytest.mark.parametrize("who", ["operator", "finance", "reviewer", "read_only"])
def test_others_look_and_are_told_who_may(school: School, who: str) -> None:
    client = school.as_(who)
    page = html_of(client, school.at("team", "o"))
    assert "team/invite" not in page
    assert "add, change or remove members" in page
    other = row(school, "owner")
    for path in ("team/invite", f"team/{other.id}/role", f"team/{other.id}/remove"):
        answer = client.post(school.at(path, "o"), {"role": "read_only"})
        assert answer.status_code == 403
    noted = Record.objects.filter(verb="access.refused", actor_user=school.users[who].id)
    assert noted.count() == 3
    assert row(school, "owner").role == "owner"


def test_the_log_says_from_where_as_coarse_as_it_may(school: School) -> None:
    owner = school.as_("owner")
    owner.defaults["REMOTE_ADDR"] = "203.0.113.77"
    path = school.at("promoters/yu/group", "o")
    assert owner.post(path, {"group": "gold"}).status_code == 302
    noted = Record.objects.get(verb="promoter.grouped")
    assert (noted.network, noted.device) == ("203.0.113.0/24", "WeChat iPhone")
    assert noted.details == {"before": "silver", "after": "gold"}
    page = html_of(owner, school.at("audit?action=promoter.grouped", "o"))
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page
    assert "moved a promoter to another group" in page


def test_the_log_is_filtered_and_walked_without_gaps(school: School) -> None:
    owner = school.as_("owner")
    for number in range(120):
        Record.objects.create(
            verb="promoter.grouped",
            subject=f"promoter:p{number:03}",
            actor_kind="operator",
            actor_user=school.users["reviewer"].id,
            at=clock.now(),
        )
    seen: list[str] = []
    address = "?q=promoter:p"
    while address:
        page = html_of(owner, school.at("audit", "o") + address)
        seen += re.findall(r"promoter:p[0-9]{3}", page)
        older = re.search(r'rel="next" href="([?][^"]*)"', page)
        address = "" if older is None else unescape(older[1])
    assert seen == [f"promoter:p{number:03}" for number in reversed(range(120))]

    def count(query: str) -> int:
        page = html_of(owner, school.at(f"audit?{query}", "o"))
        return len(re.findall(r"promoter:p[0-9]{3}|member:", page))

    assert count(f"who={school.users['reviewer'].id}&q=p007") == 1
    assert count(f"who={school.users['finance'].id}&q=p007") == 0
    assert count("action=member.removed") == 0
    today = clock.now().date().isoformat()
    assert count(f"q=p007&from=2020-01-01&to={today[:4]}-12-31") == 1
    assert count("q=p007&to=2020-01-01") == 0
    assert count("q=p007&from=nonsense&who=nobody&before=x") == 1


def test_the_log_as_a_file_has_the_same_rows_and_words(school: School) -> None:
    owner = school.as_("owner")
    owner.post(school.at("promoters/yu/group", "o"), {"group": "gold"})
    form = {"action": "promoter.grouped", "format": "csv"}
    assert owner.post(school.at("audit/file", "o"), form).status_code == 302
    asked = Export.objects.get(kind="audit_log")
    work.run(asked.id)
    facts, pieces = exports.fetch(asked.id, actor=SYSTEM)
    text = b"".join(pieces).decode("utf-8-sig")
    assert facts.state == "ready"
    assert "promoter:yu" in text
    assert "silver" in text
    assert "WeChat iPhone" in text
    assert school.as_("reviewer").post(school.at("audit/file", "o"), form).status_code == 403
