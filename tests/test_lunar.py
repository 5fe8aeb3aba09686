"""The lunar calendar, held against the sky, the State Council's holidays and dates that everybody knows."""

import math
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import chinese_calendar
import ephem
import pytest

from crmflow.dates.lunar import TERMS, YEARS, lunar_day, lunar_month, lunar_year_of, months_of, term_day

SKY = range(1950, 2057)
"""From 2057 on some new moons fall so close to midnight that tables differ by a day."""
CHINA = timedelta(hours=8)

KNOWN = {
    # 春节, 端午, 中秋
    2020: ("2020-01-25", "2020-06-25", "2020-10-01"), 2021: ("2021-02-12", "2021-06-14", "2021-09-21"),
    2022: ("2022-02-01", "2022-06-03", "2022-09-10"), 2023: ("2023-01-22", "2023-06-22", "2023-09-29"),
    2024: ("2024-02-10", "2024-06-10", "2024-09-17"), 2025: ("2025-01-29", "2025-05-31", "2025-10-06"),
    2026: ("2026-02-17", "2026-06-19", "2026-09-25"), 2027: ("2027-02-06", "2027-06-09", "2027-09-15"),
    2028: ("2028-01-26", "2028-05-28", "2028-10-03"), 2029: ("2029-02-13", "2029-06-16", "2029-09-22"),
    2030: ("2030-02-03", "2030-06-05", "2030-09-12"), 2031: ("2031-01-23", "2031-06-24", "2031-10-01"),
    2032: ("2032-02-11", "2032-06-12", "2032-09-19"), 2033: ("2033-01-31", "2033-06-01", "2033-09-08"),
    2034: ("2034-02-19", "2034-06-20", "2034-09-27"), 2035: ("2035-02-08", "2035-06-10", "2035-09-16"),
}


@pytest.mark.parametrize("year", KNOWN)
def test_the_three_great_festivals_fall_on_the_days_that_almanacs_print(year: int) -> None:
    found = (lunar_day(year, 1, 1), lunar_day(year, 5, 5), lunar_day(year, 8, 15))
    assert tuple(map(str, found)) == KNOWN[year]


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [(1, 15, "2026-03-03"), (7, 7, "2026-08-19"), (9, 9, "2026-10-18"), (12, 8, "2027-01-15"), (12, 30, "2027-02-05")],
    ids=["元宵", "七夕", "重阳", "腊八", "除夕"],
)
def test_the_smaller_festivals_of_the_lunar_year_2026(month: int, day: int, expected: str) -> None:
    assert str(lunar_day(2026, month, day)) == expected


OFFICIAL = {
    chinese_calendar.Holiday.spring_festival.value: lambda year: lunar_day(year, 1, 1),
    chinese_calendar.Holiday.tomb_sweeping_day.value: lambda year: term_day(year, "清明"),
    chinese_calendar.Holiday.dragon_boat_festival.value: lambda year: lunar_day(year, 5, 5),
    chinese_calendar.Holiday.mid_autumn_festival.value: lambda year: lunar_day(year, 8, 15),
}


@pytest.mark.parametrize("year", range(2008, 2027))
@pytest.mark.parametrize("name", OFFICIAL)
def test_every_festival_is_a_day_off_in_the_official_calendar(year: int, name: str) -> None:
    """Since 2008 the four are public holidays by law."""
    day = OFFICIAL[name](year)
    assert day is not None
    off, official = chinese_calendar.get_holiday_detail(day)
    assert off
    together = chinese_calendar.Holiday.national_day.value
    assert official in (name, None, together), f"{day} is {official}"


@cache
def new_moons() -> list[date]:
    """The days of China on which the moon is new, as the sky has them."""
    moment, until, days = ephem.Date(f"{SKY.start - 1}/10/1"), ephem.Date(f"{SKY.stop + 1}/3/1"), []
    while moment < until:
        moment = ephem.next_new_moon(moment)
        days.append((moment.datetime() + CHINA).date())
        moment = ephem.Date(moment + 1)
    return days


@cache
def sun_reaches(year: int, index: int) -> datetime:
    """The time of China at which the sun's apparent longitude reaches a term, counted from 小寒 at 285°."""
    target = math.radians((285 + 15 * index) % 360)
    moment = ephem.Date(ephem.Date(datetime(year, 1, 5)) + index * 15.2184)
    for _ in range(6):
        sun = ephem.Sun(moment)
        at = ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=moment), epoch=moment).lon
        ahead = (target - at + math.pi) % (2 * math.pi) - math.pi
        moment = ephem.Date(moment + ahead * 365.2422 / (2 * math.pi))
    return moment.datetime() + CHINA


@cache
def sky_months(winter: int) -> list[tuple[int, bool, date]]:
    """The months from the one with the winter solstice of a year to the next such, by the rule of GB/T 33661-2017.

    冬至 lies in the eleventh month; where thirteen months lie between two of them,
    the first without a major term (中气) is a leap month.
    """
    first, last = (max(day for day in new_moons() if day <= sun_reaches(year, 23).date()) for year in (winter, winter + 1))
    starts = [day for day in new_moons() if first <= day <= last]
    major = [sun_reaches(year, index).date() for year in (winter, winter + 1) for index in range(1, 24, 2)]
    leap_due, number, months = len(starts) == 14, 10, []
    for start, end in pairwise(starts):
        leap = leap_due and not any(start <= day < end for day in major)
        leap_due = leap_due and not leap
        number = number if leap else number % 12 + 1
        months.append((number, leap, start))
    return months


@pytest.mark.parametrize("year", SKY)
def test_every_month_begins_with_the_new_moon_and_leap_months_are_those_without_a_major_term(year: int) -> None:
    around = sky_months(year - 1) + sky_months(year)
    start = next(at for at, (number, leap, _) in enumerate(around) if (number, leap) == (1, False))
    sky = around[start : start + len(months_of(year))]
    assert [(one.number, one.leap, one.first) for one in months_of(year)] == sky
    assert len(sky) == len(months_of(year))


@pytest.mark.parametrize("year", SKY)
def test_every_solar_term_is_the_day_on_which_the_sun_gets_there(year: int) -> None:
    """Two terms of these years, in 1951 and 1979, come within ten seconds of midnight, where almanacs differ."""
    for index, term in enumerate(TERMS):
        moment, blur = sun_reaches(year, index), timedelta(seconds=15)
        assert term_day(year, term) in ((moment - blur).date(), (moment + blur).date())


def test_qingming_and_the_winter_solstice_of_2026() -> None:
    assert (term_day(2026, "清明"), term_day(2026, "冬至")) == (date(2026, 4, 5), date(2026, 12, 22))


def test_the_months_of_all_years_follow_each_other_without_a_gap() -> None:
    months = [month for year in YEARS for month in months_of(year)]
    for month, following in pairwise(months):
        assert month.first + timedelta(days=month.days) == following.first
        assert month.days in (29, 30)
    assert {len(months_of(year)) for year in YEARS} == {12, 13}


def test_the_leap_month_of_2025_stands_after_the_sixth_and_2026_has_none() -> None:
    leap = lunar_month(2025, 6, leap=True)
    assert leap is not None and (leap.first, leap.days) == (date(2025, 7, 25), 29)
    assert lunar_month(2026, 6, leap=True) is None
    assert lunar_day(2026, 6, 10, leap=True) == lunar_day(2026, 6, 10)


def test_the_eve_of_the_new_year_is_the_30th_or_the_29th_and_always_the_day_before() -> None:
    for year in YEARS[:-1]:
        following = lunar_day(year + 1, 1, 1)
        assert following is not None
        assert lunar_day(year, 12, 30) == following - timedelta(days=1)


def test_a_lunar_year_begins_with_the_spring_festival() -> None:
    assert lunar_year_of(date(2026, 2, 16)) == 2025
    assert lunar_year_of(date(2026, 2, 17)) == 2026


def test_what_lies_beyond_the_tables_is_not_known() -> None:
    assert months_of(2101) == months_of(1899) == ()
    assert lunar_day(2101, 1, 1) is term_day(2101, "清明") is None
    assert lunar_year_of(date(2150, 6, 1)) == 2150
