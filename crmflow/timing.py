"""How far a duty has come by now, and when that changes (section 5: the stages of a reminder)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crmflow.dates import WorkCalendar, add_hours, end_of, start_of
from crmflow.model import Stage, Text
from crmflow.texts import PHRASES, both

ONE_SECOND = timedelta(seconds=1)
ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """The stage of a duty, the moment it moves on, and in words how much time is left."""

    due_at: datetime
    stage: Stage
    next_change_at: datetime | None
    left: Text


def by_day(calendar: WorkCalendar, due: date, ahead: int, grace: int, now: datetime) -> Timing:
    """The timing of what is due by the end of a day.

    It is announced ``ahead`` working days before and called due from the last
    working day on or before ``due``; each escalation waits ``grace`` working days.
    """
    last = calendar.on_or_before(due)
    steps = (
        (start_of(calendar.add_working_days(last, -ahead)), Stage.AHEAD),
        (start_of(last), Stage.DUE),
        *_escalation(calendar, end_of(due) + ONE_SECOND, grace),
    )
    return Timing(end_of(due), *_stand(steps, now), _days_left(calendar, due, now.date()))


def by_hours(
    calendar: WorkCalendar, due_at: datetime, ahead: int, grace: int, zone: ZoneInfo, now: datetime
) -> Timing:
    """The timing of a clock in real hours, in time until the very second ``due_at`` (C2)."""
    steps = (
        (add_hours(due_at, -ahead, zone), Stage.AHEAD),
        *_escalation(calendar, due_at + ONE_SECOND, grace),
    )
    return Timing(due_at, *_stand(steps, now), _hours_left(due_at, now))


def _escalation(calendar: WorkCalendar, overdue_at: datetime, grace: int) -> tuple[tuple[datetime, Stage], ...]:
    """Overdue, then one step up after each ``grace`` full working days; a day off does not count."""
    day = overdue_at.date()
    start = overdue_at if calendar.is_working_day(day) else start_of(calendar.on_or_after(day))
    one, two = (
        datetime.combine(calendar.add_working_days(start.date(), steps * grace), start.time()) for steps in (1, 2)
    )
    return (overdue_at, Stage.OVERDUE), (one, Stage.ESCALATED), (two, Stage.ESCALATED_AGAIN)


def _stand(steps: tuple[tuple[datetime, Stage], ...], now: datetime) -> tuple[Stage, datetime | None]:
    reached = [stage for moment, stage in steps if moment <= now]
    coming = (moment for moment, _ in steps if moment > now)
    return (reached[-1] if reached else Stage.LATER), next(coming, None)


def _days_left(calendar: WorkCalendar, due: date, today: date) -> Text:
    if today == due:
        return PHRASES["due.today"]
    if today < due:
        days = calendar.working_days_between(today, due)
        return both("due.days", days=days) if days else PHRASES["due.last_day"]
    days = calendar.working_days_between(due, today)
    return both("due.passed", days=days) if days else PHRASES["due.just_passed"]


def _hours_left(due_at: datetime, now: datetime) -> Text:
    """Hours left are rounded down, so that nobody is promised more than there is."""
    if now <= due_at:
        return both("due.hours", hours=(due_at - now) // ONE_HOUR)
    return both("due.hours_passed", hours=(now - due_at) // ONE_HOUR)
