"""The evidence of a time: one ZIP whose manifest fits its files, and nobody named in full."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from kefen.compliance import actions as compliance
from kefen.core.errors import NotAllowed
from kefen.core.terms import PlatformLimits, PromoterKind
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions, queries, work
from kefen.platform.exports.contracts import Format, State
from kefen.platform.exports.models import Export
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.platform.tenancy.actions import set_limits
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.promoters.actions import Enrolment, apply, enrol
from tests.faces.conftest import site
from tests.faces.school import School, open_school

__all__ = ["site"]


@pytest.fixture
def school(institution: InstitutionFacts, site: None) -> School:
    """A school that sold something."""
    opened = open_school(institution)
    account = account_with_phone("13900000055")
    new = {"nickname": "李明明", "agreed": True, "adult": True}
    apply(account_id=account.id, code="new", kind=PromoterKind.STUDENT, **new)
    enrol([Enrolment("low", PromoterKind.STUDENT, None, None, clock.now(), None, "yu")])
    opened.buy()
    set_limits(PlatformLimits(max_rate_bps=2500))
    compliance.complain(compliance.NewComplaint("other", "秘密", contact="secret@example.org"))
    return opened


def files(form: Format = Format.ZIP, **period: str) -> dict[str, bytes]:
    asked = actions.ask("evidence", form, actor=SYSTEM, parameters=period)
    work.run(asked.id)
    found = queries.one(asked.id)
    assert found.state is State.READY, (found.reason, found.detail)
    assert found.percent == 100
    assert found.file_name.endswith(".zip")
    whole = b"".join(actions.fetch(asked.id, actor=SYSTEM)[1])
    assert len(whole) == found.size
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def this_year() -> dict[str, str]:
    today = clock.now().date()
    return {"from": (today - timedelta(days=90)).isoformat(), "to": today.isoformat()}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_manifest_fits_its_files(school: School) -> None:
    found = files(**this_year())
    assert set(found) == {
        *("limits.csv", "acceptances.csv", "rebates.csv", "inviters.csv", "audit-log.csv"),
        *("agreement-2026-11.txt", "programme-versions.json", "check-of-the-books.txt"),
        "manifest.json",
    }
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["sha256"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    assert (manifest["slug"], manifest["from"]) == ("zhixing", this_year()["from"])
    assert b"everything agrees" in found["check-of-the-books.txt"]
    assert json.loads(found["programme-versions.json"])[0]["max_rate_bps"] == 3000


def test_what_stands_in_it(school: School) -> None:
    found = files(**this_year())
    assert [row[:3:2] for row in rows(found["limits.csv"])[1:3]] == [
        ["2", "25.00%"],
        ["1", "30.00%"],
    ]
    (rebate,) = [row for row in rows(found["rebates.csv"]) if row[1:2] and row[1][:4] == "cms_"]
    assert (rebate[4], rebate[7], rebate[10], rebate[11]) == ("yu", "59.80", "1", "base")
    assert json.loads(rebate[14])
    assert rows(found["inviters.csv"])[1][:3] == ["yu", "1", "1"]
    assert ["new", "李**"] in [row[:2] for row in rows(found["acceptances.csv"])]
    assert "complaint.raised" in found["audit-log.csv"].decode()
    whole = b"".join(found.values()).decode()
    for secret in ("李明明", "13900000055", "于小鱼", "秘密", "secret@", "13800000001"):
        assert secret not in whole, secret


def test_another_time_has_other_rebates(school: School) -> None:
    early = files(**{"from": "2020-01-01", "to": "2020-01-02"})
    assert b"cms_" not in early["rebates.csv"]
    assert b"cms_" in files(**this_year())["rebates.csv"]


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_it_is_nothing_but_a_zip(school: School, form: Format) -> None:
    asked = actions.ask("evidence", form, actor=SYSTEM, parameters=this_year())
    work.run(asked.id)
    assert queries.one(asked.id).state is State.FAILED


def test_a_bad_time_is_said(school: School) -> None:
    asked = actions.ask("evidence", Format.ZIP, actor=SYSTEM, parameters={"from": "x"})
    work.run(asked.id)
    assert queries.one(asked.id).reason == "refused"


def test_it_is_the_owner_s_and_noted(school: School) -> None:
    operator = Actor(ActorKind.OPERATOR, school.users["operator"].id)
    with pytest.raises(NotAllowed):
        actions.ask("evidence", Format.ZIP, actor=operator, parameters=this_year())
    assert not Export.objects.exists()
    files(**this_year())
    verbs = list(Record.objects.filter(verb__startswith="export.").values_list("verb", flat=True))
    assert sorted(verbs) == ["export.asked", "export.fetched"]
