"""Statements of any period: opening + movements = closing, each with its source, as files too."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kefen.commissions import actions as commissions
from kefen.faces.web import statement_sheets, statements
from kefen.ledger import queries as ledger
from kefen.platform import clock
from kefen.platform.exports import queries as exports
from kefen.platform.exports import work
from tests.faces.school import School


def lived(school: School, story: list[tuple[int, bool]]) -> None:
    """Orders so many days ago, some refunded at once."""
    for number, (back, refunded) in enumerate(story):
        with clock.at(clock.now() - timedelta(days=back)):
            order = school.buy(phone=f"1370000{number:04}")
            if refunded:
                school.refund(f"r-{order}", order, 100_00)
    commissions.mature(clock.now())


def test_any_window_opens_and_closes_where_the_ledger_does(school: School) -> None:
    lived(school, [(30, False), (12, True), (12, False), (5, False), (1, True), (0, False)])
    today = clock.now().astimezone(school.facts.zone).date()
    codes = statement_sheets.accounts_of("yu")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 40), st.integers(0, 40))
    def holds(first: int, last: int) -> None:
        one, other = sorted((today - timedelta(days=first), today - timedelta(days=last)))
        period = statements.between(one, other)
        page = statements.page(codes, period, "x")
        assert page.opening + page.total_in - page.total_out == page.closing
        before = ledger.balances_before(codes, "CNY", period.start)
        assert page.opening == sum(before.values())
        after = statements.page(codes, statements.between(other, other), "x")
        assert after.closing == page.closing
        rows = list(
            statement_sheets.sheet(
                {"promoter": "yu", "from": one.isoformat(), "to": other.isoformat()}
            ).rows
        )
        moved = sum((row[8] or 0) - (row[7] or 0) for row in rows)  # type: ignore[operator]
        assert page.opening + moved == page.closing

    holds()


def test_windows_are_half_open_in_the_institution_s_zone(school: School) -> None:
    zone = school.facts.zone
    period = statements.between(date(2026, 11, 1), date(2026, 11, 2))
    assert f"{period.start.astimezone(zone)}" == "2026-11-01 00:00:00+08:00"
    assert f"{period.end.astimezone(zone)}" == "2026-11-03 00:00:00+08:00"  # type: ignore[union-attr]
    assert statements.chosen({"from": "2026-11-02", "to": "2026-11-01"}) == statements.month("")
    assert statements.chosen({"from": "2026-11-02"}).starts_on == date(2026, 11, 2)


def test_a_job_writes_it_and_every_line_has_its_source(school: School) -> None:
    lived(school, [(12, False), (3, True)])
    today = clock.now().astimezone(school.facts.zone).date()
    posted = {"from": f"{today - timedelta(days=20)}", "to": f"{today}", "format": "xlsx"}
    for who, face, address in (
        ("promoter", "p", "statement/file"),
        ("owner", "o", "statements/file"),
    ):
        client = school.as_(who)
        assert client.post(school.at(address, face), posted).status_code == 302
        party = "promoter:yu" if face == "p" else ""
        (asked,) = exports.listed(party)
        work.run(asked.id)
        (done,) = exports.listed(party)
        assert done.state == "ready", done
        path = "files" if face == "p" else "tasks"
        answer = client.get(school.at(f"{path}/{done.id}/file", face))
        page = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        rows = [row for row in page.iter_rows(min_row=2, values_only=True) if row[2]]
        rows = [row for row in rows if len(row) == 10]
        assert rows
        assert all(row[3] for row in rows if str(row[2]).startswith(("order:", "refund:")))
        mine = [row for row in rows if str(row[2]).startswith("commission:")]
        assert all(row[4] and str(row[5]).startswith("cms_") for row in mine)
        owed = sum(Decimal(str(row[8] or 0)) - Decimal(str(row[7] or 0)) for row in rows)
        codes = statement_sheets.accounts_of("yu" if face == "p" else "")
        assert owed * 100 == sum(ledger.balances(codes, "CNY").values())


def test_what_makes_no_sense_is_refused(school: School) -> None:
    owner = school.as_("owner")
    for posted in ({}, {"from": "2026-11-02", "to": "2026-11-01", "format": "csv"}):
        assert owner.post(school.at("statements/file", "o"), posted).status_code == 422
    assert list(exports.listed()) == []


def test_what_is_large_is_not_written_in_a_request(school: School, monkeypatch: object) -> None:
    school.buy()
    monkeypatch.setattr(statement_sheets, "SMALL", 1)  # type: ignore[attr-defined]
    assert school.as_("owner").get(school.at("statements.csv", "o")).status_code == 302
