"""The calendar (section 5)."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import (
    Span,
    WorkCalendar,
    day_of,
    end_of,
    first_monday,
    next_birthday,
    shift_months,
    span_of,
    start_of,
)

CALENDAR = WorkCalendar()
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_make_up_day_of_2026_is_worked_although_it_is_a_weekend(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-16", "2026-04-06", "2026-06-19", "2026-10-05", "2026-10-07"])
def test_a_public_holiday_of_2026_is_free_although_it_is_a_weekday(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


def test_the_companys_own_days_go_before_the_official_calendar() -> None:
    calendar = WorkCalendar(
        holidays=frozenset({date(2026, 7, 1), date(2026, 2, 14)}), working_days=frozenset({date(2026, 7, 4)})
    )
    assert not calendar.is_working_day(date(2026, 7, 1))
    assert not calendar.is_working_day(date(2026, 2, 14))
    assert calendar.is_working_day(date(2026, 7, 4))


def test_a_year_without_an_official_calendar_is_provisional_and_falls_back_to_monday_to_friday() -> None:
    assert not CALENDAR.provisional(2026)
    assert CALENDAR.provisional(2031)
    assert CALENDAR.is_working_day(date(2031, 10, 1))
    assert not CALENDAR.is_working_day(date(2031, 10, 4))


def test_working_days_are_counted_across_the_spring_festival_with_its_make_up_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CALENDAR.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert CALENDAR.add_working_days(date(2026, 2, 24), -2) == date(2026, 2, 13)
    assert CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2


def test_working_days_are_counted_across_the_end_of_the_year() -> None:
    assert CALENDAR.add_working_days(date(2025, 12, 31), 1) == date(2026, 1, 4)
    assert CALENDAR.add_working_days(date(2026, 1, 4), -1) == date(2025, 12, 31)


def test_no_working_days_later_is_the_same_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 7, 4), 0) == date(2026, 7, 4)


@given(DAYS, st.integers(1, 60))
def test_counting_what_was_added_gives_the_same_number(day: date, count: int) -> None:
    reached = CALENDAR.add_working_days(day, count)
    assert CALENDAR.is_working_day(reached)
    assert CALENDAR.working_days_between(day, reached) == count
    assert CALENDAR.working_days_between(reached, day) == -count


@given(DAYS, st.integers(0, 60))
def test_going_back_from_a_working_day_undoes_going_forward(day: date, count: int) -> None:
    day = CALENDAR.on_or_after(day)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(day, count), -count) == day


@given(DAYS)
def test_the_nearest_working_day_is_the_day_itself_only_when_it_is_worked(day: date) -> None:
    before, after = CALENDAR.on_or_before(day), CALENDAR.on_or_after(day)
    assert before <= day <= after
    assert (before == day == after) == CALENDAR.is_working_day(day)


def test_the_third_working_day_of_a_month_skips_the_days_off() -> None:
    assert CALENDAR.nth_working_day(2026, 10, 1) == date(2026, 10, 8)
    assert CALENDAR.nth_working_day(2026, 10, 3) == date(2026, 10, 10)


def test_the_first_monday_may_be_the_first_or_the_seventh() -> None:
    assert first_monday(2026, 6) == date(2026, 6, 1)
    assert first_monday(2026, 9) == date(2026, 9, 7)


@given(st.integers(2000, 2100), st.integers(1, 12))
def test_the_first_monday_is_a_monday_of_the_first_week(year: int, month: int) -> None:
    day = first_monday(year, month)
    assert (day.weekday(), day.month) == (0, month)
    assert day.day <= 7


@pytest.mark.parametrize(
    ("period", "name", "start", "end"),
    [
        ("month", "2026-12", "2026-12-01", "2026-12-31"),
        ("quarter", "2026Q4", "2026-10-01", "2026-12-31"),
        ("half_year", "2026H2", "2026-07-01", "2026-12-31"),
        ("year", "2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_span_has_a_name_and_both_its_ends(period: str, name: str, start: str, end: str) -> None:
    expected = Span(date.fromisoformat(start), date.fromisoformat(end), name)
    assert span_of(period, date(2026, 12, 31)) == expected


@given(DAYS, st.sampled_from(["month", "quarter", "half_year", "year"]))
def test_spans_follow_each_other_without_gap_and_hold_their_day(day: date, period: str) -> None:
    span = span_of(period, day)
    following = span_of(period, span.end + timedelta(days=1))
    assert span.start <= day <= span.end
    assert following.start == span.end + timedelta(days=1)
    assert following.name > span.name


def test_a_month_back_from_the_31st_is_the_last_day_of_the_shorter_month() -> None:
    assert shift_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert shift_months(date(2026, 12, 31), -12) == date(2025, 12, 31)
    assert shift_months(date(2025, 12, 15), 2) == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("birthday", "today", "expected"),
    [
        ("05-03", date(2026, 5, 3), date(2026, 5, 3)),
        ("1980-05-03", date(2026, 5, 4), date(2027, 5, 3)),
        ("01-02", date(2026, 12, 31), date(2027, 1, 2)),
        ("02-29", date(2026, 2, 1), date(2026, 2, 28)),
        ("1984-02-29", date(2028, 2, 28), date(2028, 2, 29)),
        ("02-29", date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_birthday_recurs(birthday: str, today: date, expected: date) -> None:
    assert next_birthday(birthday, today) == expected


@pytest.mark.parametrize("text", ["", "05", "13-01", "02-30", "五月三日", "-"])
def test_a_text_that_names_no_day_has_no_birthday(text: str) -> None:
    assert next_birthday(text, date(2026, 1, 1)) is None


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), DAYS)
def test_the_next_birthday_is_never_past_and_at_most_a_year_away(born: date, today: date) -> None:
    following = next_birthday(born.isoformat(), today)
    assert following is not None
    assert timedelta() <= following - today <= timedelta(days=366)


def test_a_day_begins_at_midnight_and_ends_with_its_last_second() -> None:
    assert start_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 0, 0, 0)
    assert end_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 23, 59, 59)


def test_the_day_of_a_moment_is_its_date_and_of_other_values_nothing() -> None:
    assert day_of(datetime(2026, 7, 1, 15)) == day_of(date(2026, 7, 1)) == date(2026, 7, 1)
    assert type(day_of(datetime(2026, 7, 1, 15))) is date
    assert day_of(None) is day_of("2026-07-01") is None


@given(DAYS, st.integers(1, 25))
def test_the_nth_working_day_is_the_nth_of_the_days_worked(day: date, n: int) -> None:
    worked = (one for k in range(62) if CALENDAR.is_working_day(one := day.replace(day=1) + timedelta(days=k)))
    assert CALENDAR.nth_working_day(day.year, day.month, n) == list(itertools.islice(worked, n))[-1]


def test_within_three_working_days_ends_with_the_third_and_not_with_the_weekend_after_it() -> None:
    tuesday, friday, saturday = date(2026, 7, 14), date(2026, 7, 17), date(2026, 7, 18)
    assert CALENDAR.is_within(friday, 3, tuesday)
    assert not CALENDAR.is_within(saturday, 3, tuesday)
    assert CALENDAR.is_within(saturday, 0, saturday)


@given(DAYS, DAYS, st.integers(0, 30))
def test_within_n_working_days_is_before_the_working_day_that_follows_them(start: date, day: date, count: int) -> None:
    """A day off after the last of them is already too late, a day off before it is not."""
    counted = CALENDAR.working_days_between(start, day) if day > start else 0
    too_late = counted > count or (counted == count and day > start and not CALENDAR.is_working_day(day))
    assert CALENDAR.is_within(day, count, start) == (not too_late)
