from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvalidInput
from kefen.core.periods import (
    LIFETIME,
    PeriodKind,
    days,
    following,
    format_instant,
    parse_instant,
    period_from,
    period_of,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [
    SHANGHAI,
    ZoneInfo("America/New_York"),
    ZoneInfo("America/Sao_Paulo"),  # changed clocks at midnight
    ZoneInfo("America/Havana"),  # midnight twice
    ZoneInfo("Pacific/Apia"),  # skipped 30 December 2011
    ZoneInfo("America/Toronto"),  # 1919: from 23:30 to 00:30
    ZoneInfo("America/St_Johns"),  # 2006: changed at 00:01, so a date came twice
]
CALENDAR = [kind for kind in PeriodKind if kind is not PeriodKind.LIFETIME]
instants = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.sampled_from(CALENDAR), instants, st.sampled_from(ZONES))
def test_periods_tile_the_time_line(kind, at, zone):
    period = period_of(kind, at, zone)

    assert period.start <= at < period.end
    assert at in period
    assert following(period, zone).start == period.end
    assert period_of(kind, period.start, zone) == period
    assert period_of(kind, period.end - timedelta(microseconds=1), zone) == period
    assert period_of(kind, period.end, zone).start == period.end
    assert period_from(kind, period.starts_on, zone) == period


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("year", [1919, 1987, 2006, 2011, 2018, 2026])
def test_the_days_of_a_year_follow_each_other(zone, year):
    day = period_from(PeriodKind.DAY, date(year, 1, 1), zone)
    whole = period_from(PeriodKind.YEAR, date(year, 1, 1), zone)
    total = timedelta()
    while day.starts_on.year == year:
        assert day.start <= day.end
        total += day.end - day.start
        day = following(day, zone)

    assert total == whole.end - whole.start


@given(instants, st.sampled_from(ZONES))
def test_a_longer_period_is_made_of_whole_days(at, zone):
    day = period_of(PeriodKind.DAY, at, zone)
    for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
        period = period_of(kind, at, zone)
        assert period.start <= day.start
        assert day.end <= period.end


def test_a_week_begins_on_monday_in_shanghai():
    week = period_of(PeriodKind.WEEK, parse_instant("2026-03-01T23:59:59.999999+08:00"), SHANGHAI)

    assert week.starts_on == date(2026, 2, 23)
    assert week.end == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_a_day_may_have_23_or_25_hours():
    zone = ZoneInfo("America/New_York")

    def lasts(on):
        day = period_from(PeriodKind.DAY, on, zone)
        return day.end - day.start

    assert lasts(date(2026, 3, 8)) == timedelta(hours=23)
    assert lasts(date(2026, 11, 1)) == timedelta(hours=25)
    assert lasts(date(2026, 6, 1)) == timedelta(hours=24)


def test_a_skipped_midnight_begins_after_the_gap():
    toronto = period_from(PeriodKind.DAY, date(1919, 3, 31), ZoneInfo("America/Toronto"))
    sao_paulo = period_from(PeriodKind.DAY, date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))

    assert toronto.start == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)
    assert sao_paulo.start == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_a_date_that_comes_twice_counts_to_the_later_day():
    """St John's went from 00:01 on 29 October 2006 back to 23:01 of the 28th."""
    zone = ZoneInfo("America/St_Johns")
    again_the_28th = datetime(2006, 10, 29, 3, tzinfo=UTC)

    assert again_the_28th.astimezone(zone).date() == date(2006, 10, 28)
    assert period_of(PeriodKind.DAY, again_the_28th, zone).starts_on == date(2006, 10, 29)


@pytest.mark.parametrize(
    ("kind", "starts_on"),
    [
        (PeriodKind.MONTH, date(2026, 2, 1)),
        (PeriodKind.QUARTER, date(2026, 1, 1)),
        (PeriodKind.YEAR, date(2026, 1, 1)),
    ],
)
def test_calendar_periods(kind, starts_on):
    assert period_of(kind, datetime(2026, 2, 28, 15, tzinfo=UTC), SHANGHAI).starts_on == starts_on


def test_a_lifetime_has_no_end():
    assert period_of(PeriodKind.LIFETIME, datetime(2026, 1, 1, tzinfo=UTC), SHANGHAI) is LIFETIME
    assert datetime.max.replace(tzinfo=UTC) in LIFETIME
    with pytest.raises(InvalidInput):
        following(LIFETIME, SHANGHAI)


def test_what_is_no_period():
    with pytest.raises(InvalidInput):
        period_from(PeriodKind.WEEK, date(2026, 3, 3), SHANGHAI)
    with pytest.raises(InvalidInput):
        period_of(PeriodKind.DAY, datetime(2026, 1, 1), SHANGHAI)  # noqa: DTZ001
    with pytest.raises(InvalidInput):
        period_from(PeriodKind.YEAR, date(9999, 1, 1), SHANGHAI)


@given(instants, st.integers(-23 * 60, 23 * 60))
def test_an_instant_survives_writing_and_reading(at, minutes):
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))

    assert parse_instant(elsewhere.isoformat()) == at
    assert parse_instant(format_instant(elsewhere)) == at
    assert parse_instant(elsewhere.isoformat()).tzinfo is UTC


def test_only_the_digits_that_are_needed():
    assert format_instant(datetime(2026, 3, 1, 1, tzinfo=UTC)) == "2026-03-01T01:00:00Z"
    assert format_instant(datetime(2026, 3, 1, 1, 0, 10, 500000, UTC)) == "2026-03-01T01:00:10.5Z"
    assert format_instant(datetime(2026, 3, 1, 1, 0, 0, 1, UTC)) == "2026-03-01T01:00:00.000001Z"
    with pytest.raises(InvalidInput):
        format_instant(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T09:00:00",
        "2026-03-01 09:00:00+08:00",
        "2026-03-01T09:00+08:00",
        "2026-03-01T09:00:00+0800",
        "2026-03-01T09:00:00+08",
        "2026-03-01T09:00:00.1234567Z",
        "2026-03-01T09:00:00,5Z",
        "2026-03-01T09:00:00.Z",
        "2026-02-29T09:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T23:59:60Z",
        "2026-03-01T09:00:00+24:00",
        "2026-03-01T09:00:00+08:60",
        "2026-W09-7T09:00:00Z",
        "20260301T090000Z",
        "２026-03-01T09:00:00Z",
        "2026-03-01T09:00:00Z\n",
        " 2026-03-01T09:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "0000-01-01T00:00:00Z",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_instant(text)


@pytest.mark.parametrize("digits", range(1, 7))
def test_one_to_six_digits(digits):
    fraction = "123456"[:digits]
    at = parse_instant(f"2026-03-01T09:00:00.{fraction}+08:00")

    assert at.microsecond == int(fraction.ljust(6, "0"))


def test_days_are_86400_seconds():
    assert days(7) == timedelta(seconds=7 * 86400)
    with pytest.raises(InvalidInput):
        days(-1)
    with pytest.raises(InvalidInput):
        days(10**9)
