"""Jobs, what was done of them, and the time → what is due now (decision 13).

Everything is decided from the ledger: a job is due when its newest scheduled
moment is later than the last one it was done for. So what was missed is done
once, for the newest moment, and nothing is due twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crmflow.dates import ONE_DAY, WorkCalendar
from crmflow.drafts import Telling
from crmflow.timetable import Job

DAYS_LOOKED_AT = 100
"""Further back and further ahead than any job's days lie apart."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TELLS: Mapping[str, frozenset[Telling]] = {
    "read": frozenset({Telling.ALERTS}),
    "digest": frozenset({Telling.ALERTS, Telling.DIGESTS}),
    "summary": frozenset({Telling.ALERTS, Telling.SUMMARIES}),
    "executive": frozenset({Telling.ALERTS, Telling.MONTHS}),
}
"""What each job tells people, besides taking the workbooks in."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job to be done now, and the moment (UTC) it is done for."""

    job: str
    scheduled_for: datetime


def due(
    jobs: Mapping[str, Job], done: Mapping[str, datetime], now: datetime, calendar: WorkCalendar
) -> tuple[Due, ...]:
    """What is to be done now: each job once, for its newest moment.

    ``done`` has the last moment that each job was done for. ``now`` is aware,
    in the company's zone: the times of the jobs are its wall time.
    """
    moments = {name: newest(job, now, calendar) for name, job in jobs.items()}
    return tuple(
        Due(name, moment) for name, moment in moments.items()
        if moment is not None and (name not in done or moment > done[name])
    )


def coming(
    jobs: Mapping[str, Job], done: Mapping[str, datetime], now: datetime, calendar: WorkCalendar
) -> Mapping[str, datetime]:
    """For each job the moment (UTC) it will be due, or since when it waits to be done."""
    waiting = {one.job: one.scheduled_for for one in due(jobs, done, now, calendar)}
    following = {name: waiting.get(name) or next_after(job, now, calendar) for name, job in jobs.items()}
    return {name: moment for name, moment in following.items() if moment is not None}


def newest(job: Job, now: datetime, calendar: WorkCalendar) -> datetime | None:
    """The last moment (UTC) at or before ``now`` that the job is scheduled for."""
    if job.every_minutes is not None:
        midnight, every = _moment(now.date(), timedelta(), now), timedelta(minutes=job.every_minutes)
        return midnight + (now.astimezone(UTC) - midnight) // every * every
    days = (now.date() - number * ONE_DAY for number in range(DAYS_LOOKED_AT))
    moments = (_moment(day, job.time_of_day, now) for day in days if falls_on(job, day, calendar))
    return next((moment for moment in moments if moment <= now), None)


def next_after(job: Job, now: datetime, calendar: WorkCalendar) -> datetime | None:
    """The first moment (UTC) after ``now`` that the job is scheduled for; a job by minutes begins anew at midnight."""
    if job.every_minutes is not None:
        last = newest(job, now, calendar)
        assert last is not None
        return min(last + timedelta(minutes=job.every_minutes), _moment(now.date() + ONE_DAY, timedelta(), now))
    days = (now.date() + number * ONE_DAY for number in range(DAYS_LOOKED_AT))
    moments = (_moment(day, job.time_of_day, now) for day in days if falls_on(job, day, calendar))
    return next((moment for moment in moments if moment > now), None)


def falls_on(job: Job, day: date, calendar: WorkCalendar) -> bool:
    """Whether the job has its time on ``day``.

    A weekday or the start of a month means the first working day from it on;
    where that comes only after the next one, once is enough.
    """
    if job.days == "every_day":
        return True
    if not calendar.is_working_day(day):
        return False
    if job.days == "working_days":
        return True
    if job.days == "month_start":
        return calendar.on_or_after(day.replace(day=1)) == day
    named = day - timedelta(days=(day.weekday() - WEEKDAYS.index(job.days)) % 7)
    return calendar.on_or_after(named) == day


def _moment(day: date, time_of_day: timedelta, now: datetime) -> datetime:
    """The wall time of the zone of ``now`` on ``day``, in UTC."""
    return (datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) + time_of_day).astimezone(UTC)
