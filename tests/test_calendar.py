"""Whether the working days that duties are counted in are official."""

from datetime import date

import pytest

from crmflow.check.calendar import calendar_is_official
from crmflow.codes import describe
from crmflow.dates import WorkCalendar

UNKNOWN = 2099
"""A year whose holidays nobody has published."""


def years(calendar: WorkCalendar, today: date) -> list[str]:
    found = list(calendar_is_official(calendar, (), today))
    assert {finding.code for finding in found} <= {"CALENDAR_PROVISIONAL"}
    return [finding.value for finding in found]


def test_a_year_with_an_official_calendar_needs_no_word() -> None:
    assert years(WorkCalendar(), date(2026, 7, 15)) == []


def test_a_year_without_one_is_told_in_both_languages() -> None:
    assert years(WorkCalendar(), date(UNKNOWN, 7, 15)) == [str(UNKNOWN)]
    (finding,) = calendar_is_official(WorkCalendar(), (), date(UNKNOWN, 7, 15))
    assert str(UNKNOWN) in describe(finding, "zh") and str(UNKNOWN) in describe(finding, "en")


@pytest.mark.parametrize(("month", "told"), [(11, [str(UNKNOWN)]), (12, [str(UNKNOWN), str(UNKNOWN + 1)])])
def test_from_december_on_the_next_year_counts_too(month: int, told: list[str]) -> None:
    assert years(WorkCalendar(), date(UNKNOWN, month, 1)) == told


def test_a_company_that_has_given_its_own_days_of_the_year_is_not_told() -> None:
    own = WorkCalendar(frozenset({date(UNKNOWN, 10, 1)}), frozenset())
    assert years(own, date(UNKNOWN, 7, 15)) == []
