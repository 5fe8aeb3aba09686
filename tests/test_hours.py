"""Clocks that run in hours (C2)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import WorkCalendar, add_hours, add_office_hours

CALENDAR = WorkCalendar()
OPENS, CLOSES = timedelta(hours=8, minutes=30), timedelta(hours=17, minutes=30)
MINUTE = timedelta(minutes=1)
MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2026, 3, 10)).map(
    lambda moment: moment.replace(second=0, microsecond=0))
"""New year and the spring festival with their days off and make-up days."""


def test_real_hours_are_real_where_the_clocks_are_changed() -> None:
    berlin, shanghai = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
    before = datetime(2026, 3, 28, 12, 0)
    assert add_hours(before, 24, berlin) == datetime(2026, 3, 29, 13, 0)
    assert add_hours(before, 24, shanghai) == datetime(2026, 3, 29, 12, 0)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(-72, 72))
def test_real_hours_pass_alike_everywhere(moment: datetime, hours: int) -> None:
    zone = ZoneInfo("America/New_York")
    later = add_hours(moment, hours, zone)
    elapsed = later.replace(tzinfo=zone).timestamp() - moment.replace(tzinfo=zone).timestamp()
    repeated = later.replace(fold=1, tzinfo=zone).timestamp() - moment.replace(tzinfo=zone).timestamp()
    assert hours * 3600 in (elapsed, repeated)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-07-15 10:00", 4, "2026-07-15 14:00"),      # a Wednesday
        ("2026-07-15 16:30", 2, "2026-07-16 09:30"),      # on the next morning
        ("2026-07-17 16:30", 2, "2026-07-20 09:30"),      # across the weekend
        ("2026-07-15 06:00", 1, "2026-07-15 09:30"),      # before the office opens
        ("2026-07-18 12:00", 1, "2026-07-20 09:30"),      # on a day off
        ("2026-07-15 10:00", 7.5, "2026-07-15 17:30"),    # to the very end of the day
        ("2026-02-13 17:00", 9.5, "2026-02-14 17:30"),    # 14 February 2026 is a make-up Saturday
        ("2026-02-14 17:00", 1, "2026-02-24 09:00"),      # across the spring festival
        ("2026-07-15 23:00", 0, "2026-07-15 23:00"),
        ("2026-07-20 09:30", -2, "2026-07-17 16:30"),     # backwards
    ],
)
def test_office_hours_run_only_while_the_office_is_open(moment: str, hours: float, expected: str) -> None:
    found = add_office_hours(datetime.fromisoformat(moment), hours, OPENS, CLOSES, CALENDAR)
    assert found == datetime.fromisoformat(expected)


def is_open(minute: datetime) -> bool:
    """Whether the office is open during the minute that begins then."""
    return CALENDAR.is_working_day(minute.date()) and OPENS <= minute - datetime.combine(minute, datetime.min.time()) < CLOSES


def counted(moment: datetime, minutes: int) -> datetime:
    """Minute by minute until the office has been open for so many."""
    while minutes:
        minutes -= is_open(moment)
        moment += MINUTE
    return moment


@given(MOMENTS, st.integers(0, 3000))
def test_office_hours_are_what_counting_the_minutes_gives(moment: datetime, minutes: int) -> None:
    assert add_office_hours(moment, minutes / 60, OPENS, CLOSES, CALENDAR) == counted(moment, minutes)


@given(MOMENTS, st.integers(1, 3000))
def test_going_back_finds_the_last_moment_from_which_the_hours_are_full(moment: datetime, minutes: int) -> None:
    start = add_office_hours(moment, -minutes / 60, OPENS, CLOSES, CALENDAR)
    passed = [start + n * MINUTE for n in range(int((moment - start) / MINUTE))]
    assert sum(map(is_open, passed)) == minutes
    assert is_open(passed[0])


@given(MOMENTS, st.floats(0, 100), st.floats(0, 100))
def test_more_office_hours_never_end_earlier(moment: datetime, some: float, more: float) -> None:
    first = add_office_hours(moment, some, OPENS, CLOSES, CALENDAR)
    assert moment <= first <= add_office_hours(moment, some + more, OPENS, CLOSES, CALENDAR)


def test_the_companys_own_days_count() -> None:
    own = WorkCalendar(holidays=frozenset({date(2026, 7, 16)}))
    found = add_office_hours(datetime(2026, 7, 15, 16, 30), 2, OPENS, CLOSES, own)
    assert found == datetime(2026, 7, 17, 9, 30)
