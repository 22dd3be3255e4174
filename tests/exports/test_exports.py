"""Exports: asked for, written by a job, fetched for a day, gone."""

import csv
import io
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test import override_settings

from kefen.core.errors import InvalidInput, NotFound
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions, kinds, queries, work
from kefen.platform.exports.contracts import Cell, Column, ExportFacts, Format, Sheet, State
from kefen.platform.exports.models import Export, Part
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution

AT = datetime(2026, 11, 21, 16, 0, 0, tzinfo=UTC)
NASTY = (
    "=1+1",
    "+1",
    "-1",
    "@A1",
    "\tx",
    "\rx",
    '知行, "学堂"\n二',
    "4200002026112200001234567890",
)


def sheet(rows: Iterator[tuple[object, ...]], count: int) -> Sheet:
    columns = (
        Column("Number"),
        Column("Amount", Cell.AMOUNT),
        Column("At", Cell.INSTANT),
        Column("Rate", Cell.RATE),
        Column("Pieces", Cell.COUNT),
    )
    return Sheet("orders-2026-11", "Orders", columns, rows, count, filters={"State": "paid"})


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A kind of export of the test's own, and a folder."""

    def make(parameters: Mapping[str, str]) -> Sheet:
        if parameters.get("bad"):
            raise InvalidInput(field="bad", reason="it is bad")
        if parameters.get("broken"):
            return sheet((({}[1],) for _ in range(1)), 1)
        count = int(parameters.get("count", len(NASTY)))
        rows = (
            (NASTY[n % len(NASTY)], (-1) ** n * (n + 5), AT, 1250, None if n == 1 else n)
            for n in range(count)
        )
        return sheet(rows, count)

    monkeypatch.setitem(kinds._kinds, "test", make)
    with override_settings(EXPORTS_ROOT=tmp_path / "exports"):
        yield


def written(form: Format = Format.CSV, **parameters: str) -> ExportFacts:
    asked = actions.ask("test", form, actor=SYSTEM, parameters=parameters)
    work.run(asked.id)
    return queries.one(asked.id)


def content(found: ExportFacts) -> bytes:
    return b"".join(actions.fetch(found.id, actor=SYSTEM)[1])


def test_a_csv_that_spreadsheets_open_and_nobody_runs(institution: object) -> None:
    found = written()
    assert (found.state, found.done, found.total, found.percent) == (State.READY, 8, 8, 100)
    data = content(found)
    assert found.size == len(data)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][1] in ("Amount (元)", "Amount（元）", "Amount (yuan)")
    assert [row[0] for row in rows[1:9]] == [
        *("'=1+1", "'+1", "'-1", "'@A1", "'\tx", "'\rx"),
        NASTY[6],
        f"\t{NASTY[7]}",
    ]
    assert [row[1] for row in rows[1:4]] == ["0.05", "-0.06", "0.07"]
    assert rows[1][2:] == ["2026-11-22 00:00:00", "12.50%", "0"]
    assert rows[2][4] == ""
    last = {row[0]: row[1] for row in rows[9:]}
    assert last["State"] == "paid"
    assert list(last.values())[1] == "Asia/Shanghai"
    assert list(last.values())[3] == "8"


def test_a_workbook_says_the_same(institution: object) -> None:
    found = written(Format.XLSX)
    page = openpyxl.load_workbook(io.BytesIO(content(found))).active
    rows = list(page.iter_rows(values_only=True))
    # XML has no carriage return in a text; the format writes it as a code that Excel reads.
    assert [row[0] for row in rows[1:9]] == [text.replace("\r", "_x000D_") for text in NASTY]
    assert [cell.data_type for cell in page["A"][1:9]] == ["s"] * 8
    assert [row[1] for row in rows[1:4]] == [0.05, -0.06, 0.07]
    assert rows[1][2] == datetime(2026, 11, 22)  # noqa: DTZ001 - a cell knows no zone
    assert rows[1][3] == 0.125
    assert rows[2][4] is None
    assert found.file_name == "orders-2026-11.xlsx"
    assert not list(Path(work_folder()).glob("*"))


def work_folder() -> Path:
    from kefen.platform.exports.writing import scratch

    return scratch()


def test_the_file_is_sealed_at_rest(institution: object) -> None:
    found = written()
    stored = b"".join(bytes(part.content) for part in Part.objects.all())
    assert "知行".encode() not in stored
    assert b"orders" not in stored
    assert found.size > 0


def test_one_s_export_is_nobody_else_s(institution: object) -> None:
    asked = actions.ask("test", Format.CSV, actor=SYSTEM, party="promoter:yu")
    work.run(asked.id)
    for party in ("", "promoter:xu"):
        with pytest.raises(NotFound):
            actions.fetch(asked.id, actor=SYSTEM, party=party)
        with pytest.raises(NotFound):
            queries.one(asked.id, party)
    other = found_institution(slug="other", name="别家")
    with scope.institution(other.id), pytest.raises(NotFound):
        actions.fetch(asked.id, actor=SYSTEM, party="promoter:yu")
    assert not queries.listed().exists()
    assert [one.id for one in queries.listed("promoter:yu")] == [asked.id]


def test_each_step_is_audited(institution: object) -> None:
    found = written()
    content(found)
    verbs = list(Record.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-2:] == ["export.asked", "export.fetched"]


@pytest.mark.parametrize(("parameter", "reason"), [("bad", "refused"), ("broken", "broken")])
def test_what_fails_says_why_and_can_be_tried_again(
    institution: object, parameter: str, reason: str
) -> None:
    found = written(**{parameter: "1"})
    assert (found.state, found.reason) == (State.FAILED, reason)
    assert Part.objects.count() == 0
    Export.objects.filter(id=found.id).update(parameters={})
    actions.retry(found.id, actor=SYSTEM)
    actions.retry(found.id, actor=SYSTEM)  # pressed twice
    work.run(found.id)
    assert queries.one(found.id).state == State.READY
    content(queries.one(found.id))


def test_after_a_day_the_file_is_gone(institution: object) -> None:
    found = written()
    with clock.at(clock.now() + timedelta(hours=23, minutes=59)):
        actions.tidy()
        assert Part.objects.count() == 1
    with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
        with pytest.raises(NotFound):
            actions.fetch(found.id, actor=SYSTEM)
        actions.tidy()
        assert Part.objects.count() == 0
        assert queries.one(found.id).state == State.EXPIRED
    with clock.at(clock.now() + timedelta(days=32)):
        actions.tidy()
        assert not queries.listed().exists()


def test_a_run_that_was_overtaken_leaves_nothing(institution: object) -> None:
    asked = actions.ask("test", Format.CSV, actor=SYSTEM)
    first = work._take(asked.id)
    assert first is not None
    work.run(asked.id)  # believed dead, begun again by another worker
    row = Export.objects.get(id=asked.id)
    with pytest.raises(work._Overtaken):
        work._write(row, first)
    assert queries.one(asked.id).state == State.READY
    assert content(queries.one(asked.id)).count("知行".encode()) == 1
    work.run(asked.id)  # a job that was queued twice
    assert Export.objects.get(id=asked.id).attempts == 2


def test_what_kills_its_worker_each_time_ends(institution: object) -> None:
    asked = actions.ask("test", Format.CSV, actor=SYSTEM)
    for _ in range(work.ATTEMPTS):
        assert work._take(asked.id) is not None
    work.run(asked.id)
    found = queries.one(asked.id)
    assert (found.state, found.reason) == (State.FAILED, "left_behind")


def test_progress_is_seen_while_it_is_written(committed_institution: object) -> None:
    """A16 in small: another connection sees it move."""
    import psycopg

    seen: list[int] = []
    settings = connection.get_connection_params()
    with psycopg.connect(
        **{
            k: v for k, v in settings.items() if k in ("host", "port", "user", "password", "dbname")
        },
        autocommit=True,
    ) as other:
        other.execute(
            "SELECT set_config('kefen.institution', %s, false)", [str(scope.institution_id())]
        )

        def rows() -> Iterator[tuple[object, ...]]:
            for n in range(8):
                time.sleep(0.45)
                found = other.execute("SELECT done FROM exports_export").fetchone()
                seen.append(0 if found is None else found[0])
                yield (str(n), n, AT, 0, n)

        kinds._kinds["slow"] = lambda _parameters: sheet(rows(), 8)
        try:
            asked = actions.ask("slow", Format.CSV, actor=SYSTEM)
            work.run(asked.id)
        finally:
            del kinds._kinds["slow"]
    assert seen == sorted(seen)
    assert len(set(seen)) > 2


_WRITER = """
import os, sys, time, uuid
os.environ["DJANGO_SETTINGS_MODULE"] = "kefen.config.settings"
import django
django.setup()
from kefen.platform.exports import kinds, work
from kefen.platform.exports.contracts import Bundle, Column, Sheet
from kefen.platform.tenancy import scope

def rows():
    for n in range(60_000):
        if n == 30_000:
            time.sleep(0.3)
        if n == 40_000 and sys.argv[3] == "die":
            print("dying", flush=True)
            os.kill(os.getpid(), 9)
        yield ("知行" * 8,)

sheet = Sheet("x", "x", (Column("x"),), rows(), 60_000)
made = Bundle("x", (sheet,), 60_000) if sys.argv[4] == "zip" else sheet
kinds._kinds["test"] = lambda _: made
with scope.institution(uuid.UUID(sys.argv[1])):
    work.run(uuid.UUID(sys.argv[2]))
"""


@pytest.mark.parametrize("form", list(Format))
def test_kill_9_in_the_middle_leaves_one_file_in_the_end(
    committed_institution: object, tmp_path: Path, form: Format
) -> None:
    asked = actions.ask("test", form, actor=SYSTEM)
    script = tmp_path / "writer.py"
    script.write_text(textwrap.dedent(_WRITER))
    arguments = [sys.executable, str(script), str(scope.institution_id()), str(asked.id)]
    environment = {**os.environ, "KEFEN_DATABASE_ROLE": "application"}
    died = subprocess.run([*arguments, "die", form.value], env=environment, check=False)
    assert died.returncode == -9
    assert queries.one(asked.id).state == State.RUNNING
    assert 0 < queries.one(asked.id).done < 60_000 or form == Format.XLSX
    subprocess.run([*arguments, "live", form.value], env=environment, check=True)
    found = queries.one(asked.id)
    assert (found.state, found.done) == (State.READY, 60_000)
    assert len(content(found)) == found.size
    assert len(set(Part.objects.values_list("attempt", flat=True))) == 1


def test_memory_stays_flat(institution: object) -> None:
    import tracemalloc

    peaks = []
    for count in (5_000, 40_000):
        tracemalloc.start()
        assert written(count=str(count)).state == State.READY
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 1_000_000
