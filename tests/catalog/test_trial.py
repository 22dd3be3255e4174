"""A trial lesson is something to take, on this very site."""

import pytest

from kefen.catalog.actions import NewCourse, Trial, add_course
from kefen.catalog.models import Course
from kefen.core.errors import ForbiddenWords, InvalidInput
from kefen.platform.tenancy.contracts import InstitutionFacts

pytestmark = pytest.mark.usefixtures("institution")


def add(trial: Trial | None) -> Course:
    new = NewCourse(code="maths", title="数学", category="exam", list_price=100, trial=trial)
    return Course.objects.get(id=add_course(new))


def test_a_course_has_none_or_one(institution: InstitutionFacts) -> None:
    row = add(Trial("先看图像", 8, "画图。", "/media/one/trial.mp4"))
    assert (row.trial_title, row.trial_minutes) == ("先看图像", 8)
    assert (row.trial_text, row.trial_video) == ("画图。", "/media/one/trial.mp4")
    without = NewCourse(code="art", title="画", category="exam", list_price=100)
    assert Course.objects.get(id=add_course(without)).trial_title == ""


@pytest.mark.parametrize(
    "trial",
    [
        Trial("", 8, "text"),
        Trial("title", 8),
        Trial("title", 0, "text"),
        Trial("title", 8, "", "https://elsewhere.example/trial.mp4"),
        Trial("title", 8, "", "//elsewhere.example/trial.mp4"),
        Trial("title", 8, "", "/media/trial.exe"),
    ],
)
def test_what_is_none_is_refused(trial: Trial) -> None:
    with pytest.raises(InvalidInput):
        add(trial)
    assert not Course.objects.exists()


def test_its_text_is_linted_like_the_course() -> None:
    with pytest.raises(ForbiddenWords):
        add(Trial("稳赚", 8, "text"))
