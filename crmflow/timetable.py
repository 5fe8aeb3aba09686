"""What happens when: the section ``jobs`` of ``config.yaml`` (decision 13)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from crmflow.settings import Section, wrong

Days = Literal[
    "every_day", "working_days", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "month_start",
]


def _time_of_day(text: object) -> object:
    """``08:30`` as the time since midnight; YAML takes 10:30 without quotes for a number, 10 × 60 + 30."""
    if isinstance(text, int):
        text = f"{text // 60}:{text % 60:02}"
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text) if isinstance(text, str) else None
    if found is None:
        raise wrong("time_of_day")
    return timedelta(hours=int(found[1]), minutes=int(found[2]))


TimeOfDay = Annotated[timedelta, BeforeValidator(_time_of_day)]
"""Wall time of the company's zone, since midnight."""


class Job(Section):
    """When a job is done: every so many minutes from midnight on, or at a time of some days.

    A day off is passed over; a weekday or ``month_start`` then means the next working day.
    """

    every_minutes: int | None = Field(None, ge=1, le=1440)
    at: TimeOfDay | None = None
    days: Days = "every_day"

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.every_minutes is None) == (self.at is None):
            raise wrong("exactly_one_of:every_minutes、at")
        return self

    @property
    def time_of_day(self) -> timedelta:
        return self.at or timedelta()


class Jobs(Section):
    """The jobs, each with its times."""

    read: Job = Job(every_minutes=30)
    """Takes the workbooks in and tells what is urgent (D3, C3)."""
    digest: Job = Job(at="08:30", days="working_days")
    """Sends each person their digest (R1)."""
    summary: Job = Job(at="09:00", days="monday")
    """Sends each department head the week's summary (R2)."""
    executive: Job = Job(at="09:00", days="month_start")
    """Sends vice presidents, general manager and chairman the month's summary (R3)."""

    @property
    def by_name(self) -> Mapping[str, Job]:
        return dict(self)
