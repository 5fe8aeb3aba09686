"""Whether the working days that duties are counted in are official."""

from datetime import date, datetime

import pytest

from crmflow.check.calendar import calendar_is_official
from crmflow.codes import describe
from crmflow.dates import WorkCalendar
from crmflow.model import Duty, Stage, Where

UNKNOWN = 2097
"""A year whose holidays nobody has published."""
PUBLIC = frozenset(map(date.fromisoformat, (
    "2097-01-01", "2097-02-12", "2097-04-04", "2097-05-01", "2097-06-14", "2097-09-20", "2097-10-01",
)))


def told(calendar: WorkCalendar, today: date) -> list[tuple[str, str]]:
    return [(finding.code, finding.value) for finding in calendar_is_official(calendar, (), today)]


def test_a_year_with_an_official_calendar_needs_no_word() -> None:
    assert told(WorkCalendar(), date(2026, 7, 15)) == []


def test_a_year_without_one_is_told_in_both_languages_with_the_holidays_still_worked() -> None:
    (finding,) = calendar_is_official(WorkCalendar(), (), date(UNKNOWN, 7, 15))
    assert (finding.code, finding.value) == ("CALENDAR_PROVISIONAL", str(UNKNOWN))
    assert "春节 2097-02-12" in describe(finding, "zh") and "Spring Festival 2097-02-12" in describe(finding, "en")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(UNKNOWN - 1, 11, 30), [("CALENDAR_PROVISIONAL", "2096")]),
        (date(UNKNOWN - 1, 12, 1), [("CALENDAR_PROVISIONAL", "2096"), ("CALENDAR_NEXT_YEAR", "2097")]),
        (date(UNKNOWN - 1, 12, 31), [("CALENDAR_PROVISIONAL", "2096"), ("CALENDAR_NEXT_YEAR", "2097")]),
        (date(UNKNOWN, 1, 1), [("CALENDAR_PROVISIONAL", "2097")]),
    ],
)
def test_from_the_first_of_december_the_administrator_is_reminded_of_next_year(
    today: date, expected: list[tuple[str, str]]
) -> None:
    assert told(WorkCalendar(), today) == expected


def test_in_december_a_year_in_which_something_falls_due_is_told_once() -> None:
    due = Duty("D2", "KH1", "", "2097Q1", "", datetime(2097, 3, 31, 23, 59, 59), Stage.LATER, Where(""))
    before, after = date(UNKNOWN - 1, 11, 30), date(UNKNOWN - 1, 12, 1)
    found = [[(one.code, one.value) for one in calendar_is_official(WorkCalendar(), [due, due], day)] for day in (before, after)]
    assert found[0] == [("CALENDAR_PROVISIONAL", "2096"), ("CALENDAR_PROVISIONAL", "2097")]
    assert found[1] == [("CALENDAR_PROVISIONAL", "2096"), ("CALENDAR_NEXT_YEAR", "2097")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_reminder_says_what_to_do(language: str) -> None:
    found = {one.code: one for one in calendar_is_official(WorkCalendar(), (), date(UNKNOWN - 1, 12, 1))}
    said = describe(found["CALENDAR_NEXT_YEAR"], language)
    assert "chinesecalendar" in said and "F41b" in said and "config.yaml" in said and str(UNKNOWN) in said


def test_a_company_that_has_entered_the_public_holidays_of_the_year_is_not_told() -> None:
    assert told(WorkCalendar(holidays=PUBLIC), date(UNKNOWN, 7, 15)) == []


def test_a_founding_day_alone_is_no_calendar() -> None:
    """One day of the company's own says nothing about the others."""
    own = WorkCalendar(holidays=frozenset({date(UNKNOWN, 9, 25)}), working_days=frozenset({date(UNKNOWN, 9, 28)}))
    assert told(own, date(UNKNOWN, 7, 15)) == [("CALENDAR_PROVISIONAL", str(UNKNOWN))]


def test_the_holiday_that_was_forgotten_is_named() -> None:
    (finding,) = calendar_is_official(WorkCalendar(PUBLIC - {date(2097, 10, 1)}), (), date(UNKNOWN, 7, 15))
    assert "国庆节 2097-10-01" in describe(finding, "zh") and "春节" not in describe(finding, "zh")


def test_beyond_the_tables_of_the_lunar_calendar_the_solar_holidays_are_named() -> None:
    (finding,) = calendar_is_official(WorkCalendar(), (), date(2150, 7, 15))
    assert "元旦 2150-01-01" in describe(finding, "zh") and "春节" not in describe(finding, "zh")
