"""The platform reads personal data masked, or one subject's in full for fifteen minutes with a
reason that the school sees."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

import kefen
from kefen.compliance import actions, queries
from kefen.compliance.contracts import Revealed, RevealSubject
from kefen.compliance.models import Reveal, RevealView
from kefen.core.errors import InvalidInput, InvariantBroken, NotAllowed, NotFound, RevealEnded
from kefen.payouts import queries as payouts
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import acting
from kefen.platform.identity import queries as identity
from kefen.platform.identity.actions import account_with_phone, add_member, make_user
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.declare import declare_identity
from kefen.platform.identity.models import Account, Identity, Membership, Role
from kefen.platform.identity.personal import Masked, PersonalField, masked
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from tests.factories.people import make_promoter

WHY = "学员投诉，需要核对身份"
PLAIN = Revealed(
    "李小明", "13800000001", "李小明", "11010519491231002X", "li@example.org", "李小明"
)


@pytest.fixture
def subject(institution: InstitutionFacts) -> str:
    """A promoter whose name, phone, papers and payout account are known."""
    make_promoter(code="yu")
    account = account_with_phone("13800000001", name="李小明")
    Promoter.objects.filter(code="yu").update(account_id=account.id)
    declare_identity(account.id, real_name="李小明", id_number="11010519491231002X")
    PayoutAccount.objects.create(
        promoter_id=promoters.row("yu").id,
        kind="alipay",
        account="li@example.org",
        name="李小明",
        changed_at=clock.now(),
    )
    return "yu"


@pytest.fixture
def staff(subject: str) -> Iterator[Actor]:
    """One of the platform's staff, at work."""
    actor = Actor(ActorKind.PLATFORM, make_user("staff", is_platform_staff=True).id)
    with acting.as_(actor, acting.Origin("203.0.113.0/24", "Mac")):
        yield actor


def ask(reason: str = WHY, key: str = "yu") -> UUID:
    return actions.open_reveal(RevealSubject.PROMOTER, key, "complaint", reason)


def test_an_open_reveal_shows_its_subject_in_full(staff: Actor) -> None:
    assert actions.read_revealed(ask()) == PLAIN
    assert queries.personal_of(RevealSubject.PROMOTER, "yu") != PLAIN  # and nothing beside it


def test_it_ends_at_fifteen_minutes_exactly(staff: Actor) -> None:
    now = clock.now()
    with clock.at(now):
        made = ask()
    for seconds in (0, 899.999999):
        with clock.at(now + timedelta(seconds=seconds)):
            assert actions.read_revealed(made) == PLAIN
    for after in (timedelta(minutes=15), timedelta(days=1)):
        with clock.at(now + after), pytest.raises(RevealEnded):
            actions.read_revealed(made)
    assert RevealView.objects.count() == 2


def test_without_one_every_query_gives_masked(staff: Actor) -> None:
    assert queries.personal_of(RevealSubject.PROMOTER, "yu") == Revealed(
        "李**", "138****0001", "李**", "1****************X", "l****@example.org", "李**"
    )
    account = Account.objects.get()
    assert (account.name, account.phone) == ("李**", "138****0001")
    assert identity.papers_of([account.id], full=True)[account.id][0] == "李**"
    assert identity.real_name_of(account.id) == "李**"
    assert payouts.account_in_full(promoters.row("yu").id) == ("l****@example.org", "李**")


def test_no_column_of_personal_data_is_read_in_full(staff: Actor, institution: object) -> None:
    """Whatever a query of the platform's reads: every model with such a field."""
    seen = 0
    for model in apps.get_models():
        fields = [f for f in model._meta.local_fields if isinstance(f, PersonalField)]
        for row in model.objects.all() if fields else ():
            for one in fields:
                text = getattr(row, one.attname)
                assert text == "" or isinstance(text, Masked)
                seen += bool(text)
    assert seen >= 6
    plain = {PLAIN.name, PLAIN.phone, PLAIN.id_number, PLAIN.payout_account}
    values = [
        *Identity.objects.values_list("real_name", "id_number"),
        *Account.objects.values_list("name", "phone"),
    ]
    assert plain & {text for row in values for text in row} == set()


def test_it_serves_no_other_subject_person_or_school(staff: Actor) -> None:
    made = ask()
    make_promoter(code="ben")
    assert queries.personal_of(RevealSubject.PROMOTER, "ben") == Revealed("", "")
    second = Actor(ActorKind.PLATFORM, make_user("other-staff", is_platform_staff=True).id)
    with acting.as_(second), pytest.raises(RevealEnded):
        actions.read_revealed(made)
    other = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other), pytest.raises(NotFound):
        actions.read_revealed(made)
    with pytest.raises(NotFound):
        actions.read_revealed(uuid4())
    assert not RevealView.objects.exists()


@pytest.mark.parametrize("reason", ["", "123456789", " 12345678 ", "字" * 401])
def test_without_a_reason_nothing_opens(staff: Actor, reason: str) -> None:
    with pytest.raises(InvalidInput):
        ask(reason)
    with pytest.raises(InvalidInput):
        actions.open_reveal(RevealSubject.PROMOTER, "yu", "curiosity", WHY)
    with pytest.raises(NotFound):
        ask(key="nobody")
    assert not Reveal.objects.exists()
    assert not Record.objects.filter(verb="reveal.opened").exists()


def test_who_whom_why_when_from_where_and_each_view_stay(staff: Actor) -> None:
    made = ask()
    actions.read_revealed(made)
    actions.read_revealed(made)
    row = queries.reveals().get()
    assert (row.handle, row.subject, row.key, row.kind) == ("staff", "promoter", "yu", "complaint")
    assert (row.reason, row.network, row.device) == (WHY, "203.0.113.0/24", "Mac")
    assert row.ends_at - row.opened_at == timedelta(minutes=15)
    assert len(row.views.all()) == 2
    noted = Record.objects.filter(actor_user=staff.user).order_by("id")
    assert [one.verb for one in noted] == ["reveal.opened", "reveal.viewed", "reveal.viewed"]
    assert {one.subject for one in noted} == {"promoter:yu"}
    assert noted[0].details["reason"] == WHY
    assert PLAIN.name not in str([one.details for one in noted])
    for said in (
        "UPDATE compliance_reveal SET ends_at = now()",
        "DELETE FROM compliance_revealview",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as one:
            one.execute(said)


def test_the_database_asks_for_a_reason_too(staff: Actor) -> None:
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reveal.objects.create(
            subject="promoter",
            key="yu",
            kind="fault",
            reason="short",
            opened_by=staff.user,
            handle="staff",
            opened_at=now,
            ends_at=now + timedelta(minutes=15),
        )


def test_nobody_else_opens_one(subject: str) -> None:
    user = make_user("owner")
    add_member(user, Role.OWNER)
    with acting.as_(Actor(ActorKind.OPERATOR, user.id)), pytest.raises(NotAllowed):
        ask()
    with acting.as_(Actor(ActorKind.PLATFORM, user.id)), pytest.raises(NotAllowed):
        ask()
    with pytest.raises(NotAllowed):  # nor the house itself
        ask()
    assert not Reveal.objects.exists()


def test_the_owner_sees_it_until_he_noted_it(staff: Actor) -> None:
    made, owner = ask(), make_user("owner")
    add_member(owner, Role.OWNER)
    assert queries.waiting()["reveals"] == 1
    with pytest.raises(NotAllowed):
        actions.note_reveal(made)
    with acting.as_(Actor(ActorKind.OPERATOR, owner.id)):
        actions.note_reveal(made)
        actions.note_reveal(made)
    assert queries.waiting()["reveals"] == 0
    assert Record.objects.filter(verb="reveal.noted").count() == 1


def test_what_is_masked_is_never_written_back(staff: Actor) -> None:
    row = Account.objects.get()
    with pytest.raises(InvariantBroken), transaction.atomic():
        row.save()
    with acting.as_system():
        assert Account.objects.get().name == "李小明"


def test_the_schools_own_people_read_as_before(subject: str) -> None:
    owner = make_user("owner")
    add_member(owner, Role.OWNER, display_name="沈岚")
    with acting.as_(Actor(ActorKind.OPERATOR, owner.id)):
        assert queries.personal_of(RevealSubject.PROMOTER, "yu") == PLAIN
        assert Membership.objects.get().display_name == "沈岚"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("李小明", "李**"),
        ("13800000001", "138****0001"),
        ("+8613800000001", "+86****0001"),
        ("11010519491231002X", "1****************X"),
        ("6222020200012345678", "622****5678"),
        ("shen@example.org", "s****@example.org"),
        ('{"key": "secret"}', "{**"),
    ],
)
def test_a_mask_is_of_what_a_text_looks_like_and_masks_twice_as_once(text: str, shown: str) -> None:
    assert masked(text) == shown
    if "****" not in shown:
        assert masked(shown)[:1] == shown[:1]


def test_only_a_reveal_lifts_the_mask_and_the_platforms_pages_are_never_the_house() -> None:
    """Who imports `lifted`, and who of the platform's pages would act as the system."""
    root = Path(kefen.__path__[0])
    lifting = set()
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        named = {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if "lifted" in named | used:
            lifting.add(path.relative_to(root).as_posix())
        if "faces/web/platform" in path.as_posix():
            assert not {"as_system", "unseal", "unseal_bytes", "SYSTEM"} & (named | used), path
    assert lifting == {"compliance/actions/reveal.py"}
