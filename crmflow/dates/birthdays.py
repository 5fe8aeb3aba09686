"""Birthdays by the solar and by the lunar calendar (D11).

A birthday is a text: ``MM-DD`` or ``YYYY-MM-DD`` by the solar calendar; by the lunar one what staff write
themselves, ``农历八月十五``, ``农历1975年八月十五`` or ``农历闰四月初三``, which needs no translation when it is shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from crmflow.dates.days import days_in_month
from crmflow.dates.lunar import YEARS, lunar_day, lunar_month, lunar_year_of

_DIGITS = "〇一二三四五六七八九"
_COUNTED = ("", *_DIGITS[1:], "十", *(f"十{one}" for one in _DIGITS[1:]), "二十",
            *(f"二十{one}" for one in _DIGITS[1:]), "三十")
_MONTHS = ("", "正", *_COUNTED[2:11], "冬", "腊")
_DAYS = ("", *(f"初{one}" for one in _COUNTED[1:11]), *_COUNTED[11:21], *(f"廿{one}" for one in _DIGITS[1:]), "三十")
"""Months and days as almanacs name them, by their numbers."""

_MONTH_OF = {name: number for names in (_COUNTED[:13], _MONTHS) for number, name in enumerate(names)}
_DAY_OF = {name: number for names in (_COUNTED, _DAYS) for number, name in enumerate(names)} | {"廿": 20, "卅": 30}
_YEAR_DIGITS = str.maketrans("零" + _DIGITS, "0" + "0123456789")

_MARK = re.compile(r"\(?(?:农历|阴历|旧历|lunar)\)?\s*:?\s*", re.IGNORECASE)
_ONLY_LUNAR = re.compile("[闰正冬腊初廿]")
"""Signs by which a date is lunar although nobody says so: 八月十五 may be either, 腊月初八 may not."""
_WRITTEN = re.compile(
    r"(?:(?P<year>\d{4}|[零〇一二三四五六七八九]{4})\s*[年/.-]\s*)?(?P<leap>闰|leap\s+)?"
    r"(?P<month>\d{1,2}|[正冬腊一二三四五六七八九十]{1,2})\s*[月/.-]\s*"
    r"(?P<day>\d{1,2}|[初廿卅一二三四五六七八九十]{1,3})\s*[日号]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Lunar:
    """A lunar birthday; ``year`` is None when nobody knows it."""

    year: int | None
    month: int
    leap: bool
    day: int

    def __str__(self) -> str:
        year = f"{self.year}年" if self.year else ""
        return f"农历{year}{'闰' if self.leap else ''}{_MONTHS[self.month]}月{_DAYS[self.day]}"

    @property
    def exists(self) -> bool:
        """Whether there is such a day, in its year or, without one, in any."""
        if not 1 <= self.day <= 30:
            return False
        months = (lunar_month(year, self.month, self.leap) for year in ([self.year] if self.year else YEARS))
        return any(month is not None and self.day <= month.days for month in months)


def lunar_birthday(text: str) -> str | None:
    """A lunar date as staff write it, in the one form it is kept in; None when it is none, or there is no such day.

    Read are 农历八月十五, 阴历8月15日, 1975年农历八月十五, 腊月初八, 闰四月初三, lunar 08-15, lunar leap 4-3
    and the like, in half-width characters.
    """
    born = _read(text)
    return str(born) if born and born.exists else None


def _read(text: str) -> _Lunar | None:
    dated, marks = _MARK.subn("", text, count=1)
    match = _WRITTEN.fullmatch(dated.strip())
    if match is None or not (marks or _ONLY_LUNAR.search(text)):
        return None
    year = int(match["year"].translate(_YEAR_DIGITS)) if match["year"] else None
    month, day = _number(match["month"], _MONTH_OF), _number(match["day"], _DAY_OF)
    return _Lunar(year, month, bool(match["leap"]), day)


def _number(text: str, names: Mapping[str, int]) -> int:
    """The number that digits or a name say; 0 for a name there is not."""
    return int(text) if text.isdecimal() else names.get(text, 0)


@lru_cache(maxsize=10_000)
def next_birthday(birthday: str, today: date) -> date | None:
    """The next day, today included, on which a birthday recurs; None when it names no day.

    What a year does not have is kept a day early, never late: 29 February on the 28th, the lunar 30th on the 29th.
    A birthday in a leap month is kept in the ordinary month of its number in years without that leap month.
    """
    born = _read(birthday)
    days = _lunar_days(born, today) if born else _solar_days(birthday, today)
    return next((day for day in days if day >= today), None)


def _lunar_days(born: _Lunar, today: date) -> Iterator[date]:
    if born.exists:
        this = lunar_year_of(today)
        days = (lunar_day(year, born.month, born.day, born.leap) for year in (this, this + 1))
        yield from (day for day in days if day)


def _solar_days(birthday: str, today: date) -> Iterator[date]:
    parts = birthday.split("-")[-2:]
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        return
    month, day = int(parts[0]), int(parts[1])
    if 1 <= month <= 12 and 1 <= day <= days_in_month(2024, month):
        for year in (today.year, today.year + 1):
            yield date(year, month, min(day, days_in_month(year, month)))
