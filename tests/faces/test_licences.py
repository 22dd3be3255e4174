"""Licences on the pages: handed in and seen by the school, reviewed by the platform, downloaded as
what they are by those who may."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kefen.compliance import actions, queries
from kefen.compliance.contracts import LARGEST_SCAN, LicenceState, NewLicence
from kefen.compliance.models import FiledLicence, Licence
from kefen.platform.audit.models import Record
from tests.faces.school import School

PDF = b"%PDF-1.7\n%%EOF"
PAGE = "compliance/licences"


def form(**other: object) -> dict[str, object]:
    today = queries.today()
    told: dict[str, object] = {
        "kind": "business",
        "licence_number": "91110000MA01",
        "holder": "知行教育",
        "valid_from": str(today - timedelta(days=10)),
        "valid_until": str(today + timedelta(days=20)),
        "scan": SimpleUploadedFile("x.html", PDF, content_type="text/html"),
    }
    return told | other


def handed_in(**other: object) -> str:
    today = queries.today()
    told = {"valid_from": today, "valid_until": today + timedelta(days=20)} | other
    return str(
        actions.submit_licence(
            NewLicence(kind="business", number="9111", holder="知行", content=PDF, **told)  # type: ignore[arg-type]
        )
    )


def html_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def platform(school: School) -> Client:
    return school.as_("platform")


def test_a_licence_goes_from_the_school_to_the_platform_and_back(
    school: School, platform: Client
) -> None:
    owner = school.as_("owner")
    answer = owner.post(school.at(PAGE, "o"), form())
    assert (answer.status_code, answer["Location"]) == (302, school.at(PAGE, "o"))
    assert "Waits for review" in html_of(owner, school.at(PAGE, "o"))
    page = html_of(platform, "/platform/licences")
    (where,) = re.findall(r'href="(/platform/licences/zhixing/[^"]+)"', page)
    assert "91110000MA01" in html_of(platform, where)

    refused = platform.post(where, {"decision": "returned", "reason": " "})
    assert refused.status_code == 422
    assert platform.post(where, {"decision": "king"}).status_code == 422
    assert platform.post(where, {"decision": "passed"}).status_code == 302
    assert platform.post(where, {"decision": "passed"}).status_code == 409
    assert "No licence waits" in html_of(platform, "/platform/licences")
    assert "days left: 20" in html_of(platform, "/platform/licences?state=expiring")

    for path in (PAGE, "compliance"):
        page = html_of(owner, school.at(path, "o"))
        assert "days left: 20" in page
        assert "It ends soon" in page
    assert "Licences that end, are missing or were returned" in html_of(owner, school.at("", "o"))
    verbs = list(Record.objects.filter(verb__startswith="licence.").values_list("verb", flat=True))
    assert sorted(verbs) == ["licence.passed", "licence.submitted"]
    log = html_of(owner, school.at("audit", "o"))
    assert "passed a licence" in log
    assert "Platform" in log


def test_a_scan_is_a_download_of_what_it_is_and_each_opening_is_noted(
    school: School, platform: Client
) -> None:
    made = handed_in()
    for client, path in (
        (school.as_("operator"), school.at(f"{PAGE}/{made}/scan", "o")),
        (platform, f"/platform/licences/zhixing/{made}/scan"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith('attachment; filename="licence-business-')
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
    kinds = [one.actor_kind for one in Record.objects.filter(verb="licence.read").order_by("id")]
    assert kinds == ["operator", "platform"]
    for who in ("finance", "reviewer", "read_only"):
        assert school.as_(who).get(school.at(f"{PAGE}/{made}/scan", "o")).status_code == 403
    assert school.as_("owner").get(f"/platform/licences/zhixing/{made}/scan").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"scan": ""},
        {"scan": SimpleUploadedFile("x.pdf", b"<html>", content_type="application/pdf")},
        {"licence_number": ""},
        {"holder": " "},
        {"valid_from": "soon"},
        {"valid_until": "2001-01-01"},
        {"valid_until": "never"},
        {"kind": "x"},
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    school: School, wrong: dict[str, object]
) -> None:
    answer = school.as_("owner").post(school.at(PAGE, "o"), form(**wrong))
    assert answer.status_code == 422
    assert 'class="ferr"' in answer.content.decode() or 'role="alert"' in answer.content.decode()
    assert not Licence.objects.exists()
    assert not FiledLicence.objects.exists()


@pytest.mark.parametrize("size", [LARGEST_SCAN + 1, 9_000_000])
def test_a_large_file_is_refused_however_large(school: School, size: int) -> None:
    large = SimpleUploadedFile("x.pdf", b"%PDF-" + b"x" * (size - 5))
    answer = school.as_("owner").post(school.at(PAGE, "o"), form(scan=large))
    assert answer.status_code == 422
    assert not Licence.objects.exists()


@pytest.mark.parametrize("who", ["finance", "reviewer", "read_only"])
def test_others_look_and_hand_nothing_in(school: School, who: str) -> None:
    client = school.as_(who)
    assert 'enctype="multipart' not in html_of(client, school.at(PAGE, "o"))
    assert client.post(school.at(PAGE, "o"), form()).status_code == 403
    assert not Licence.objects.exists()


def test_another_schools_licence_is_not_found_by_the_platform_either(
    school: School, platform: Client
) -> None:
    made = handed_in()
    for path in (f"nobody/{made}", f"nobody/{made}/scan", f"zhixing/{made[:-4]}0000", "zhixing/x"):
        assert platform.get(f"/platform/licences/{path}").status_code == 404
        assert platform.post(f"/platform/licences/{path}", {"decision": "passed"}).status_code in (
            404,
            405,
        )
    assert queries.licence(Licence.objects.get().id).decisions.count() == 0


def test_the_queue_shows_each_state(school: School, platform: Client) -> None:
    actions.decide_licence(Licence.objects.get(id=handed_in()).id, LicenceState.RETURNED, "看不清")
    handed_in()
    for state in ("submitted", "returned", "all", "nonsense"):
        html_of(platform, f"/platform/licences?state={state}")
    assert (
        html_of(platform, "/platform/licences?state=all").count("platform/licences/zhixing/") == 2
    )
