"""Festivals as data: the section ``festivals`` of ``config.yaml`` as values, and their days (V8)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from crmflow.dates import TERMS, days_in_month, lunar_day, term_day
from crmflow.settings import Section, wrong


class MonthDay(NamedTuple):
    """A month and a day of it."""

    month: int
    day: int


def _month_day(text: object, longest: Sequence[int]) -> MonthDay:
    month, _, day = text.partition("-") if isinstance(text, str) else ("", "", "")
    if not (month.isdecimal() and day.isdecimal()):
        raise wrong("month_day")
    read = MonthDay(int(month), int(day))
    if not 1 <= read.month <= 12 or not 1 <= read.day <= longest[read.month - 1]:
        raise wrong("month_day")
    return read


def _solar(text: object) -> MonthDay:
    return _month_day(text, [days_in_month(2024, month) for month in range(1, 13)])


def _lunar(text: object) -> MonthDay:
    return _month_day(text, [30] * 12)


def _term(text: object) -> object:
    if text not in TERMS:
        raise wrong("one_of:" + "、".join(TERMS))
    return text


class NthWeekday(Section):
    """A weekday of a month: Mother's Day is the second Sunday of May."""

    month: int = Field(ge=1, le=12)
    nth: int = Field(ge=1, le=4)
    weekday: int = Field(ge=1, le=7)
    """1 is Monday, 7 is Sunday."""

    def day_in(self, year: int) -> date:
        first = date(year, self.month, 1)
        return first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.nth - 1))


class Festival(Section):
    """A festival and the one rule that gives its day."""

    id: str
    zh: str
    en: str
    solar: Annotated[MonthDay | None, BeforeValidator(_solar)] = None
    """29 February is kept on the 28th in common years."""
    lunar: Annotated[MonthDay | None, BeforeValidator(_lunar)] = None
    """The 30th is kept on the 29th in a month of 29 days, so 12-30 is 除夕."""
    term: Annotated[str | None, BeforeValidator(_term)] = None
    """The Chinese name of a solar term."""
    nth_weekday: NthWeekday | None = None
    greeted: bool = False
    """V8: key customers are visited or greeted."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if [self.solar, self.lunar, self.term, self.nth_weekday].count(None) != 3:
            raise wrong("exactly_one_of:solar、lunar、term、nth_weekday")
        return self

    def days_in(self, year: int) -> tuple[date, ...]:
        """Its days in a solar year: one; of a lunar date near the turn of the year at times none or two.

        None where the lunar calendar is not known.
        """
        if self.solar:
            month, day = self.solar
            return (date(year, month, min(day, days_in_month(year, month))),)
        if self.nth_weekday:
            return (self.nth_weekday.day_in(year),)
        if self.term:
            found = [term_day(year, self.term)]
        else:
            found = [lunar_day(lunar_year, *self.lunar) for lunar_year in (year - 1, year)] if self.lunar else []
        return tuple(day for day in found if day and day.year == year)


def _once_each(festivals: tuple[Festival, ...]) -> tuple[Festival, ...]:
    if len({one.id for one in festivals}) < len(festivals):
        raise wrong("own_ids")
    return festivals


Festivals = Annotated[tuple[Festival, ...], AfterValidator(_once_each)]
"""The festivals of a company, each with an id of its own."""


def festivals_in(festivals: Sequence[Festival], year: int) -> tuple[tuple[date, Festival], ...]:
    """Every festival of a solar year with its day, in the order of the calendar."""
    found = ((day, one) for one in festivals for day in one.days_in(year))
    return tuple(sorted(found, key=lambda dated: dated[0]))
