"""Licences: handed in, passed or returned, in force until they end; what the platform asks for."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from kefen.compliance import actions, queries, tasks
from kefen.compliance.contracts import LARGEST_SCAN, LicenceState, NewLicence
from kefen.compliance.models import FiledLicence, Licence, LicenceDecision, LicenceFile
from kefen.core.errors import (
    IllegalTransition,
    InvalidInput,
    LicenceNeeded,
    LicenceWaits,
    NotAllowed,
    NotFound,
)
from kefen.core.licences import Need
from kefen.ops.demo import licences as demo_licences
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import acting
from kefen.platform.identity.actions import add_member, make_user
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Membership, Role
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.programmes import queries as programmes
from kefen.programmes.actions import publish
from tests.factories.terms import make_terms

PDF = b"%PDF-1.7\nthe legal person is Li Ming\n%%EOF"


def day(days: int) -> date:
    return queries.today() + timedelta(days=days)


def licence(**other: Any) -> NewLicence:
    told = {"kind": "business", "number": "91110000MA01", "holder": "知行", "content": PDF}
    told |= {"valid_from": day(-10), "valid_until": day(100)}
    return NewLicence(**(told | other))


def submit(**other: Any) -> Any:
    return actions.submit_licence(licence(**other))


def pass_(**other: Any) -> Any:
    made = submit(**other)
    actions.decide_licence(made, LicenceState.PASSED)
    return made


def need(kind: str = "business") -> Need:
    return next(one.need for one in queries.licence_standings() if one.kind == kind)


def test_a_scan_is_sealed_and_comes_back_as_it_was(institution: object) -> None:
    made = submit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM compliance_licencefile")
        stored = bytes(cursor.fetchone()[0])
    assert b"Li Ming" not in stored
    assert b"%PDF" not in stored
    scan = actions.read_scan(made)
    assert (scan.content, scan.media_type) == (PDF, "application/pdf")
    assert scan.name.startswith("licence-business-")
    assert scan.name.endswith(".pdf")
    assert Record.objects.filter(verb="licence.read").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "x"},
        {"number": " "},
        {"number": "1" * 65},
        {"holder": ""},
        {"holder": "h" * 121},
        {"valid_from": None},
        {"valid_until": date(2000, 1, 1)},
        {"valid_from": date(2000, 1, 1), "valid_until": date(2001, 1, 1)},
        {"content": b""},
        {"content": b"<html></html>"},
        {"content": b"GIF89a"},
        {"content": b"%PDF-" + b"x" * LARGEST_SCAN},
    ],
)
def test_a_bad_one_leaves_nothing(institution: object, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        submit(**wrong)
    kept = (Licence, LicenceFile, FiledLicence)
    assert [model.objects.count() for model in kept] == [0, 0, 0]
    assert not Record.objects.filter(verb="licence.submitted").exists()


def test_one_of_a_kind_waits_at_a_time(institution: object) -> None:
    submit()
    with pytest.raises(LicenceWaits):
        submit()
    submit(kind="icp", valid_until=None)
    assert Licence.objects.count() == 2


def test_it_is_decided_once_and_returned_with_a_reason(institution: object) -> None:
    made = submit()
    with pytest.raises(InvalidInput):
        actions.decide_licence(made, LicenceState.RETURNED, " ")
    assert queries.filed("submitted").get().id == made
    actions.decide_licence(made, LicenceState.RETURNED, "看不清编号")
    for state in (LicenceState.PASSED, LicenceState.RETURNED, LicenceState.SUBMITTED):
        with pytest.raises(IllegalTransition):
            actions.decide_licence(made, state, "again")
    assert LicenceDecision.objects.get().reason == "看不清编号"
    assert need() is Need.RETURNED
    assert queries.waiting()["licences"] == 1
    assert submit() != made
    assert queries.waiting()["licences"] == 0


def test_a_renewal_leaves_the_old_one_in_force_until_it_passes(institution: object) -> None:
    old = pass_(valid_until=day(20))
    assert need() is Need.EXPIRING
    assert [row.id for row in queries.filed("expiring")] == [old]
    new = submit(valid_until=day(500))
    (found,) = queries.licence_standings()
    assert (found.in_force.id, found.waits) == (old, True)
    actions.decide_licence(new, LicenceState.PASSED)
    (found,) = queries.licence_standings()
    assert (found.in_force.id, found.days_left(queries.today())) == (new, 500)
    assert not queries.filed("expiring").exists()
    assert Licence.objects.count() == 2


def test_nothing_of_it_is_changed_or_removed_even_by_sql(institution: object) -> None:
    submit()
    for table in ("licence", "licencefile", "licencedecision", "reveal", "revealview"):
        for said in (f"DELETE FROM compliance_{table}", f"UPDATE compliance_{table} SET id = id"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as one:
                one.execute(said)


def test_another_schools_licence_is_not_there(institution: InstitutionFacts) -> None:
    made = submit()
    with scope.institution(found_institution(slug="lantu", name="蓝图").id):
        with pytest.raises(NotFound):
            actions.read_scan(made)
        with pytest.raises(NotFound):
            actions.decide_licence(made, LicenceState.PASSED)


@pytest.mark.parametrize("role", ["finance", "reviewer", "read_only", "owner"])
def test_only_the_platform_decides_and_only_some_hand_in(institution: object, role: str) -> None:
    made, user = submit(), make_user(role)
    add_member(user, Role(role))
    with acting.as_(Actor(ActorKind.OPERATOR, user.id)):
        with pytest.raises(NotAllowed):
            actions.decide_licence(made, LicenceState.PASSED)
        if role != "owner":
            with pytest.raises(NotAllowed):
                submit(kind="icp")
            with pytest.raises(NotAllowed):
                actions.read_scan(made)
    assert not LicenceDecision.objects.exists()


def test_new_rules_need_what_the_platform_asks_for_and_old_ones_go_on(
    institution: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LICENCES_REQUIRED", ("business", "school"))
    now = clock.now()
    history = publish(make_terms(effective_from=now - timedelta(days=9)), take_over=True).version
    later = make_terms(effective_from=now + timedelta(days=1))
    with pytest.raises(LicenceNeeded) as refused:
        publish(later)
    assert refused.value.params["kinds"] == "business, school"
    assert need() is Need.MISSING
    assert programmes.schedule().in_force(now + timedelta(days=2)) == history
    pass_(valid_until=day(1))
    pass_(kind="school", valid_until=None)
    publish(later)
    with clock.at(now + timedelta(days=3)):  # the business licence has ended
        with pytest.raises(LicenceNeeded):
            publish(make_terms(effective_from=now + timedelta(days=9)))
        assert programmes.schedule().in_force(clock.now()).number == 2


def test_owners_are_told_that_there_is_something_to_read(
    institution: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []
    box = type(
        "Box", (), {"name": "box", "mailbox": "", "send": lambda _self, one: kept.append(one)}
    )
    monkeypatch.setattr(registry, "messenger", lambda _medium: box())
    owner = make_user("owner-of-it")
    add_member(owner, Role.OWNER)
    row = Membership.objects.get(user=owner)
    row.contact = "owner@example.org"
    row.save(update_fields=["contact"])
    with connection.cursor() as cursor:
        jobs = "SELECT args FROM procrastinate_jobs WHERE task_name = 'compliance.tell_owner'"
        actions.decide_licence(submit(), LicenceState.RETURNED, "看不清编号")
        cursor.execute(jobs)
        ((stored,),) = cursor.fetchall()
    arguments = json.loads(stored) if isinstance(stored, str) else stored
    assert arguments["membership"] == str(row.id)
    tasks.tell_owner(arguments["membership"], arguments["about"])
    assert [(one.to, "编号" in one.text) for one in kept] == [("owner@example.org", False)]
    row.role = Role.FINANCE
    row.save(update_fields=["role"])
    tasks.tell_owner(arguments["membership"], arguments["about"])
    assert len(kept) == 1


def test_the_demo_leaves_one_that_ends_soon_and_one_that_waits(
    institution: InstitutionFacts,
) -> None:
    demo_licences.leave_passed(clock.now() - timedelta(days=30), queries.today())
    assert queries.waiting()["licences"] == 1
    assert need() is Need.EXPIRING
    found = {one.kind.value: one.days_left(queries.today()) for one in queries.licence_standings()}
    assert found == {"business": 18, "school": 800, "icp": None}
    with scope.institution(found_institution(slug="lantu", name="蓝图").id):
        demo_licences.leave_waiting(queries.today())
    assert [row.institution.slug for row in queries.filed("submitted")] == ["lantu"]
    assert [row.institution.slug for row in queries.filed("expiring")] == ["zhixing"]
