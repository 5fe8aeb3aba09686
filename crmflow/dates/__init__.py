"""The calendar: working days, spans, hours, the lunar calendar, birthdays (section 5)."""

from crmflow.dates.birthdays import lunar_birthday, next_birthday
from crmflow.dates.days import (
    MONTHS_IN,
    ONE_DAY,
    Span,
    day_of,
    days_in_month,
    end_of,
    first_monday,
    shift_months,
    span_of,
    start_of,
)
from crmflow.dates.hours import add_hours, add_office_hours
from crmflow.dates.lunar import TERMS, lunar_day, term_day
from crmflow.dates.periods import span_named
from crmflow.dates.working import WorkCalendar

__all__ = [
    "MONTHS_IN", "ONE_DAY", "TERMS", "Span", "WorkCalendar", "add_hours", "add_office_hours", "day_of",
    "days_in_month", "end_of", "first_monday", "lunar_birthday", "lunar_day", "next_birthday", "shift_months",
    "span_named", "span_of", "start_of", "term_day",
]
