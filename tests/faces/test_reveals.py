"""Personal data on the platform's console: masked everywhere, in full only under a reveal."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from kefen.compliance.models import Reveal, RevealView
from kefen.faces.web.platform.urls import urlpatterns
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import make_user
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from tests.faces.school import School, open_school

WHY = {"kind": "regulator", "reason": "监管机构来函要求核对"}
YU = "/platform/reveals/zhixing/promoter/yu"
PLAIN = ("于小鱼", "13900000001", "11010519491231002X")
BUYER = "13700000001"


@pytest.fixture
def platform(school: School) -> Client:
    return school.as_("platform")


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == status, path
    return answer.content.decode()


def opened(client: Client, path: str = YU) -> str:
    answer = client.post(path, WHY)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_promoter_is_masked_then_in_full_then_masked_again(
    school: School, platform: Client
) -> None:
    masked = page(platform, YU)
    assert "于**" in masked
    assert "139****0001" in masked
    assert not [one for one in PLAIN if one in masked]
    now = clock.now()
    with clock.at(now):
        where = opened(platform)
        assert not [one for one in PLAIN if one in page(platform, YU)]
    with clock.at(now + timedelta(minutes=15, microseconds=-1)):
        answer = platform.get(where)
        assert all(one in answer.content.decode() for one in PLAIN)
        assert answer["Refresh"] == f"1; url={YU}"
        assert "no-store" in answer["Cache-Control"]
    with clock.at(now + timedelta(minutes=15)):
        after = page(platform, where, 403)
        assert not [one for one in PLAIN if one in after]
        assert "has ended or is not yours" in after
    assert RevealView.objects.count() == 1


def test_an_orders_student_is_revealed_alone(school: School, platform: Client) -> None:
    number = school.buy(phone=BUYER)
    school.buy(phone="13700000002")
    path = f"/platform/reveals/zhixing/order/{number}"
    assert BUYER not in page(platform, path)
    full = page(platform, opened(platform, path))
    assert BUYER in full
    assert "13700000002" not in full
    assert PLAIN[1] not in full


def test_without_a_reason_it_stays_shut(school: School, platform: Client) -> None:
    for wrong in ({}, {**WHY, "reason": "why"}, {**WHY, "kind": "x"}, {"reason": WHY["reason"]}):
        answer = platform.post(YU, wrong)
        assert answer.status_code == 422
        assert not [one for one in PLAIN if one in answer.content.decode()]
    assert not Reveal.objects.exists()


def test_it_serves_nobody_else_and_no_other_school(school: School, platform: Client) -> None:
    where = opened(platform)
    school.users["second"] = make_user("second-staff", is_platform_staff=True)
    refused = page(school.as_("second"), where, 403)
    assert not [one for one in PLAIN if one in refused]
    facts = found_institution(slug="next-door", name="别的学校")
    with scope.institution(facts.id):
        for user in school.users.values():
            user.handle = f"{user.handle} of zhixing"
            user.save(update_fields=["handle"])
        open_school(facts)
    assert platform.get(where.replace("zhixing", "next-door")).status_code == 404
    assert not [one for one in PLAIN if one in page(platform, YU.replace("zhixing", "next-door"))]
    for who in ("owner", "promoter"):
        assert school.as_(who).get(where).status_code == 404
        assert school.as_(who).post(YU, WHY).status_code == 404
    assert Reveal.objects.count() == 1


def test_no_address_of_the_platform_gives_personal_data(school: School, platform: Client) -> None:
    """Every address there is, with real rows behind it, without an open reveal."""
    number = school.buy(phone=BUYER)
    ended = opened(platform)
    last = ended.rsplit("/", 1)[1]
    values = {"slug": "zhixing", "id": last, "subject": "promoter", "key": "yu"}
    with clock.at(clock.now() + timedelta(minutes=20)):
        seen = 0
        for pattern in urlpatterns:
            path = "/" + re.sub(
                r"<(?:\w+:)?(\w+)>", lambda m: values.get(m[1], "x"), str(pattern.pattern)
            )
            for query in (
                "",
                "?institution=zhixing",
                f"?institution=zhixing&subject=order&key={number}",
            ):
                for answer in (platform.get(path + query), platform.post(path + query, {})):
                    shown = answer.content.decode()
                    seen += answer.status_code == 200
                    assert not [one for one in (*PLAIN, BUYER) if one in shown], path
        assert seen >= 8


def test_the_school_sees_who_looked_and_the_owner_notes_it(
    school: School, platform: Client
) -> None:
    platform.get(opened(platform))
    owner = school.as_("owner")
    assert "The platform looked at personal data" in page(owner, school.at("", "o"))
    assert "The platform looked at personal data" not in page(
        school.as_("operator"), school.at("", "o")
    )
    seen = page(owner, school.at("compliance/platform", "o"))
    for one in ("监管机构来函要求核对", "Regulator", "yu", "platform"):
        assert one in seen
    assert "read personal data in full" in page(owner, school.at("audit", "o"))
    row = Reveal.objects.get()
    path = school.at(f"compliance/platform/{row.id}/noted", "o")
    assert school.as_("operator").post(path).status_code == 403
    assert owner.post(path).status_code == 302
    assert "The platform looked at personal data" not in page(owner, school.at("", "o"))
    verbs = Record.objects.filter(verb__startswith="reveal.").order_by("id")
    assert [one.verb for one in verbs] == ["reveal.opened", "reveal.viewed", "reveal.noted"]


def test_a_subject_is_found_by_number_or_code(school: School, platform: Client) -> None:
    number = school.buy(phone=BUYER)
    for subject, key in (("promoter", "yu"), ("order", number)):
        asked = {"institution": "zhixing", "subject": subject, "key": key}
        answer = platform.get("/platform/reveals", asked)
        assert answer["Location"] == f"/platform/reveals/zhixing/{subject}/{key}"
    asked = {"institution": "zhixing", "subject": "order", "key": "nothing"}
    answer = platform.get("/platform/reveals", asked, headers={"accept-language": "en"})
    assert "Nobody here has this number or code" in answer.content.decode()
    for path in ("zhixing/order/x", "zhixing/teacher/yu", "nobody/promoter/yu"):
        assert platform.get(f"/platform/reveals/{path}").status_code == 404
