"""The platform's console: schools, limits with their reasons, risk, jobs, the log."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefen.core.errors import NotAllowed
from kefen.core.ids import uuid7
from kefen.core.states import InstitutionState
from kefen.faces.web.platform.audit_build import ZONE
from kefen.oversight import actions as oversight
from kefen.oversight.models import Figures
from kefen.platform import clock, jobs
from kefen.platform.audit.models import PlatformRecord
from kefen.platform.audit.models import Record as InstitutionRecord
from kefen.platform.exports import actions as exports
from kefen.platform.exports import work
from kefen.platform.exports.contracts import Format
from kefen.platform.exports.models import PlatformExport, PlatformPart
from kefen.platform.identity import acting
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution, set_state
from kefen.platform.tenancy.models import Institution
from tests.faces.school import School

LIMITS = {
    "institution": "zhixing",
    "max_rate_percent": "20",
    "minimum_hold_days": "9",
    "minimum_age": "18",
    "forbidden_words": "",
    "reason": "监管要求降低成本",
}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def many(number: int, start: int = 0) -> None:
    """More schools, with figures, as jobs gather them."""
    now = clock.now()
    made = [
        Institution(
            id=uuid7(),
            slug=f"s-{place:05}",
            name=f"学校 {place:05}",
            created_at=now,
            currency="CNY",
        )
        for place in range(start, number)
    ]
    Institution.objects.bulk_create(made)
    Figures.objects.bulk_create(
        Figures(
            institution_id=one.id,
            gathered_at=now,
            sales=place * 100,
            attention=place % 7,
            signals_open=place % 7,
            cap_bps=2000,
        )
        for place, one in enumerate(made, start=start)
    )


@pytest.mark.parametrize(
    "address",
    ["/platform/", "/platform/?sort=attention&state=open", "/platform/risk", "/platform/health"],
)
def test_ten_thousand_schools_take_no_more_queries_than_two(school: School, address: str) -> None:
    client = school.as_("platform")
    many(2)
    page(client, address)
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    many(10_000, start=2)
    with CaptureQueriesContext(connection) as lots:
        page(client, address)
    assert len(lots) == len(few)
    assert len(lots) < 16


def test_the_list_is_walked_from_end_to_end(school: School) -> None:
    many(120)
    client, seen = school.as_("platform"), list[str]()
    address = "/platform/?q=学校"
    while True:
        html = page(client, address)
        seen += re.findall(r'<span class="s mono">(s-\d+)</span>', html)
        later = re.search(r'rel="next" href="([^"]+)"', html)
        if later is None:
            break
        address = "/platform/" + later[1].replace("&amp;", "&")
    assert seen == sorted(seen, reverse=True)  # the most sales first
    assert len(seen) == len(set(seen)) == 120


def test_schools_are_found_by_name_and_state(school: School) -> None:
    many(3)
    client = school.as_("platform")
    assert "s-00001" in page(client, "/platform/?q=00001")
    assert "s-00002" not in page(client, "/platform/?q=00001")
    set_state(InstitutionState.PAUSED, reason="why")
    html = page(client, "/platform/?state=paused")
    assert "zhixing" in html
    assert "s-00001" not in html
    assert "没有符合条件的机构" in page(client, "/platform/?q=nobody")


def test_one_school_shows_what_was_gathered_and_nobody(school: School) -> None:
    school.buy(phone="13700000001")
    oversight.gather()
    oversight.gather_months()
    html = page(school.as_("platform"), "/platform/institutions/zhixing")
    assert "299" in html
    for person in ("13700000001", "小鱼", ">yu<", "于小鱼"):
        assert person not in html
    assert school.as_("owner").get("/platform/institutions/zhixing").status_code == 404
    assert school.as_("platform").get("/platform/institutions/nobody").status_code == 404


def test_a_pause_is_said_to_everybody_in_his_way(school: School) -> None:
    client = school.as_("platform")
    there = "/platform/institutions/zhixing"
    assert client.post(f"{there}/state", {"state": "paused", "reason": ""}).status_code == 422
    assert client.post(f"{there}/state", {"state": "closed", "reason": "x"}).status_code == 422
    assert not tenancy.by_slug("zhixing").paused
    browser = school.guest()
    form = school.form(browser)
    done = client.post(f"{there}/state", {"state": "paused", "reason": "资料核对中"})
    assert done["Location"] == there
    assert "资料核对中" in page(client, there)
    assert "资料核对中" in page(school.as_("owner"), school.at("", "o"))
    shop = page(school.guest(), school.at("c/maths"))
    assert "暂不接受新订单" in shop
    assert "资料核对中" not in shop
    assert "立即报名" not in shop
    assert "资料核对中" not in page(school.as_("promoter"), school.at("", "p"))
    # Somebody had the form open: the refusal is the action's, not the page's.
    answer = school.send(browser, {**form, "phone": "13800000009", "terms": "1"})
    assert answer.status_code == 409
    assert "暂不接受新订单" in answer.content.decode()
    client.post(f"{there}/state", {"state": "open", "reason": "核对完成"})
    assert "立即报名" in page(school.guest(), school.at("c/maths"))


def test_a_plan_is_noted_with_a_reason(school: School) -> None:
    client, there = school.as_("platform"), "/platform/institutions/zhixing/plan"
    assert client.post(there, {"plan": "premium", "plan_reason": " "}).status_code == 422
    assert client.post(there, {"plan": "x", "plan_reason": "y"}).status_code == 422
    assert tenancy.by_slug("zhixing").plan == "standard"
    assert client.post(there, {"plan": "premium", "plan_reason": "签约"}).status_code == 302
    assert tenancy.by_slug("zhixing").plan == "premium"


def test_limits_are_reviewed_before_they_are_published(school: School) -> None:
    client = school.as_("platform")
    oversight.gather()
    other = found_institution(slug="other", name="别校")
    Figures.objects.create(
        institution_id=other.id,
        gathered_at=clock.now(),
        programme_number=4,
        programme_cap_bps=2500,
        programme_hold_days=30,
    )
    answer = client.post("/platform/limits/review", LIMITS)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "30%" in html
    assert "第 1 版" in html  # this school's version stands above
    assert "别校" in html
    assert "第 4 版" in html
    assert tenancy.limits_row().number == 1
    after = re.search(r'name="after" value="(\d+)"', html)
    assert after is not None
    assert after[1] == "1"
    assert client.post("/platform/limits", {**LIMITS, "after": "1"}).status_code == 302
    # A second tab that began from the same limits publishes nothing.
    late = client.post("/platform/limits", {**LIMITS, "max_rate_percent": "10", "after": "1"})
    assert late.status_code == 409
    row = tenancy.limits_row()
    assert (row.number, row.max_rate_bps) == (2, 2000)
    assert (row.reason, row.decided_by) == (LIMITS["reason"], school.users["platform"].id)


def test_the_school_sees_the_lock_and_the_reason_of_each_limit(school: School) -> None:
    client = school.as_("platform")
    client.post("/platform/limits", LIMITS)
    client.post("/platform/limits", {**LIMITS, "minimum_hold_days": "12", "reason": "退款变多"})
    whys = tenancy.limits_whys()
    assert whys["max_rate_bps"].reason == LIMITS["reason"]
    assert whys["minimum_hold_days"].reason == "退款变多"
    assert whys["minimum_age"].reason == ""
    for address in ("programme", "compliance"):
        html = page(school.as_("owner"), school.at(address, "o"))
        assert html.count("由平台锁定") == 5
        assert LIMITS["reason"] in html
        assert "退款变多" in html
    history = page(client, "/platform/limits?institution=zhixing")
    assert history.count("第 1 次决定") == 1
    assert "第 3 次决定" in history


def test_a_failed_job_runs_again(school: School) -> None:
    client = school.as_("platform")
    jobs.enqueue("oversight.gather")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
        ((job,),) = cursor.fetchall()
    html = page(client, "/platform/health")
    assert "oversight.gather" in html
    assert f"/platform/jobs/{job}/retry" in html
    assert school.as_("owner").post(f"/platform/jobs/{job}/retry").status_code == 404
    assert client.post(f"/platform/jobs/{job}/retry").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchone() == ("todo",)
    assert client.post(f"/platform/jobs/{job}/retry").status_code == 404
    assert PlatformRecord.objects.get(verb="job.retried").details == {"task": "oversight.gather"}


def test_the_log_is_of_all_schools_and_filtered(school: School) -> None:
    client = school.as_("platform")
    client.post("/platform/limits", LIMITS)
    client.post("/platform/institutions", {"name": "新学堂", "slug": "new"})
    html = page(client, "/platform/audit")
    assert "监管要求降低成本" in html
    assert "新学堂" in html
    only = page(client, "/platform/audit?institution=new")
    assert "监管要求降低成本" not in only
    assert "新学堂" in only
    assert "新学堂" not in page(client, "/platform/audit?action=limits.set")
    someone = school.users["owner"].id
    assert "没有符合条件的记录" in page(client, f"/platform/audit?who={someone}")
    tomorrow = (clock.now() + timedelta(days=2)).date()
    assert "没有符合条件的记录" in page(client, f"/platform/audit?from={tomorrow}")
    row = PlatformRecord.objects.get(verb="limits.set")
    assert row.details["before"] == {"max_rate_bps": 3000, "minimum_hold_days": 0}
    assert row.details["after"] == {"max_rate_bps": 2000, "minimum_hold_days": 9}
    assert InstitutionRecord.objects.get(verb="limits.set").details == row.details
    assert isinstance(row.institution_id, UUID)


def test_the_log_is_written_as_a_file_by_a_job(school: School) -> None:
    client = school.as_("platform")
    client.post("/platform/limits", LIMITS)
    client.post("/platform/institutions", {"name": "新学堂", "slug": "new"})
    with outside():  # as the platform's pages and jobs run
        done = client.post("/platform/audit/file", {"format": "csv", "institution": "zhixing"})
        assert done["Location"] == "/platform/tasks"
        assert client.post("/platform/audit/file", {"format": "pdf"}).status_code == 422
        row = PlatformExport.objects.get()
        assert "排队" in page(client, "/platform/tasks")
        work.run(row.id)
        assert f"/platform/tasks/{row.id}/file" in page(client, "/platform/tasks")
        answer = client.get(f"/platform/tasks/{row.id}/file")
        text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
        assert client.get(f"/platform/tasks/{uuid7()}/file").status_code == 404
        assert school.as_("owner").get(f"/platform/tasks/{row.id}/file").status_code == 404
    assert LIMITS["reason"] in text
    assert "新学堂" not in text
    assert LIMITS["reason"].encode() not in bytes(PlatformPart.objects.get().content)
    # It is no school's.
    assert school.as_("owner").get(school.at(f"tasks/{row.id}/file", "o")).status_code == 404
    verbs = PlatformRecord.objects.filter(verb__startswith="export.").order_by("id")
    assert [one.verb for one in verbs] == ["export.asked", "export.fetched"]
    with pytest.raises(NotAllowed), acting.as_(owner(school)):
        exports.ask("platform_audit", Format.CSV, actor=owner(school))


def test_the_log_and_the_school_are_shown_after_a_look_at_somebody(school: School) -> None:
    """In the scope of no school, as in a process of its own: a reveal says until when."""
    client = school.as_("platform")
    with outside():
        why = {"kind": "regulator", "reason": "监管机构来函要求核对"}
        assert client.post("/platform/reveals/zhixing/promoter/yu", why).status_code == 302
        row = PlatformRecord.objects.get(verb="reveal.opened")
        until = clock.now().astimezone(ZONE) + timedelta(minutes=15)
        assert f"{until:%Y-%m-%d}" in page(client, "/platform/audit")
        assert why["reason"] in page(client, "/platform/institutions/zhixing")
        client.post("/platform/audit/file", {"format": "csv"})
        export = PlatformExport.objects.get()
        work.run(export.id)
        export.refresh_from_db()
        assert (export.state, export.reason) == ("ready", "")
        assert row.subject == "promoter:yu"


def owner(school: School) -> Actor:
    return Actor(ActorKind.OPERATOR, school.users["owner"].id)


@contextmanager
def outside() -> Iterator[None]:
    """In the scope of no school, as the platform's pages and jobs run."""
    told, memory = scope._current.set(None), scope._memo.set(None)
    scope._tell_database(None)
    try:
        yield
    finally:
        scope._current.reset(told)
        scope._memo.reset(memory)
        scope._tell_database(scope._current.get())
