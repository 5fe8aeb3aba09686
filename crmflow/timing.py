"""How far a duty has come by now, and when that changes (section 5: the stages of a reminder)."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from crmflow.codes import say
from crmflow.dates import WorkCalendar, add_hours, end_of, start_of
from crmflow.model import Duty, Stage, Text
from crmflow.rules import TO_KNOW
from crmflow.texts import PHRASES, both, phrase

ONE_SECOND = timedelta(seconds=1)
ONE_HOUR = timedelta(hours=1)
RUNGS = (Stage.COPIED, Stage.ESCALATED, Stage.AT_HEAD, Stage.AT_EXECUTIVE)
"""The steps up that an overdue duty takes, each after the same grace."""
CADENCES = {"year": r"\d{4}", "half_year": r"\d{4}H\d", "quarter": r"\d{4}Q\d", "month": r"\d{4}-\d\d"}
"""How the names of a rule's periods tell how often it asks (``dates.Span``)."""


class Pace(StrEnum):
    """In what a rule counts the time it leaves."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Timing:
    """The stage of a duty, the moment it moves on, and in words how much time is left.

    ``announced`` is the announcement it stands at, so many days or hours ahead; 0 once it is due.
    """

    due_at: datetime
    stage: Stage
    next_change_at: datetime | None
    left: Text
    announced: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """How the company counts: its working days, its zone, and the working days of grace before each step up.

    ``pause`` are the working days for which an error in the evidence stops the steps up.
    """

    calendar: WorkCalendar
    zone: ZoneInfo
    grace: int
    pause: int = 0


Step: TypeAlias = tuple[datetime, Stage, int]


def timing(
    pace: Pace, due: date | datetime, ahead: tuple[int, ...], clock: Clock, now: datetime,
    error_since: date | None = None,
) -> Timing:
    """The timing of what is due by the end of a day, or in real time until the very second of a moment.

    In working days it is announced so many of them ahead, and called due from
    the last one on or before the due day. Once overdue it goes one step up
    after each ``grace`` full working days, among which the ``pause`` after
    ``error_since`` does not count.
    """
    calendar = clock.calendar
    paused = {calendar.add_working_days(error_since, days + 1) for days in range(clock.pause)} if error_since else set()
    due_at = due if isinstance(due, datetime) else end_of(due)
    steps = (
        *_announcements(pace, due, sorted(ahead, reverse=True), clock),
        *_escalation(due_at + ONE_SECOND, clock, paused),
    )
    reached = [step for step in steps if step[0] <= now]
    coming = next((moment for moment, _, _ in steps if moment > now), None)
    _, stage, announced = reached[-1] if reached else (now, Stage.LATER, 0)
    return Timing(due_at, stage, coming, _left(pace, due_at, clock.calendar, now), announced)


def _announcements(pace: Pace, due: date | datetime, ahead: list[int], clock: Clock) -> Iterator[Step]:
    if isinstance(due, datetime):
        yield from ((add_hours(due, -hours, clock.zone), Stage.AHEAD, hours) for hours in ahead)
        return
    if pace is Pace.CALENDAR_DAYS:
        last = due
        yield from ((start_of(due - timedelta(days=days)), Stage.AHEAD, days) for days in ahead if days > 0)
    else:
        last = clock.calendar.on_or_before(due)
        yield from (
            (start_of(clock.calendar.add_working_days(last, -days)), Stage.AHEAD, days) for days in ahead
        )
    yield start_of(last), Stage.DUE, 0


def _escalation(overdue_at: datetime, clock: Clock, paused: Set[date]) -> Iterator[Step]:
    """Overdue, then up rung by rung after each ``grace`` full working days; a day off or ``paused`` does not count."""
    yield overdue_at, Stage.OVERDUE, 0
    calendar, day = clock.calendar, overdue_at.date()
    start = overdue_at if calendar.is_working_day(day) else start_of(calendar.on_or_after(day))
    up = start.date()
    for rung in RUNGS:
        waited = 0
        while waited < clock.grace:
            up = calendar.add_working_days(up, 1)
            waited += up not in paused
        yield datetime.combine(up, start.time()), rung, 0


def _left(pace: Pace, due_at: datetime, calendar: WorkCalendar, now: datetime) -> Text:
    if pace is Pace.HOURS:
        return _hours_left(due_at, now)
    due, today = due_at.date(), now.date()
    if pace is Pace.CALENDAR_DAYS:
        return _calendar_days_left((due - today).days)
    return _working_days_left(calendar, due, today)


def _calendar_days_left(days: int) -> Text:
    if not days:
        return PHRASES["due.this_day"]
    return both("due.calendar_days", days=days) if days > 0 else both("due.calendar_days_passed", days=-days)


def _working_days_left(calendar: WorkCalendar, due: date, today: date) -> Text:
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


def period_of(duty: Duty) -> str:
    """The duty's period, whichever announcement it stands at."""
    return duty.period.removesuffix(f"-{duty.announced}") if duty.announced else duty.period


def arithmetic(duty: Duty, language: str, besides: str = "") -> str:
    """How a duty's due day came about, in one line: the last evidence, the cadence and its grade, due day, time left.

    What the sentence ``besides`` says already is not repeated. What is only to be known has none.
    """
    if duty.rule in TO_KNOW:
        return ""
    due, left = (say(duty.facts.get(name, ""), language) for name in ("due", "left"))
    parts = list(_basis(duty, language))
    if due and due not in besides:
        parts.append(phrase("due.deadline", language, due=due))
    if left and left not in besides:
        parts.append(left)
    return " · ".join(parts)


def _basis(duty: Duty, language: str) -> Iterator[str]:
    often, grade = _often(duty, language), duty.facts.get("grade")
    if duty.last_evidence:
        yield phrase("due.last", language, day=duty.last_evidence)
    elif often:
        yield phrase("due.never", language)
    if often:
        yield phrase("due.graded", language, grade=say(grade, language), often=often) if grade else often


def _often(duty: Duty, language: str) -> str:
    """How often it is asked: as its facts say, else as the name of its period does; empty when once."""
    if often := duty.facts.get("often"):
        return say(often, language)
    cadence = _cadence(period_of(duty))
    return phrase(f"due.every.{cadence}", language) if cadence else ""


@cache
def _cadence(period: str) -> str:
    return next((name for name, pattern in CADENCES.items() if re.fullmatch(pattern, period)), "")
