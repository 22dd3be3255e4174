"""Which licence counts, until when, and what a school has to do."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kefen.core.licences import (
    FileType,
    LicenceKind,
    LicenceState,
    Need,
    Paper,
    Standing,
    file_type,
    standing,
    standings,
)

TODAY = date(2026, 11, 23)
PASSED, RETURNED, WAITS = LicenceState.PASSED, LicenceState.RETURNED, LicenceState.SUBMITTED


def paper(number: int, state: LicenceState, begins: int = -100, ends: int | None = 100) -> Paper:
    until = None if ends is None else TODAY + timedelta(days=ends)
    first = TODAY + timedelta(days=begins)
    return Paper(UUID(int=number), LicenceKind.SCHOOL, state, first, until)


def of(*papers: Paper, required: bool = False) -> Standing:
    return standing(LicenceKind.SCHOOL, papers, TODAY, required=required)


@pytest.mark.parametrize(
    ("ends", "need"),
    [
        (31, Need.NOTHING),
        (30, Need.EXPIRING),
        (0, Need.EXPIRING),
        (-1, Need.EXPIRED),
        (None, Need.NOTHING),
    ],
)
def test_its_last_day_counts_and_thirty_days_before_somebody_is_told(
    ends: int | None, need: Need
) -> None:
    found = of(paper(1, PASSED, ends=ends))
    assert found.need is need
    assert (found.in_force is None) is (need is Need.EXPIRED)
    assert found.days_left(TODAY) == (None if need is Need.EXPIRED else ends)


def test_the_old_one_is_in_force_until_the_new_one_passes_or_it_ends() -> None:
    old, new = paper(1, PASSED, ends=10), paper(2, WAITS, ends=400)
    found = of(old, new)
    assert (found.in_force, found.waits, found.need) == (old, True, Need.NOTHING)
    passed = paper(2, PASSED, ends=400)
    found = of(old, passed)
    assert (found.in_force, found.days_left(TODAY), found.need) == (passed, 400, Need.NOTHING)
    assert of(paper(1, PASSED, ends=-1), new).in_force is None


def test_a_returned_renewal_is_to_be_mended_and_takes_nothing_away() -> None:
    old = paper(1, PASSED)
    found = of(old, paper(2, RETURNED))
    assert (found.in_force, found.need) == (old, Need.RETURNED)


def test_a_renewal_that_begins_later_counts_from_then_on_without_a_gap() -> None:
    old = paper(1, PASSED, ends=10)
    next_ = paper(2, PASSED, begins=11, ends=300)
    found = of(old, next_)
    assert (found.in_force, found.days_left(TODAY), found.need) == (old, 300, Need.NOTHING)
    gap = of(old, paper(2, PASSED, begins=12, ends=300))
    assert (gap.days_left(TODAY), gap.need) == (10, Need.EXPIRING)


def test_what_must_be_shown_and_was_not_is_missing() -> None:
    assert of(required=True).need is Need.MISSING
    assert of().need is Need.NOTHING
    kinds = [one.kind for one in standings([paper(1, PASSED)], TODAY, ["business"])]
    assert kinds == [LicenceKind.BUSINESS, LicenceKind.SCHOOL]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", FileType.PDF),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"\x89PNG\r\n\x1a\n", FileType.PNG),
        (b"<html>%PDF-", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_file_is_what_it_begins_with(content: bytes, kind: FileType | None) -> None:
    assert file_type(content) is kind
