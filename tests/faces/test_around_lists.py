"""Around the console's lists: deeds on many rows, kept filters, files of what is seen."""

import csv
import io

import pytest
from django.http import HttpResponse

from kefen.core.terms import PromoterKind
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions as exports
from kefen.platform.exports import work
from kefen.platform.exports.models import Export
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.saved_filters.actions import MOST
from kefen.platform.saved_filters.models import SavedFilter
from kefen.promoters import actions as promoters
from kefen.promoters.models import Promoter
from tests.faces.school import School

CODES = ("a1", "a2", "a3")


def _apply() -> None:
    for number, code in enumerate(CODES):
        account = account_with_phone(f"1370000000{number}", name="某某")
        promoters.apply(
            account_id=account.id,
            code=code,
            kind=PromoterKind.CHANNEL,
            nickname=f"渠道{number}",
            agreed=True,
            adult=True,
        )


def _do(school: School, who: str = "owner", step: str = "/do", **typed: object) -> HttpResponse:
    address = school.at(f"promoters-many{step}", "o")
    return school.as_(who).post(address, typed)  # type: ignore[return-value, arg-type]


def _statuses() -> dict[str, str]:
    return dict(Promoter.objects.filter(code__in=CODES).values_list("code", "status"))


def test_choosing_only_shows_what_would_come_of_it(school: School) -> None:
    _apply()
    page = _do(school, step="", promoter=CODES, decision="approve")
    assert page.status_code == 200
    html = page.content.decode()
    assert "他们从现在起可以推广" in html
    assert all(f'value="{code}"' in html for code in CODES)
    assert set(_statuses().values()) == {"applied"}


def test_each_has_a_result_of_its_own_and_twice_is_once(school: School) -> None:
    _apply()
    promoters.reject("a3", reason="资料不全")
    noted = Record.objects.count()
    for _ in range(2):
        html = _do(school, promoter=CODES, decision="approve").content.decode()
        assert "完成 2 位，未通过 1 位" in html
        assert html.count("promoters/a3") == 1
    assert _statuses() == {"a1": "active", "a2": "active", "a3": "rejected"}
    assert Record.objects.count() == noted + 2


def test_a_reason_is_asked_for_before_anything_happens(school: School) -> None:
    _apply()
    page = _do(school, promoter=CODES, decision="reject", reason="  ")
    assert page.status_code in {422, 400}
    assert "请写明原因" in page.content.decode()
    assert set(_statuses().values()) == {"applied"}
    _do(school, promoter=CODES[:2], decision="reject", reason="资料不全")
    assert _statuses() == {"a1": "rejected", "a2": "rejected", "a3": "applied"}


def test_many_are_suspended_and_grouped(school: School) -> None:
    _apply()
    _do(school, promoter=CODES, decision="approve")
    _do(school, promoter=CODES, decision="group", group="gold")
    _do(school, promoter=CODES[:1], decision="suspend", reason="核实中")
    assert _statuses()["a1"] == "suspended"
    assert set(Promoter.objects.filter(code__in=CODES).values_list("group", flat=True)) == {"gold"}


@pytest.mark.parametrize("who", ["finance", "read_only"])
@pytest.mark.parametrize("step", ["", "/do"])
def test_only_whose_work_it_is_decides(school: School, who: str, step: str) -> None:
    _apply()
    answer = _do(school, who, step, promoter=CODES, decision="approve")
    assert answer.status_code == 403
    assert set(_statuses().values()) == {"applied"}


def test_nothing_ticked_or_no_such_deed_changes_nothing(school: School) -> None:
    _apply()
    assert _do(school, step="", decision="approve").status_code == 302
    assert _do(school, step="", promoter=CODES, decision="burn").status_code == 302
    assert _do(school, promoter=[*CODES, "\x00", "nobody"], decision="burn").status_code >= 400
    assert set(_statuses().values()) == {"applied"}


def _keep(school: School, who: str = "owner", **typed: str) -> None:
    answer = school.as_(who).post(school.at("lists/orders/keep", "o"), typed)
    assert answer.status_code == 302


def test_a_filter_is_kept_for_oneself_or_for_everybody(school: School) -> None:
    _keep(school, name="退款", state="refunded")
    _keep(school, name="大家的", state="paid", shared="1")
    mine = school.as_("owner").get(school.at("orders?state=refunded", "o")).content.decode()
    theirs = school.as_("finance").get(school.at("orders", "o")).content.decode()
    assert 'href="?state=refunded" aria-current="true"' in mine
    assert "不再保存「退款」" in mine
    assert 'href="?state=paid"' in theirs
    assert "成员 owner" in theirs
    assert "?state=refunded" not in theirs


def test_a_name_is_written_over_and_a_list_keeps_so_many(school: School) -> None:
    _keep(school, name="一", state="paid")
    _keep(school, name="一", state="placed", q="D0")
    assert SavedFilter.objects.get().query == "q=D0&state=placed"
    for number in range(MOST + 3):
        _keep(school, name=f"n{number}", state="paid")
    assert SavedFilter.objects.count() == MOST
    _keep(school, name="", state="paid")
    _keep(school, name="空")
    assert SavedFilter.objects.count() == MOST


def test_only_one_s_own_is_let_go(school: School) -> None:
    _keep(school, name="大家的", state="paid", shared="1")
    kept = str(SavedFilter.objects.get().id)
    for who, left in (("finance", 1), ("owner", 0), ("owner", 0)):
        school.as_(who).post(school.at("lists/orders/let-go", "o"), {"id": kept})
        assert SavedFilter.objects.count() == left
    assert school.as_("owner").post(school.at("lists/secrets/keep", "o")).status_code == 404


def _file(school: School, place: str, who: str = "owner", **typed: str) -> list[list[str]]:
    answer = school.as_(who).post(school.at(f"lists/{place}/export", "o"), typed)
    assert answer.status_code == 302, answer.status_code
    row = Export.objects.latest("asked_at")
    work.run(row.id)
    _facts, pieces = exports.fetch(row.id, actor=SYSTEM)
    return list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))


def test_a_file_has_what_the_list_shows_masked(school: School) -> None:
    number = school.buy(phone="13800000001")
    rows = _file(school, "orders", "finance", state="paid")
    assert [row[0] for row in rows[1:2]] == [number]
    text = "\n".join(",".join(row) for row in rows)
    assert "13800000001" not in text
    assert "299.00" in text
    assert "59.80" in text
    assert number not in str(_file(school, "orders", state="cancelled"))


def test_names_and_phones_are_for_those_who_may_see_them(school: School) -> None:
    school.buy(phone="13800000001")
    assert "13800000001" in str(_file(school, "orders", "finance", full="1"))
    assert "13900000001" in str(_file(school, "promoters", "owner", full="1"))
    assert "13900000001" not in str(_file(school, "promoters", "operator"))
    for who in ("operator", "reviewer", "read_only"):
        answer = school.as_(who).post(school.at("lists/orders/export", "o"), {"full": "1"})
        assert answer.status_code == 403, who
    assert school.as_("reviewer").post(school.at("lists/orders/export", "o")).status_code == 403
