"""The compliance centre in the console, reporting something, and words marked where they are
refused."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kefen.catalog import actions as catalog
from kefen.compliance import actions
from kefen.compliance.models import Complaint, GraphAlarm, Hit
from kefen.core.terms import PlatformLimits, PromoterKind
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports.models import Export
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from kefen.platform.tenancy.actions import set_limits
from kefen.platform.wording.models import OwnWord
from kefen.promoters.actions import Enrolment, apply, approve, enrol
from kefen.promoters.models import Promoter
from tests.faces.school import School

SHARED = ("compliance", "compliance/texts", "compliance/inviters", "compliance/complaints")


def page(client: Client, address: str, language: str = "en") -> str:
    client.cookies["kefen_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def text_of(html: str) -> str:
    apart = re.sub(r"</t[dh]>", " ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", apart))


def test_limits_and_whose_they_are(school: School) -> None:
    set_limits(PlatformLimits(max_rate_bps=2500, minimum_hold_days=10))
    said = text_of(page(school.as_("read_only"), school.at("compliance", "o")))
    assert "Cap per order line 25% 30% 25%" in said
    assert "Levels that are paid 1 1 1/1" in said
    assert "Refund protection, days 10 7 10" in said
    assert "decision no. 2 of" in said
    set_limits(PlatformLimits(max_rate_bps=2500, level2_allowed=True))
    said = text_of(page(school.as_("read_only"), school.at("compliance", "o")))
    assert "Levels that are paid 2 1 1/2" in said


def test_the_ratio_in_one_sentence(school: School) -> None:
    address = school.at("compliance", "o")
    said = text_of(page(school.as_("owner"), address))
    assert "Nothing was sold in the last 30 days, so there is no ratio yet." in said
    school.buy()
    said = text_of(page(school.as_("owner"), address))
    assert "In the last 30 days rebates cost 20% of sales, within the cap of 30%." in said
    assert "¥59.80 of ¥299.00" in said
    set_limits(PlatformLimits(max_rate_bps=1000))
    assert "more than the cap of 10%" in text_of(page(school.as_("owner"), address))


def test_agreements_and_who_is_not_on_the_present_one(school: School) -> None:
    account = account_with_phone("13900000077")
    apply(account_id=account.id, code="new", kind=PromoterKind.STUDENT, agreed=True, adult=True)
    approve("new")
    html = page(school.as_("owner"), school.at("compliance", "o"))
    assert "1 of 2 active promoters (50%) agreed to the present version 2026-11." in text_of(html)
    assert school.at("promoters/yu", "o") in html
    assert school.at("promoters/new", "o") not in html


def test_a_promoter_s_name_is_refused_with_the_word_marked(school: School) -> None:
    OwnWord.objects.create(word="内部价", added_at=clock.now())
    user, account = make_user("newcomer"), account_with_phone("13900000088")
    link_user(account.id, user)
    client = school.guest()
    client.force_login(user)
    sent = {"kind": "student", "name": "a<b 内 部·价", "agreement": "2026-11", "of_age": "1"}
    answer = client.post(school.at("promote"), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "a&lt;b <mark>内 部·价</mark>" in html
    assert 'id="field-name-error"' in html
    assert not Promoter.objects.filter(account_id=account.id).exists()


@pytest.fixture
def hit(school: School) -> Hit:
    """A course taken over with a forbidden word in a long summary."""
    new = catalog.NewCourse("old", "迁入课程", "exam", 100_00)
    catalog.take_over([replace(new, summary="报名就能躺赚，" + "讲透真题。" * 20)])
    actions.look()
    return Hit.objects.get()


def test_a_hit_is_mended(school: School, hit: Hit) -> None:
    owner = school.as_("owner")
    listed = page(owner, school.at("compliance/texts", "o"))
    mend = school.at("compliance/mend/course/old/summary", "o")
    assert "报名就能<mark>躺赚</mark>" in listed
    assert mend in listed
    assert "Forbidden words in saved texts" in page(owner, school.at("", "o"))
    editor = school.at("courses/old", "o")
    assert owner.get(mend)["Location"] == f"{editor}#field-summary"
    typed = {"title": "迁入课程", "category": "exam", "list_price": "100", "cover_glyph": "课"}
    typed |= {"cover_tone": "indigo", "refund_days": "7", "promotable": "1"}
    refused = owner.post(editor, {**typed, "summary": "仍然躺 赚"})
    assert refused.status_code == 422
    assert "<mark>躺 赚</mark>" in refused.content.decode()
    assert Hit.objects.count() == 1
    assert owner.post(mend, {"text": "讲透真题。"}).status_code == 404, "there is one way"
    assert owner.post(editor, {**typed, "summary": "讲透真题。"}).status_code == 302
    assert not Hit.objects.exists()
    assert "讲透真题" in page(school.guest(), school.at("c/old"))
    assert "Forbidden words in saved texts" not in page(owner, school.at("", "o"))


def test_a_hit_is_kept_with_a_reason(school: School, hit: Hit) -> None:
    reviewer, address = school.as_("reviewer"), school.at(f"compliance/texts/{hit.id}/keep", "o")
    assert reviewer.post(address, {"note": ""}).status_code == 422
    assert reviewer.post(address, {"note": "书名"}).status_code == 302
    assert "书名" in page(reviewer, school.at("compliance/texts", "o"))


def test_words_of_the_school(school: School) -> None:
    owner, address = school.as_("owner"), school.at("compliance/words", "o")
    assert owner.post(address, {"decision": "forbid", "word": "内部价"}).status_code == 302
    again = owner.post(address, {"decision": "forbid", "word": "内部价"})
    assert again.status_code == 409
    assert 'id="field-word-error"' in again.content.decode()
    assert owner.post(address, {"decision": "allow", "word": "内部价"}).status_code == 302
    assert not OwnWord.objects.exists()
    assert owner.post(address, {"decision": "x"}).status_code == 422


def test_who_invited_whom(school: School) -> None:
    past, kind = clock.now(), PromoterKind.STUDENT
    enrol([Enrolment(f"m{n}", kind, None, None, past, None, "yu") for n in range(30)])
    actions.look()
    owner = school.as_("owner")
    html = page(owner, school.at("compliance/inviters?of=yu", "o"))
    assert "小鱼 30 1 ¥0.00 Look at it" in text_of(html)
    assert school.at("promoters/m29", "o") in html
    assert "Inviters to look at" in page(owner, school.at("", "o"))
    note = school.at("compliance/inviters/yu/note", "o")
    assert owner.post(note, {"note": ""}).status_code == 422
    assert owner.post(note, {"note": "同一班级"}).status_code == 302
    assert GraphAlarm.objects.get().state == "seen"
    assert "Inviters to look at" not in page(owner, school.at("", "o"))
    assert owner.post(school.at("compliance/inviters/none/note", "o")).status_code == 404


def test_anybody_reports_from_a_link(school: School) -> None:
    guest = school.guest()
    landing = school.open_link(guest)
    html = page(guest, landing)
    (report,) = set(re.findall(rf'href="({re.escape(school.at("complaint"))}[^"]*)"', html))
    assert parse_qs(urlsplit(report.replace("&amp;", "&")).query)["r"]
    form = page(guest, report.replace("&amp;", "&"))
    assert 'name="about" value="yu"' in form
    sent = {"kind": "poster", "about": "yu", "text": "海报没有广告字样", "contact": "13800000009"}
    answer = guest.post(school.at("complaint"), sent)
    assert answer.status_code == 200
    assert "cmp_" in answer.content.decode()
    row = Complaint.objects.select_related("promoter").get()
    assert (row.kind, row.promoter.code, row.text) == ("poster", "yu", "海报没有广告字样")
    assert guest.post(school.at("complaint"), {"kind": "poster"}).status_code == 422
    for _ in range(4):
        guest.post(school.at("complaint"), sent)
    assert guest.post(school.at("complaint"), sent).status_code == 429
    assert Complaint.objects.count() == 5
    promoter = page(school.as_("promoter"), school.at("", "p"))
    assert school.at("complaint") in promoter


def test_a_complaint_is_answered_and_read_only_reads_no_text(school: School) -> None:
    text, contact = "有人每天发消息", "someone@example.org"
    id_ = actions.complain(actions.NewComplaint("promoter", text, "yu", contact))
    owner = school.as_("owner")
    assert "Complaints from outside" in page(owner, school.at("", "o"))
    listed = page(owner, school.at("compliance/complaints", "o"))
    assert text in listed
    assert "s****@example.org" in listed
    assert contact not in listed
    hidden = page(school.as_("read_only"), school.at("compliance/complaints", "o"))
    assert text not in hidden
    assert contact not in hidden
    address = school.at(f"compliance/complaints/{id_}", "o")
    assert owner.post(address, {"decision": "answered", "note": ""}).status_code == 422
    assert owner.post(address, {"decision": "gone", "note": "x"}).status_code == 422
    assert owner.post(address, {"decision": "answered", "note": "已提醒"}).status_code == 302
    assert owner.post(address, {"decision": "closed", "note": "x"}).status_code == 409
    assert "已提醒" in page(owner, school.at("compliance/complaints?state=answered", "o"))
    assert Record.objects.filter(verb="complaint.answered").count() == 1


def test_the_evidence_is_the_owner_s(school: School) -> None:
    address = school.at("compliance/evidence", "o")
    period = {"from": "2026-01-01", "to": "2026-12-31"}
    assert school.as_("operator").post(address, period).status_code == 403
    assert not Export.objects.exists()
    owner = school.as_("owner")
    assert owner.post(address, {"from": "x", "to": "2026-12-31"}).status_code == 422
    assert owner.post(address, {"from": "2026-12-31", "to": "2026-01-01"}).status_code == 422
    assert owner.post(address, period).status_code == 302
    row = Export.objects.get()
    assert (row.kind, row.format, row.parameters) == ("evidence", "zip", period)
    assert "Evidence for a regulator" in page(owner, school.at("tasks", "o"))
    assert 'id="evidence"' not in page(school.as_("operator"), school.at("compliance", "o"))


@pytest.mark.parametrize("address", SHARED)
def test_whoever_may_only_look_sees_no_form(school: School, address: str) -> None:
    complaint = actions.complain(actions.NewComplaint("other", "x"))
    html = page(school.as_("read_only"), school.at(address, "o"))
    main = html[html.index("<main") :]
    assert '<form method="post"' not in main
    for deed in ("words", f"complaints/{complaint}", "inviters/yu/note", "evidence"):
        refused = school.as_("read_only").post(school.at(f"compliance/{deed}", "o"))
        assert refused.status_code == 403, deed
    assert (
        school.as_("finance")
        .get(school.at("compliance/mend/course/maths/summary", "o"))
        .status_code
        == 403
    )


def test_how_to_reach_somebody_is_shown_on_asking_and_noted(school: School) -> None:
    told = actions.NewComplaint("promoter", "x", "yu", "someone@example.org")
    path = school.at(f"compliance/complaints/{actions.complain(told)}/contact", "o")
    shown = school.as_("reviewer").post(path).content.decode()
    assert "someone@example.org" in shown
    (noted,) = Record.objects.filter(verb="complaint.contact_read")
    assert noted.actor_user == school.users["reviewer"].id
    assert "someone" not in str(noted.details)
    for who, status in (("finance", 403), ("read_only", 403)):
        assert school.as_(who).post(path).status_code == status
    nobody = actions.complain(actions.NewComplaint("other", "x"))
    none = school.at(f"compliance/complaints/{nobody}/contact", "o")
    assert school.as_("owner").post(none).status_code == 404
    assert Record.objects.filter(verb="complaint.contact_read").count() == 1
