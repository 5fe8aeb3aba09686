"""Days, months and the spans that rules count in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
MONTHS_IN: Mapping[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of days, both ends included: ``2026Q3``, ``2026H1``, ``2026-07`` or ``2026``."""

    start: date
    end: date
    name: str


def first_monday(year: int, month: int) -> date:
    """The first Monday of a month (D1)."""
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


@lru_cache(maxsize=10_000)
def shift_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - ONE_DAY).day


@lru_cache(maxsize=10_000)
def span_of(period: str, day: date) -> Span:
    """The month, quarter, half_year or year that ``day`` lies in."""
    months = MONTHS_IN[period]
    index = (day.month - 1) // months
    start = date(day.year, index * months + 1, 1)
    end = shift_months(start, months) - ONE_DAY
    suffix = {"month": f"-{start.month:02d}", "quarter": f"Q{index + 1}", "half_year": f"H{index + 1}", "year": ""}
    return Span(start, end, f"{day.year}{suffix[period]}")


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min)


def end_of(day: date) -> datetime:
    """The last second of a day: what is due on that day is in time until then."""
    return datetime.combine(day, time(23, 59, 59))


def day_of(value: object) -> date | None:
    """The day of a date or a moment; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
