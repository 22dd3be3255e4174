"""The task centre: files of the school and of a promoter, for those whose they are."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import pytest

from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions, kinds, work
from kefen.platform.exports.contracts import Column, Format, Sheet
from kefen.platform.exports.models import Export
from kefen.platform.identity.contracts import SYSTEM
from tests.faces.school import School


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small export."""

    def make(_parameters: Mapping[str, str]) -> Sheet:
        return Sheet("small", "Small", (Column("Name"),), iter([("知行",)]), 1)

    monkeypatch.setitem(kinds._kinds, "small", make)


def ask(party: str = "", *, run: bool = True) -> uuid.UUID:
    asked = actions.ask("small", Format.CSV, actor=SYSTEM, party=party)
    if run:
        work.run(asked.id)
    return asked.id


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_file_is_fetched_as_an_attachment(school: School) -> None:
    id_ = ask()
    owner = school.as_("owner")
    page = owner.get(school.at("tasks", "o")).content.decode()
    assert f"tasks/{id_}/file" in page
    assert "http-equiv" not in page
    answer = owner.get(school.at(f"tasks/{id_}/file", "o"))
    assert answer["Content-Disposition"] == 'attachment; filename="small.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert "知行" in body(answer).decode("utf-8-sig")
    assert Record.objects.order_by("id").last().verb == "export.fetched"  # type: ignore[union-attr]


def test_what_is_under_way_moves_without_script_too(school: School) -> None:
    id_ = ask(run=False)
    Export.objects.filter(id=id_).update(state="running", attempt=id_, done=12_400, total=48_210)
    client = school.as_("owner")
    client.cookies["kefen_language"] = "zh-hans"
    page = client.get(school.at("tasks", "o")).content.decode()
    assert "12,400 / 48,210 行（25%）" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_failed_one_is_tried_again(school: School) -> None:
    id_ = ask(run=False)
    Export.objects.filter(id=id_).update(state="failed", reason="broken")
    owner = school.as_("owner")
    assert owner.post(school.at(f"tasks/{id_}/retry", "o")).status_code == 302
    assert Export.objects.get(id=id_).state == "queued"


def test_a_promoter_has_his_own_and_nobody_else_s(school: School) -> None:
    own, others, schools = ask("promoter:yu"), ask("promoter:xu"), ask()
    promoter = school.as_("promoter")
    page = promoter.get(school.at("files", "p")).content.decode()
    assert str(own) in page
    assert str(others) not in page
    assert promoter.get(school.at(f"files/{own}/file", "p")).status_code == 200
    for other in (others, schools, uuid.uuid4()):
        assert promoter.get(school.at(f"files/{other}/file", "p")).status_code == 404
        assert promoter.post(school.at(f"files/{other}/retry", "p")).status_code == 404
    assert school.as_("owner").get(school.at(f"tasks/{own}/file", "o")).status_code == 404


def test_a_role_without_the_deed_may_look_and_not_fetch(school: School) -> None:
    id_ = ask()
    reader = school.as_("read_only")
    page = reader.get(school.at("tasks", "o")).content.decode()
    assert f"tasks/{id_}/file" not in page
    assert reader.get(school.at(f"tasks/{id_}/file", "o")).status_code == 403
    assert reader.post(school.at(f"tasks/{id_}/retry", "o")).status_code == 403


def test_the_day_after_it_is_gone(school: School) -> None:
    id_ = ask()
    with clock.at(clock.now() + timedelta(hours=25)):
        owner = school.as_("owner")
        assert owner.get(school.at(f"tasks/{id_}/file", "o")).status_code == 404
