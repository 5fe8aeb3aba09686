"""What the duty rules look at."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from crmflow.access import deputy_of
from crmflow.company import CONTACTS, Company, Contact
from crmflow.config import Config
from crmflow.dates import (
    ONE_DAY,
    Span,
    WorkCalendar,
    add_hours,
    add_office_hours,
    next_birthday,
    shift_months,
    span_of,
    start_of,
)
from crmflow.duties.horizon import Horizon, beyond_at, moment_of, over_at
from crmflow.festivals import Festival, festivals_in
from crmflow.forms import f10_contact_reports
from crmflow.model import Accepted, Grade, Person, Value, Where
from crmflow.people import at_work, in_service
from crmflow.timing import Clock, Pace, Timing, timing


@dataclass(frozen=True)
class Situation:
    """All that a rule looks at; ``grades`` are those of the primary scheme by customer code, ``now`` local time.

    Whatever depends on the time is asked of it, and it notes on its ``horizon`` until when the answer holds.
    """

    company: Company
    grades: Mapping[str, Grade]
    config: Config
    calendar: WorkCalendar
    now: datetime
    horizon: Horizon = field(default_factory=Horizon, compare=False)

    def about(self, customer: str) -> "Situation":
        """The same moment of a company that has this customer alone."""
        there = replace(self, company=self.company.only(customer))
        there.__dict__.update({name: getattr(self, name) for name in _LOOKED_UP})
        return there

    @property
    def today(self) -> date:
        """Rules that can rather ask whether a day ``has_come``: this answer holds for one day."""
        self.horizon.note(over_at(self._today))
        return self._today

    @property
    def since(self) -> date:
        """From when on periods are looked at: as far back as the filing register reaches."""
        self.horizon.note(over_at(self._today))
        return self._since

    @cached_property
    def _today(self) -> date:
        return self.now.date()

    @cached_property
    def _since(self) -> date:
        return shift_months(self._today, -self._months)

    @cached_property
    def _months(self) -> int:
        return self.config.filing.register_months

    def has_come(self, when: date) -> bool:
        """Whether a day has begun, or a moment is reached."""
        if when <= (self.now if isinstance(when, datetime) else self._today):
            return True
        self.horizon.note(moment_of(when))
        return False

    def is_over(self, day: date) -> bool:
        """Whether a day has passed."""
        if day < self._today:
            return True
        self.horizon.note(over_at(day))
        return False

    def reaches(self, day: date) -> bool:
        """Whether the filing register reaches back to a day."""
        if day < self._since:
            return False
        self.horizon.note(beyond_at(day, self._months))
        return True

    def is_at_work(self, person: Person) -> bool:
        """Whether a duty can fall on the person today."""
        return at_work(person, self._today)

    def contacts_of(self, customer: str) -> Sequence[Contact]:
        """What has been reported up to today, oldest first."""
        contacts = self.company.contacts.get(customer, ())
        if not contacts or contacts[-1].day <= self._today:
            return contacts
        come = bisect_right(contacts, self._today, key=_day_of)
        self.horizon.note(start_of(contacts[come].day))
        return contacts[:come]

    def recent_contacts(self, customer: str, months: int) -> Sequence[Contact]:
        """Those of the last months up to today, newest first."""
        contacts = self.contacts_of(customer)
        recent = contacts[bisect_left(contacts, shift_months(self._today, -months), key=_day_of) :]
        if recent:
            self.horizon.note(beyond_at(recent[0].day, months))
        return recent[::-1]

    @cached_property
    def closed_contacts(self) -> frozenset[str]:
        """The rows of F10 that have left their workbooks: nobody can fill in anything there any more."""
        return frozenset(row.row_id for row in self.company.closed.get(CONTACTS, ()))

    @cached_property
    def _timings(self) -> dict[tuple[Pace, date | datetime, tuple[int, ...], date | None], Timing]:
        """Timings already worked out: most duties share their due day with thousands of others."""
        return {}

    @cached_property
    def _clock(self) -> Clock:
        grace, pause = self.config.escalation.grace_working_days, self.config.filing.error_pause_working_days
        return Clock(self.calendar, self.config.company.zone, grace, pause)

    def timing(
        self, pace: Pace, due: date | datetime, ahead: tuple[int, ...], error_since: date | None = None
    ) -> Timing:
        key = pace, due, ahead, error_since
        known = self._timings.get(key)
        if known is None:
            known = self._timings[key] = timing(pace, due, ahead, self._clock, self.now, error_since)
        if known.next_change_at:
            self.horizon.note(known.next_change_at)
        return known

    def stand_in(self, number: str) -> str:
        """The staff number, or that of the deputy during leave, else the next up the line; empty if there is nobody."""
        known = self._stand_ins.get(number)
        if known is None:
            known = self._stand_ins[number] = self._there_for(number)
        return known

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        """Those already looked up."""
        return {}

    def _there_for(self, number: str) -> str:
        seen: set[str] = set()
        person = self.company.people.people.get(number)
        while person is not None and person.number not in seen:
            if self.is_at_work(person):
                return person.number
            if deputy := deputy_of(person, self.company.people, self._today):
                return deputy.number
            seen.add(person.number)
            person = self.company.people.superior(person)
        return ""

    def manager_of(self, customer: str) -> str:
        """The staff number of the customer's account manager, empty when that is not one known person."""
        manager = self.company.manager_of(customer)
        return manager.number if manager else ""

    def answering(self, row: Accepted, field: str) -> str:
        """The staff number of the person named in ``field``, else of the customer's account manager."""
        named = row.values.get(field)
        if named not in self._numbers:
            person = self.company.people.find(named)
            self._numbers[named] = person.number if person else ""
        return self._numbers[named] or self.manager_of(row.customer)

    @cached_property
    def _numbers(self) -> dict[Value, str]:
        """Staff numbers already looked up, by what is typed in cells; empty for nobody."""
        return {}

    def in_role(self, roles: Sequence[str], beside: str = "") -> str:
        """The staff number of whom a role's task falls on; empty when nobody has one of ``roles``.

        Of several the one at work, then in the first of the roles, then in the
        department of the person ``beside``, then of the lowest number.
        """
        near = self.company.people.people.get(beside)
        best = min(self._serving(tuple(roles)), default=None, key=lambda one: (
            not self.is_at_work(one), roles.index(one.role), near is None or one.department != near.department,
        ))
        return best.number if best else ""

    def _serving(self, roles: tuple[str, ...]) -> Sequence[Person]:
        """Those in service in one of the roles, looked up once."""
        known = self._in_roles.get(roles)
        if known is None:
            people = (one for one in self.company.people.with_role(*roles) if in_service(one, self._today))
            known = self._in_roles[roles] = tuple(people)
        return known

    @cached_property
    def _in_roles(self) -> dict[tuple[str, ...], Sequence[Person]]:
        return {}

    def reached(self, row: Accepted, *fields: str) -> date | datetime | None:
        """The first of what is typed in ``fields`` that has come by now."""
        found: date | datetime | None = None
        for name in fields:
            typed = row.values.get(name)
            if isinstance(typed, date) and self.has_come(typed):
                found = typed if found is None or moment_of(typed) < moment_of(found) else found
        return found

    def day(self, row: Accepted, field: str) -> date | None:
        """The day typed in ``field``, once it has come."""
        typed = row.values.get(field)
        if isinstance(typed, datetime):
            typed = typed.date()
        if isinstance(typed, date):
            if typed <= self._today:
                return typed
            self.horizon.note(start_of(typed))
        return None

    def came_on(self, row: Accepted, typed: date) -> date:
        """The day since which ``typed`` can be read in a row: the typed one itself, unless its file came later."""
        arrived = self.company.arrivals.get((row.row_id, typed))
        return max(typed, arrived.date()) if arrived else typed

    def birthday(self, written: str) -> date | None:
        """The next day, today included, on which a birthday recurs; None when it names no day."""
        day = next_birthday(written, self._today)
        if day:
            self.horizon.note(over_at(day))
        return day

    def head_for(self, customer: str) -> str:
        """The staff number of the customer's responsible head, else of its account manager."""
        manager = self.company.manager_of(customer)
        head = self.company.people.head_of(manager) if manager else None
        return head.number if head else self.manager_of(customer)

    def within(self, moment: datetime, hours: int, clock: Literal["real", "office"]) -> datetime:
        """Until when there is time for what must be done within some hours, by the clock that the company chose."""
        if clock == "real":
            return add_hours(moment, hours, self.config.company.zone)
        office = self.config.office_hours
        return add_office_hours(moment, hours, office.opens, office.closes, self.calendar)

    def within_days(self, start: date, working_days: int) -> date:
        """The last day for what must be done within some working days of ``start``."""
        day = start.date() if isinstance(start, datetime) else start
        return self.calendar.add_working_days(day, working_days)

    def announced_on(self, due: date, ahead: int) -> date:
        """The day from which on it is announced, so many working days ahead, that something is due."""
        return self.within_days(self.calendar.on_or_before(due), -ahead)

    def next_month_end(self, day: date) -> date:
        """The end of the month after that of ``day``."""
        return shift_months(day.replace(day=1), 2) - ONE_DAY

    def contacts_sheet(self, customer: str, file: str) -> Where:
        """The sheet of the customer's archive that takes contact reports."""
        rows = self.company.of(customer, CONTACTS)
        return Where(file, rows[0].where.sheet if rows else f10_contact_reports.FORM.sheet.zh)

    @cached_property
    def _spans(self) -> dict[str, tuple[tuple[Span, date], ...]]:
        return {}

    def spans(self, period: str, since: date = date.min) -> Sequence[tuple[Span, date]]:
        """The spans up to that of today, those that ended before ``since`` left out, each with the end of the next.

        Until that end what was missed in a span is still asked for.
        """
        known = self._spans.get(period)
        if known is None:
            known = self._spans[period] = tuple(self._all_spans(period))
        self.horizon.note(self._next_month)
        return known if since <= known[0][0].end else [one for one in known if one[0].end >= since]

    def _all_spans(self, period: str) -> list[tuple[Span, date]]:
        span = span_of(period, min(self._since, span_of(period, self._today).start - ONE_DAY))
        found = []
        while span.start <= self._today:
            following = span_of(period, span.end + ONE_DAY)
            found.append((span, following.end))
            span = following
        return found

    @cached_property
    def _next_month(self) -> datetime:
        """When the next month begins; longer spans begin with a month too, today and as far back as is looked at."""
        return start_of(span_of("month", self._today).end + ONE_DAY)

    def festivals(self, ahead: timedelta) -> Iterator[tuple[date, Festival]]:
        """The greeted festivals from the reach of the filing register on to those that come within a time."""
        self.horizon.note(self._next_month)
        return (one for one in self._festivals if self.reaches(one[0]) and self.has_come(one[0] - ahead))

    @cached_property
    def _festivals(self) -> Sequence[tuple[date, Festival]]:
        years = range(self._since.year, self._today.year + 2)
        days = (one for year in years for one in festivals_in(self.config.festivals, year))
        return tuple(one for one in days if one[1].greeted)

    def weeks(self, first: date, length: timedelta) -> Iterator[tuple[Span, date]]:
        """The newest spans of whole weeks, counted from the Monday of ``first``, each with the end of the next."""
        start = first - timedelta(days=first.weekday())
        passed = max(self._today - 2 * length - start, timedelta())
        start += passed // length * length
        while self.has_come(start):
            end = start + length - ONE_DAY
            yield Span(start, end, start.isoformat()), end + length
            start += length


_LOOKED_UP = (
    "_today", "_since", "_months", "_timings", "_clock", "_stand_ins", "_numbers", "_in_roles", "_spans", "_next_month",
    "_festivals",
)
"""What does not depend on a customer's rows."""


def _day_of(contact: Contact) -> date:
    return contact.day
