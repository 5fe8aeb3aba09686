"""V11: no customer is left alone for too long, a new one least of all (section 4)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from crmflow.company import CONTACTS, COVER, TRANSACTIONS
from crmflow.dates import ONE_DAY, day_of
from crmflow.duties.rule import SETTLED, DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Expectation, Text
from crmflow.texts import both
from crmflow.timing import Pace


def silences(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V11: the account manager contacts a new customer in its first days, and any that has been silent for long."""
    for customer, cover in situation.company.customers.items():
        if cover.values.get("stage") != "lost":
            days = sorted({contact.day for contact in situation.contacts_of(customer)})
            yield from _first_days(situation, rule, customer, cover, days)
            yield from _silence(situation, rule, customer, cover, days)


def _first_days(
    situation: Situation, rule: str, customer: str, cover: Accepted, days: Sequence[date]
) -> Iterator[Expectation]:
    """A customer is contacted within some days after its archive was opened, and again after it first bought."""
    allowed, opened = situation.config.contacts.V11_new_days, day_of(cover.values.get("opened_on"))
    bought = (situation.day(row, "date") for row in situation.company.of(customer, TRANSACTIONS))
    first_bought = min((day for day in bought if day), default=None)
    if not allowed or opened is None:
        return
    for start in {opened, max(opened, first_bought or opened)}:
        if situation.reaches(start):
            due = start + timedelta(days=allowed)
            met = next((day for day in days if day >= start), None)
            yield _asked(situation, rule, customer, cover, "new", start, due, met, days)


def _silence(
    situation: Situation, rule: str, customer: str, cover: Accepted, days: Sequence[date]
) -> Iterator[Expectation]:
    """Every so many days without a contact ask for one anew. A short gap stands only while it is the last."""
    grade = situation.grades.get(customer)
    allowed = timedelta(days=situation.config.contacts.V11_silent_days.get(grade.tier, 0) if grade else 0)
    if not allowed:
        return
    begun = max(day_of(cover.values.get("opened_on")) or situation.since,
                situation.company.tier_since.get(customer, date.min))
    ahead = timedelta(days=situation.config.contacts.V11_ahead_days)
    later = [day for day in days if day > begun]
    for start, following in pairwise([begun, *later, None]):
        assert start is not None
        if following and following < later[-1] and following <= start + allowed:
            continue
        due = start + allowed
        while not situation.reaches(due - ONE_DAY):
            due += allowed
        while due - allowed < following if following else situation.has_come(due - allowed):
            until = due + allowed - ahead - ONE_DAY
            met = following if following and following <= until else None
            yield _asked(situation, rule, customer, cover, "", start, due, met, days, until)
            due += allowed


def _asked(
    situation: Situation, rule: str, customer: str, cover: Accepted, subject: str, start: date, due: date,
    met: date | None, days: Sequence[date], until: date | None = None,
) -> Expectation:
    name = "due.new_customer" if subject else "due.silent_customer"
    facts: Mapping[str, str | Text] = SETTLED
    if met is None:
        facts = {"customer": situation.company.name_of(customer), "state": both(name, start=start)}
    return Expectation(
        rule, customer, subject, due.isoformat(), situation.manager_of(customer), due,
        situation.contacts_sheet(customer, cover.where.file),
        facts,
        (situation.config.contacts.V11_ahead_days,), met_on=met, last=days[-1] if days else None, until=until,
    )


RULES = {"V11": DutyRule(silences, (COVER, CONTACTS, TRANSACTIONS), Pace.CALENDAR_DAYS)}
