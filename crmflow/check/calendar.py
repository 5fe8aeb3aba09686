"""What must be known of the calendar before deadlines can be trusted (section 5)."""

from collections.abc import Iterable, Iterator
from datetime import date

from crmflow.dates import WorkCalendar, lunar_day, term_day
from crmflow.model import Duty, Finding, Text, Where

DECEMBER = 12


def calendar_is_official(calendar: WorkCalendar, duties: Iterable[Duty], today: date) -> Iterator[Finding]:
    """CALENDAR_PROVISIONAL: no official calendar of a year is known, and the company has not entered its own.

    Told of this year and of each in which something falls due; CALENDAR_NEXT_YEAR
    from 1 December on of the next one, while there is time to do something about it.
    """
    next_year = today.year + 1 if today.month == DECEMBER else None
    years = {duty.due_at.year for duty in duties} | {today.year} | ({next_year} if next_year else set())
    for year in sorted(years):
        if calendar.provisional(year) and (worked := _holidays_worked(calendar, year)):
            code = "CALENDAR_NEXT_YEAR" if year == next_year else "CALENDAR_PROVISIONAL"
            facts: dict[str, str | Text] = {"year": str(year), "days": worked}
            yield Finding(code, Where(""), str(year), facts=facts, row_key=str(year))


def _holidays_worked(calendar: WorkCalendar, year: int) -> Text | None:
    """The public holidays of a year that still count as working days: a calendar that has been entered leaves none."""
    worked = [(day, name) for day, name in _public_holidays(year) if day and calendar.is_working_day(day)]
    if not worked:
        return None
    return Text(
        "、".join(f"{name.zh} {day}" for day, name in worked), ", ".join(f"{name.en} {day}" for day, name in worked)
    )


def _public_holidays(year: int) -> tuple[tuple[date | None, Text], ...]:
    """The days that are off by law whatever a year's arrangement; a lunar one is None where it is not known."""
    return (
        (date(year, 1, 1), Text("元旦", "New Year")),
        (lunar_day(year, 1, 1), Text("春节", "Spring Festival")),
        (term_day(year, "清明"), Text("清明节", "Qingming")),
        (date(year, 5, 1), Text("劳动节", "Labour Day")),
        (lunar_day(year, 5, 5), Text("端午节", "Dragon Boat Festival")),
        (lunar_day(year, 8, 15), Text("中秋节", "Mid-Autumn Festival")),
        (date(year, 10, 1), Text("国庆节", "National Day")),
    )
