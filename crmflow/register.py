"""The filing register (decision 9): what was expected of whom for which period, and how it was filed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from crmflow.dates import WorkCalendar, day_of
from crmflow.model import Expectation
from crmflow.people import Directory


class Status(StrEnum):
    """How a filing stands; every line has exactly one."""

    EXPECTED = "expected"
    """There is still time."""
    ON_TIME = "on_time"
    LATE = "late"
    WITH_ERRORS = "with_errors"
    """What was filed is kept out until it is mended."""
    MISSING = "missing"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Line:
    """What one person was to file in one form, about a customer or not, for one period.

    ``subject`` tells apart several of one period, as in ``Expectation``.
    ``owner`` is the staff number of who answers for it, on leave or not. ``due``
    is the last day or moment; a file that arrives by ``timely_until`` can still
    be on time if it is dated so. ``typed`` is the day or moment in the
    evidence, ``arrived`` that of its file (local). ``days_late`` are calendar
    days, of what is missing those up to now. ``reason`` is that of an exemption.
    """

    form: str
    rule: str
    customer: str
    subject: str
    period: str
    owner: str
    status: Status
    due: date | datetime
    timely_until: date
    typed: date | datetime | None = None
    arrived: datetime | None = None
    days_late: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What lines rest on besides the expectations.

    ``forms`` names the form that a rule asks for; other rules have no line.
    ``arrivals`` tells when a row first came with a typed day (local), by row id
    and day, None where nobody knows. ``backdating`` is in working days. What was due before ``since`` has no line.
    """

    forms: Mapping[str, str]
    arrivals: Mapping[tuple[str, date], datetime]
    calendar: WorkCalendar
    backdating: int
    since: date
    now: datetime


def register(expected: Iterable[Expectation], terms: Terms) -> tuple[Line, ...]:
    """A line for every expectation of a filing, the newest first."""
    timely = cache(lambda day: terms.calendar.add_working_days(day, terms.backdating))
    lines = (
        _line(one, form, timely(day), terms) for one in expected
        if (form := terms.forms.get(one.rule)) and (day := _day(one.due)) >= terms.since
    )
    return tuple(sorted(lines, key=lambda line: (-_day(line.due).toordinal(), line.form, line.customer, line.owner)))


def _line(one: Expectation, form: str, timely_until: date, terms: Terms) -> Line:
    typed = day_of(one.met_on)
    arrived = terms.arrivals.get((one.evidence, typed)) if typed else None
    counted = counted_from(one.met_on, arrived, terms) if one.met_on else terms.now
    status = _status(one, counted, terms)
    overdue = status in (Status.LATE, Status.MISSING) or (status is Status.WITH_ERRORS and is_past(terms.now, one.due))
    return Line(
        form, one.rule, one.customer, one.subject, one.period, one.owner, status, one.due, timely_until, one.met_on,
        arrived, (_day(counted) - _day(one.due)).days if overdue else 0, one.exempt,
    )


def counted_from(typed: date | datetime, arrived: datetime | None, terms: Terms) -> date | datetime:
    """The day that decides: the typed one if the file arrived soon after it, else that of the arrival (decision 9).

    Where nobody knows when it arrived, the typed day is believed.
    """
    if arrived is None or _day(arrived) <= _day(typed):
        return typed
    if terms.calendar.is_within(_day(arrived), terms.backdating, _day(typed)):
        return typed
    return arrived


def _status(one: Expectation, counted: date | datetime, terms: Terms) -> Status:
    if one.exempt:
        return Status.EXEMPT
    if one.met_on is not None:
        return Status.LATE if is_past(counted, one.due) else Status.ON_TIME
    if one.error_since is not None:
        return Status.WITH_ERRORS
    return Status.MISSING if is_past(terms.now, one.due) else Status.EXPECTED


def is_past(counted: date | datetime, due: date | datetime) -> bool:
    """Whether it is after a due day, or to the second after a due moment where the moment is known."""
    if isinstance(due, datetime) and isinstance(counted, datetime):
        return counted > due
    return _day(counted) > _day(due)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


@dataclass(frozen=True, slots=True)
class Rates:
    """How many filings stand how."""

    expected: int = 0
    on_time: int = 0
    late: int = 0
    with_errors: int = 0
    missing: int = 0
    exempt: int = 0

    @property
    def on_time_rate(self) -> float | None:
        """The share filed on time of all that had to be filed by now, or was sooner; None where there was nothing."""
        counted = self.on_time + self.late + self.with_errors + self.missing
        return self.on_time / counted if counted else None


def rates(lines: Iterable[Line], by: Callable[[Line], str]) -> Mapping[str, Rates]:
    """The rates of each person, team, form or month that ``by`` tells, in their order."""
    counts: dict[str, Counter[Status]] = defaultdict(Counter)
    for line in lines:
        counts[by(line)][line.status] += 1
    return {
        whose: Rates(**{status.value: found[status] for status in Status}) for whose, found in sorted(counts.items())
    }


def groups(lines: Collection[Line], people: Directory) -> Mapping[str, Mapping[str, Rates]]:
    """The rates by person (staff number), team (department of who answers), form, and month in which it was due."""
    return {
        "person": rates(lines, lambda line: line.owner),
        "team": rates(lines, lambda line: one.department if (one := people.people.get(line.owner)) else ""),
        "form": rates(lines, lambda line: line.form),
        "month": rates(lines, lambda line: str(line.due)[:7]),
    }
