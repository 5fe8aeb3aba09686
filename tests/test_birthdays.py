"""Birthdays by the solar and the lunar calendar (D11)."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmflow.access import mask
from crmflow.dates import lunar_birthday, next_birthday
from crmflow.dates.lunar import months_of
from crmflow.declare import Kind

DAYS = st.dates(date(2015, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("农历八月十五", "农历八月十五"), ("农历8月15日", "农历八月十五"), ("阴历腊月初八", "农历腊月初八"),
        ("闰四月初三", "农历闰四月初三"), ("1975年农历八月十五", "农历1975年八月十五"), ("lunar 08-15", "农历八月十五"),
        ("农历1975年8月15日", "农历1975年八月十五"), ("Lunar 1975-08-15", "农历1975年八月十五"),
        ("8月15日(农历)", "农历八月十五"), ("农历:八月十五日", "农历八月十五"), ("农历 8.15", "农历八月十五"),
        ("旧历十一月二十一", "农历冬月廿一"), ("农历十二月三十", "农历腊月三十"), ("正月初一", "农历正月初一"),
        ("农历一月一日", "农历正月初一"), ("八月廿五", "农历八月廿五"), ("农历十月二十", "农历十月二十"),
        ("lunar leap 4-3", "农历闰四月初三"), ("二〇〇五年正月初五", "农历2005年正月初五"),
        ("农历2020年闰四月初三", "农历2020年闰四月初三"), ("冬月卅", "农历冬月三十"),
    ],
)
def test_a_lunar_birthday_is_read_as_staff_write_it_and_kept_in_one_form(typed: str, kept: str) -> None:
    assert lunar_birthday(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("八月十五", "either calendar"), ("八月十五日", "either calendar"), ("08-15", "solar"), ("1975-08-15", "solar"),
        ("农历", "no date"), ("农历八月", "no day"), ("农历13月1日", "no such month"), ("农历八月卅一", "no such day"),
        ("农历8月31日", "no such day"), ("农历0月5日", "no such month"), ("农历闰正月初一", "no such month in 200 years"),
        ("1975年农历闰八月十五", "1975 has no such month"), ("2026年农历二月三十", "29 days that year"),
        ("农历1875年八月十五", "before the tables"), ("农历生日不详", "no date"), ("农历十三月初一", "no such month"), ("", ""),
    ],
)
def test_what_is_no_lunar_day_or_may_be_a_solar_one_is_not_read(typed: str, why: str) -> None:
    assert lunar_birthday(typed) is None, why


EVERY_LUNAR_DAY = sorted({
    str(lunar_birthday(f"农历{'闰' if month.leap else ''}{month.number}月{day}日"))
    for year in range(1950, 2051) for month in months_of(year) for day in range(1, month.days + 1)
})
LUNAR = st.sampled_from(EVERY_LUNAR_DAY)
SOLAR = st.one_of(
    st.dates(date(1930, 1, 1), date(2010, 12, 31)).map(date.isoformat),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: f"{day:%m-%d}"),
)


@given(LUNAR)
def test_the_kept_form_is_read_as_itself(kept: str) -> None:
    assert lunar_birthday(kept) == kept


def kept_on(day: date) -> set[str]:
    """Every birthday without a year that is kept on a day, found from the day itself."""
    solar = {f"{day:%m-%d}"}
    if f"{day:%m-%d}" == "02-28" and (day + timedelta(days=1)).month == 3:
        solar.add("02-29")
    year = next(year for year in (day.year, day.year - 1) if months_of(year)[0].first <= day)
    month = next(one for one in reversed(months_of(year)) if one.first <= day)
    number = (day - month.first).days + 1
    numbers = [number, 30] if number == month.days == 29 else [number]
    leaps = [month.leap]
    if not month.leap and not any(one.leap and one.number == month.number for one in months_of(year)):
        leaps.append(True)
    return solar | {
        kept for leap in leaps for one in numbers
        if (kept := lunar_birthday(f"农历{'闰' if leap else ''}{month.number}月{one}日"))
    }


@given(st.one_of(LUNAR, SOLAR), DAYS)
@example("农历闰四月廿九", date(2019, 6, 2))
@example("农历腊月三十", date(2025, 1, 29))
@example("农历闰冬月廿九", date(2033, 12, 1))
@example("02-29", date(2027, 3, 1))
def test_the_next_birthday_is_the_first_day_from_today_on_that_keeps_it(birthday: str, today: date) -> None:
    bare = birthday if birthday.startswith("农历") else birthday[-5:]
    slowly = next(day for n in range(386) if bare in kept_on(day := today + timedelta(days=n)))
    assert next_birthday(birthday, today) == slowly


@given(st.one_of(LUNAR, SOLAR), DAYS)
def test_the_next_birthday_is_never_past_and_at_most_385_days_away(birthday: str, today: date) -> None:
    following = next_birthday(birthday, today)
    assert following is not None
    assert timedelta() <= following - today <= timedelta(days=385)


def test_no_birthday_of_the_century_is_ever_more_than_385_days_away() -> None:
    for kept in EVERY_LUNAR_DAY:
        day, last = next_birthday(kept, date(1950, 1, 1)), date(2050, 1, 1)
        while day is not None and day < last:
            following = next_birthday(kept, day + timedelta(days=1))
            assert following is not None
            assert 353 <= (following - day).days <= 385, kept
            day = following


@pytest.mark.parametrize(
    ("birthday", "today", "expected"),
    [
        ("农历八月十五", date(2026, 9, 25), date(2026, 9, 25)),
        ("农历八月十五", date(2026, 9, 26), date(2027, 9, 15)),
        ("农历1975年八月十五", date(2026, 1, 1), date(2026, 9, 25)),
        ("农历腊月三十", date(2026, 2, 10), date(2026, 2, 16)),     # 2025's last month has 29 days
        ("农历腊月初八", date(2026, 1, 27), date(2027, 1, 15)),     # 2025's was on 26 January
        ("农历闰六月初十", date(2025, 7, 10), date(2025, 8, 3)),    # 2025 has the leap month
        ("农历闰六月初十", date(2026, 1, 1), date(2026, 7, 23)),    # 2026 has not
    ],
)
def test_a_lunar_birthday_recurs(birthday: str, today: date, expected: date) -> None:
    assert next_birthday(birthday, today) == expected


@pytest.mark.parametrize("text", ["农历", "农历十三月初一", "农历闰正月初一", "八月十五"])
def test_a_text_that_names_no_lunar_day_has_no_birthday(text: str) -> None:
    assert next_birthday(text, date(2026, 1, 1)) is None


def test_beyond_the_tables_a_lunar_birthday_is_not_known() -> None:
    assert next_birthday("农历八月十五", date(2150, 1, 1)) is None


def test_a_lunar_birthday_is_masked_like_any_other() -> None:
    assert mask("农历1975年八月十五", Kind.BIRTHDAY) == "**-**"
