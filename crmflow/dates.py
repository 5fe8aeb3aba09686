"""The calendar: working days, spans, birthdays (section 5). The only user of ``chinese_calendar``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import chinese_calendar

ONE_DAY = timedelta(days=1)
MONTHS_IN: Mapping[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of days, both ends included: ``2026Q3``, ``2026H1``, ``2026-07`` or ``2026``."""

    start: date
    end: date
    name: str


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
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

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


def first_monday(year: int, month: int) -> date:
    """The first Monday of a month (D1)."""
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def shift_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - ONE_DAY).day


def span_of(period: str, day: date) -> Span:
    """The month, quarter, half_year or year that ``day`` lies in."""
    months = MONTHS_IN[period]
    index = (day.month - 1) // months
    start = date(day.year, index * months + 1, 1)
    end = shift_months(start, months) - ONE_DAY
    suffix = {"month": f"-{start.month:02d}", "quarter": f"Q{index + 1}", "half_year": f"H{index + 1}", "year": ""}
    return Span(start, end, f"{day.year}{suffix[period]}")


def next_birthday(birthday: str, today: date) -> date | None:
    """The next day, today included, on which ``MM-DD`` or ``YYYY-MM-DD`` recurs; None when it names no day.

    Whoever was born on 29 February is congratulated on the 28th in common years: a day early, never late.
    """
    parts = birthday.split("-")[-2:]
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    month, day = int(parts[0]), int(parts[1])
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(2024, month):
        return None
    days = (date(year, month, min(day, days_in_month(year, month))) for year in (today.year, today.year + 1))
    return next(occurrence for occurrence in days if occurrence >= today)


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time())


def end_of(day: date) -> datetime:
    """The last second of a day: what is due on that day is in time until then."""
    return datetime.combine(day, time(23, 59, 59))


def day_of(value: object) -> date | None:
    """The day of a date or a moment; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def add_hours(moment: datetime, hours: float, zone: ZoneInfo) -> datetime:
    """Wall time ``hours`` of real time after ``moment``, across changes of the clock (C2)."""
    real = moment.replace(tzinfo=zone).astimezone(UTC) + timedelta(hours=hours)
    return real.astimezone(zone).replace(tzinfo=None)
