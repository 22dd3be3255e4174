"""Complaints: taken in from anybody, not too often, and decided once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from kefen.compliance import actions, queries
from kefen.compliance.contracts import ComplaintState
from kefen.compliance.models import Complaint
from kefen.core.errors import IllegalTransition, InvalidInput, NotFound, TooOften
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.promoters.queries import by_code
from kefen.referrals.actions import make_link
from tests.factories.people import make_promoter


def complain(**other: Any) -> Any:
    told = {"kind": "poster", "text": "海报上没有广告字样", "origin": "203.0.113.7"}
    return actions.complain(actions.NewComplaint(**(told | other)))


@pytest.mark.parametrize("prefix", ["", "https://kefen.example/s/", "/s/"])
def test_the_promoter_is_found_by_link_or_code(institution: object, prefix: str) -> None:
    make_promoter(code="yu")
    link = make_link(by_code("yu").id).short_code
    id_ = complain(about=f"{prefix}{link}" + ("?x=1" if prefix else ""))
    assert queries.complaint(id_).promoter.code == "yu"
    assert queries.complaint(complain(about="yu")).promoter.code == "yu"
    assert queries.complaint(complain(about="nobody")).promoter is None


def test_what_may_name_persons_is_encrypted(institution: object) -> None:
    id_ = complain(contact="someone@example.org")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text, contact, origin FROM compliance_complaint WHERE id = %s", [id_]
        )
        stored = b"".join(bytes(one) for one in cursor.fetchone())
    for plain in ("广告", "someone", "203.0.113.7"):
        assert plain.encode() not in stored
    assert queries.complaint(id_).contact == "someone@example.org"
    assert "广告" not in str(Record.objects.get(verb="complaint.raised").details)


@pytest.mark.parametrize(
    "wrong", [{"kind": "x"}, {"text": " "}, {"text": "字" * 1001}, {"contact": "c" * 121}]
)
def test_a_bad_one_leaves_nothing(institution: object, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        complain(**wrong)
    assert not Complaint.objects.exists()
    assert not Record.objects.filter(verb="complaint.raised").exists()


def test_nobody_sends_more_than_he_has_reason_for(institution: object) -> None:
    for _ in range(5):
        complain()
    with pytest.raises(TooOften):
        complain()
    complain(origin="203.0.113.8")
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        complain()
    assert Complaint.objects.count() == 7


def test_it_is_decided_once_and_noted(institution: object) -> None:
    id_ = complain()
    assert queries.waiting()["complaints"] == 1
    with pytest.raises(InvalidInput):
        actions.answer(id_, ComplaintState.CLOSED, "")
    with pytest.raises(IllegalTransition):
        actions.answer(id_, ComplaintState.OPEN, "x")
    actions.answer(id_, ComplaintState.ANSWERED, "已提醒推广员")
    with pytest.raises(IllegalTransition):
        actions.answer(id_, ComplaintState.CLOSED, "again")
    row = queries.complaint(id_)
    assert (row.state, row.note) == ("answered", "已提醒推广员")
    assert queries.waiting()["complaints"] == 0
    assert Record.objects.filter(verb="complaint.answered").count() == 1
    with pytest.raises(NotFound):
        actions.answer(uuid4(), ComplaintState.CLOSED, "x")
