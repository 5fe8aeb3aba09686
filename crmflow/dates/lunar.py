"""The Chinese lunar calendar and the solar terms from 1900 to 2100; the only user of ``borax``."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import TERMS_CN, LCalendars, LunarDate, TermUtils

YEARS = range(1900, 2101)
"""The years that are known, lunar and solar ones."""
TERMS: tuple[str, ...] = tuple(TERMS_CN)
"""The solar terms from 小寒 to 冬至."""


@dataclass(frozen=True, slots=True)
class LunarMonth:
    """A month of a lunar year: its number from 1, whether it is the leap month after that one, its first day."""

    number: int
    leap: bool
    first: date
    days: int


@lru_cache(maxsize=len(YEARS))
def months_of(year: int) -> tuple[LunarMonth, ...]:
    """The twelve or thirteen months of a lunar year, in order; none of a year that is not known."""
    if year not in YEARS:
        return ()
    months, first = [], LunarDate(year, 1, 1).to_solar_date()
    for number, days, leap in LCalendars.iter_year_month(year):
        months.append(LunarMonth(number, bool(leap), first, days))
        first += timedelta(days=days)
    return tuple(months)


def lunar_month(year: int, month: int, leap: bool = False) -> LunarMonth | None:
    """A month of a lunar year; None when the year has no such leap month, or is not known."""
    return next((one for one in months_of(year) if (one.number, one.leap) == (month, leap)), None)


def lunar_day(year: int, month: int, day: int, leap: bool = False) -> date | None:
    """The day on which a lunar date is kept in a lunar year; None when the year is not known.

    Where the month has only 29 days the 30th is kept on the 29th, so 12-30 is always 除夕;
    a leap month's date is kept in the ordinary month of its number when the year has no such leap month.
    """
    found = lunar_month(year, month, leap) or lunar_month(year, month)
    return found.first + timedelta(days=min(day, found.days) - 1) if found else None


def lunar_year_of(day: date) -> int:
    """The lunar year that a day lies in; before 春节 it is still the last one."""
    months = months_of(day.year)
    return day.year - 1 if months and day < months[0].first else day.year


def term_day(year: int, term: str) -> date | None:
    """The day of a solar term, such as 清明, in a solar year; None when the year is not known."""
    if year not in YEARS:
        return None
    found: date = TermUtils.nth_term_day(year, TERMS.index(term))
    return found
