"""What must be known of the calendar before deadlines can be trusted (section 5)."""

from collections.abc import Iterable, Iterator
from datetime import date

from crmflow.dates import WorkCalendar
from crmflow.model import Duty, Finding, Where

DECEMBER = 12


def calendar_is_official(calendar: WorkCalendar, duties: Iterable[Duty], today: date) -> Iterator[Finding]:
    """CALENDAR_PROVISIONAL: no official calendar of a year is known, nor any day of it configured.

    Told of each year in which something falls due, and from December on of the next.
    """
    years = {duty.due_at.year for duty in duties} | {today.year}
    if today.month == DECEMBER:
        years.add(today.year + 1)
    own = {day.year for day in calendar.holidays | calendar.working_days}
    for year in sorted(years - own):
        if calendar.provisional(year):
            facts = {"year": str(year)}
            yield Finding("CALENDAR_PROVISIONAL", Where(""), str(year), facts=facts, row_key=str(year))
