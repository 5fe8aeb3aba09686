"""What the duty rules look at, and what they give back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from crmflow.company import CONTACTS, Company
from crmflow.config import Config
from crmflow.dates import ONE_DAY, Span, WorkCalendar, day_of, span_of
from crmflow.forms import f10_contact_reports
from crmflow.model import Duty, Grade, Person, Text, Value, Where
from crmflow.people import at_work
from crmflow.timing import Timing, by_day


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of F10 as far as duties look at it; ``role`` is that of our person."""

    day: date
    role: str
    key_person: Value
    visit: bool
    on_site: bool


@dataclass(frozen=True)
class Situation:
    """All that a rule looks at."""

    company: Company
    grades: Mapping[str, Grade]
    config: Config
    calendar: WorkCalendar
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def contacts(self) -> Mapping[str, Sequence[Contact]]:
        """What has been reported up to today, by customer."""
        roles: dict[Value, str] = {}
        found: dict[str, list[Contact]] = {}
        for row in self.company.evidence(CONTACTS):
            values, day, who = row.values, day_of(row.values.get("date")), row.values.get("our_person")
            if day is None or day > self.today:
                continue
            if who not in roles:
                person = self.company.people.find(who)
                roles[who] = person.role if person else ""
            visit, on_site = values.get("method") == "visit", values.get("on_site") is True
            contact = Contact(day, roles[who], values.get("key_person"), visit, on_site)
            found.setdefault(row.customer, []).append(contact)
        return found

    @cached_property
    def _timings(self) -> dict[tuple[date, int], Timing]:
        """Timings already worked out: most duties share their due day with thousands of others."""
        return {}

    def timing(self, due: date, ahead: int) -> Timing:
        known = self._timings.get((due, ahead))
        if known is None:
            grace = self.config.escalation.grace_working_days
            known = self._timings[due, ahead] = by_day(self.calendar, due, ahead, grace, self.now)
        return known

    def stand_in(self, person: Person | None) -> str:
        """The number of the person, or of the first at work up the line; empty when there is nobody."""
        seen: set[str] = set()
        while person is not None and person.number not in seen:
            if at_work(person, self.today):
                return person.number
            seen.add(person.number)
            person = self.company.people.superior(person)
        return ""

    def contacts_sheet(self, customer: str, file: str) -> Where:
        """The sheet of the customer's archive that takes contact reports."""
        rows = self.company.of(customer, CONTACTS)
        return Where(file, rows[0].where.sheet if rows else f10_contact_reports.FORM.sheet.zh)

    def two_spans(self, period: str, since: date) -> tuple[Span, ...]:
        """The span of today and the one before it, those that ended before ``since`` left out."""
        current = span_of(period, self.today)
        former = span_of(period, current.start - ONE_DAY)
        return tuple(span for span in (former, current) if span.end >= since)


def duty(
    rule: str, timing: Timing, owner: str, where: Where, facts: Mapping[str, str | Text], *,
    customer: str = "", subject: str = "", period: str, last: date | None = None,
) -> Duty:
    """A duty without its evidence; ``facts`` fill the sentence of its rule beside ``due`` and ``left``."""
    told: dict[str, str | Text] = {"due": timing.due_at.date().isoformat(), "left": timing.left, **facts}
    return Duty(
        rule, customer, subject, period, owner, timing.due_at, timing.stage, where,
        last_evidence=last, next_change_at=timing.next_change_at, facts=told,
    )
