"""Clocks that run in hours: in real time, or only while the office is open (C2)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from crmflow.dates.days import ONE_DAY, start_of
from crmflow.dates.working import WorkCalendar


@lru_cache(maxsize=100_000)
def add_hours(moment: datetime, hours: float, zone: ZoneInfo) -> datetime:
    """Wall time ``hours`` of real time after ``moment``, across changes of the clock (C2)."""
    real = moment.replace(tzinfo=zone).astimezone(UTC) + timedelta(hours=hours)
    return real.astimezone(zone).replace(tzinfo=None)


def add_office_hours(
    moment: datetime, hours: float, opens: timedelta, closes: timedelta, calendar: WorkCalendar
) -> datetime:
    """The first moment by which the office was open for ``hours`` since ``moment`` (C2).

    With negative ``hours`` the last moment from which it is open for so long until ``moment``. It is open
    from ``opens`` until ``closes``, both since midnight, of every working day; the clocks are not changed meanwhile.
    """
    left = timedelta(hours=abs(hours))
    if not left:
        return moment
    forward = hours > 0
    stretches = _open(moment, opens, closes, calendar, forward)
    start, end = next(stretches)
    while left > end - start:
        left -= end - start
        start, end = next(stretches)
    return start + left if forward else end - left


def _open(
    moment: datetime, opens: timedelta, closes: timedelta, calendar: WorkCalendar, forward: bool
) -> Iterator[tuple[datetime, datetime]]:
    """When the office is open after ``moment``, day by day, or before it, backwards."""
    day = moment.date()
    while True:
        if calendar.is_working_day(day):
            start, end = start_of(day) + opens, start_of(day) + closes
            if forward and moment < end:
                yield max(start, moment), end
            elif not forward and start < moment:
                yield start, min(end, moment)
        day += ONE_DAY if forward else -ONE_DAY
