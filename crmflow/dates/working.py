"""Working days: the company's own, then the official calendar, then Monday to Friday (section 5)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

import chinese_calendar

from crmflow.dates.days import ONE_DAY


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked: the company's own days, then the official calendar, then Monday to Friday."""

    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    @cached_property
    def _known(self) -> dict[date, bool]:
        """Days already looked up: the official calendar is slow, and the same days are asked again and again."""
        return {}

    def is_working_day(self, day: date) -> bool:
        """Whether the company works on ``day``; a day named both ways in the configuration is worked."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = day in self.working_days or (day not in self.holidays and _official(day))
        return known

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, or before it when negative; ``day`` itself for 0."""
        known = self._later.get((day, count))
        if known is None:
            known, step = day, ONE_DAY if count > 0 else -ONE_DAY
            for _ in range(abs(count)):
                known += step
                while not self.is_working_day(known):
                    known += step
            self._later[day, count] = known
        return known

    @cached_property
    def _later(self) -> dict[tuple[date, int], date]:
        """Days already counted up to: thousands of rows bear the same date."""
        return {}

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return self._by(end) - self._by(start) + sum(self._worked(year)[-1] for year in range(start.year, end.year))

    def _by(self, day: date) -> int:
        """How many working days of its year have passed by the end of a day."""
        return self._worked(day.year)[day.toordinal() - date(day.year, 1, 1).toordinal() + 1]

    def _worked(self, year: int) -> tuple[int, ...]:
        """How many working days of a year have passed by each day of it, none before the first."""
        known = self._years.get(year)
        if known is None:
            days = (date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
            known = self._years[year] = 0, *accumulate(self.is_working_day(day) for day in days)
        return known

    @cached_property
    def _years(self) -> dict[int, tuple[int, ...]]:
        """Years already counted."""
        return {}

    def is_within(self, day: date, count: int, start: date) -> bool:
        """Whether ``day`` is at the latest the ``count``-th working day after ``start`` (D4, D7, D8)."""
        return day <= self.add_working_days(start, count)

    def on_or_before(self, day: date) -> date:
        """``day``, or the last working day before it."""
        return day if self.is_working_day(day) else self.add_working_days(day, -1)

    def on_or_after(self, day: date) -> date:
        """``day``, or the first working day after it."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def nth_working_day(self, year: int, month: int, n: int) -> date:
        """The ``n``-th working day of a month, counted from 1 (D8)."""
        return self.add_working_days(date(year, month, 1) - ONE_DAY, n)

    def provisional(self, year: int) -> bool:
        """Whether no official calendar is known for ``year``, so that its days rest on Monday to Friday."""
        return not _official_knows(year)


def _official_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _official(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5
