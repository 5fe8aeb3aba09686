"""V7, V9, V10, D7: contacts go by the plan of F6, are reported, and read by a superior (sections 4 and 5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from crmflow.company import CONTACTS, Contact
from crmflow.dates import ONE_DAY, Span, day_of
from crmflow.duties.rule import SETTLED, DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms._parts import METHODS
from crmflow.forms.f06_contact_plan import FREQUENCIES
from crmflow.model import Accepted, Expectation, Text, Value
from crmflow.people import EXECUTIVES

PLAN = "F6.contacts"
PERIODS = {"monthly": "month", "quarterly": "quarter", "half_yearly": "half_year", "yearly": "year"}
MONTHS_ASKED = 3
"""Until the end of the month after it was due: no visit older than this is still asked about."""
WEEKS = {"weekly": timedelta(weeks=1), "fortnightly": timedelta(weeks=2)}
LEADERS = ("regional_manager", "department_head", *EXECUTIVES)
"""Whose reading of a report counts as a superior's."""
_METHODS = {method.id: method.label for method in METHODS}
_FREQUENCIES = {frequency.id: frequency.label for frequency in FREQUENCIES}
_BY_ANY_MEANS = Text("联系", "Contact")


def planned_contacts(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V7: whoever the contact plan names contacts that key person as often as it says.

    A contact settles its own period, and late the one before, which is asked for until the next one is announced.
    Only periods of which something is still asked are looked at: a company has many plans, some weekly.
    """
    company = situation.company
    made_by: dict[tuple[str, str, Value], list[Contact]] = {}
    for contact in chain.from_iterable(map(situation.contacts_of, company.contacts)):
        made_by.setdefault((contact.row.customer, contact.who, contact.key_person), []).append(contact)
    ahead = {str(often): days for often, days in situation.config.contacts.V7_ahead_working_days.items()}
    for row in company.rows.get(PLAN, ()):
        first, frequency = day_of(row.values.get("first_on")), str(row.values.get("frequency"))
        if first is None or frequency not in ahead:
            continue
        owner, key_person = situation.answering(row, "our_person"), row.values.get("key_person")
        made = made_by.get((row.customer, owner, key_person), ())
        facts: dict[str, str | Text] = {
            "customer": company.name_of(row.customer), "person": str(key_person),
            "purpose": str(row.values.get("purpose")),
            "method": _METHODS.get(str(row.values.get("method")), _BY_ANY_MEANS), "often": _FREQUENCIES[frequency],
        }
        where = situation.contacts_sheet(row.customer, row.where.file)
        for span, end in _spans(situation, frequency, first):
            until = situation.announced_on(end, ahead[frequency]) - ONE_DAY
            if situation.is_over(until):
                continue
            met = next((contact for contact in made if span.start <= contact.day), None)
            yield Expectation(
                rule, row.customer, row.row_id, span.name, owner, span.end, where, facts, (ahead[frequency],),
                met_on=met.day if met else None, evidence=met.row_id if met else "",
                last=made[-1].day if made else None, until=until,
            )


def _spans(situation: Situation, frequency: str, first: date) -> Sequence[tuple[Span, date]]:
    """The periods from that of the first contact on, each with the end of the next.

    What is planned once is due on its day and may be done earlier in that month.
    """
    if frequency in PERIODS:
        return situation.spans(PERIODS[frequency], first)
    if frequency in WEEKS:
        return list(situation.weeks(first, WEEKS[frequency]))
    return [(Span(first.replace(day=1), first, first.isoformat()), situation.next_month_end(first))]


def filed_reports(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D7: every contact is reported within some working days by our person."""
    days = situation.config.deadlines.D7_working_days
    for contact in _made(situation, situation.config.filing.register_months) if days else ():
        filed = situation.day(contact.row, "filed_on")
        if filed is None and contact.row_id in situation.closed_contacts:
            continue
        due, owner = situation.within_days(contact.day, days), _answering(situation, contact)
        yield _asked(situation, rule, contact, owner, due, situation.next_month_end(due), filed)


def reviews(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V9: the report of a planned visit is read by the superior within some working days of its filing."""
    people, days = situation.company.people, situation.config.contacts.V9_review_working_days
    for contact in _visits(situation, planned=True) if days else ():
        reporter, filed = people.people.get(contact.who), situation.day(contact.row, "filed_on")
        superior = people.superior(reporter) if reporter else None
        if reporter is None or superior is None or filed is None:
            continue
        reader = people.find(contact.row.values.get("reviewed_by"))
        counts = reader is not None and reader.number != reporter.number and reader.role in LEADERS
        reviewed = situation.day(contact.row, "reviewed_on") if counts else None
        due = situation.within_days(filed, days)
        until = situation.next_month_end(due)
        yield _asked(situation, rule, contact, superior.number, due, until, reviewed, reporter=reporter.name)


def entries_in_the_plan(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V9b: a visit that is called planned stands in the contact plan, begun by then. It is told once, and lapses."""
    days = situation.config.contacts.V9_plan_working_days
    begun = _begun(situation)
    for contact in _visits(situation, planned=True) if days else ():
        first, plan = begun.get((contact.row.customer, str(contact.key_person)), (date.max, None))
        due, met = situation.within_days(contact.day, days), plan if first <= contact.day else None
        one = _asked(
            situation, rule, contact, _answering(situation, contact), due, due - ONE_DAY, first if met else None
        )
        yield one._replace(ahead=(days,), evidence=met.row_id if met else "")


def _begun(situation: Situation) -> Mapping[tuple[str, str], tuple[date, Accepted]]:
    """From when on contacts with a key person of a customer are planned, and the row that says so."""
    found: dict[tuple[str, str], tuple[date, Accepted]] = {}
    for row in situation.company.rows.get(PLAN, ()):
        first, key = day_of(row.values.get("first_on")), (row.customer, str(row.values.get("key_person")))
        if first and (key not in found or first < found[key][0]):
            found[key] = first, row
    return found


def approvals(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V10: a visit outside the plan was approved beforehand; our person sees to it that the approval is entered."""
    days = situation.config.contacts.V10_asked_working_days
    for contact in _visits(situation, planned=False) if days else ():
        approved = situation.day(contact.row, "approved_on") if contact.row.values.get("approved_by") else None
        until = situation.within_days(contact.day, days)
        yield _asked(situation, rule, contact, _answering(situation, contact), contact.day, until, approved)


def _visits(situation: Situation, *, planned: bool) -> Iterator[Contact]:
    """The visits in or outside the plan about which something may be asked: those of some months that stand."""
    for contact in _made(situation, MONTHS_ASKED):
        is_meant = contact.visit and contact.row.values.get("planned") is planned
        if is_meant and contact.row_id not in situation.closed_contacts:
            yield contact


def _made(situation: Situation, months: int) -> Iterator[Contact]:
    """The contacts of some months."""
    for customer in situation.company.contacts:
        yield from situation.recent_contacts(customer, months)


def _answering(situation: Situation, contact: Contact) -> str:
    return contact.who or situation.manager_of(contact.row.customer)


def _asked(
    situation: Situation, rule: str, contact: Contact, owner: str, due: date, until: date, met: date | None,
    **more: str,
) -> Expectation:
    """What is asked about a contact; its own row takes the evidence."""
    row, day = contact.row, contact.day.isoformat()
    facts: Mapping[str, str | Text] = SETTLED if met else {
        "customer": situation.company.name_of(row.customer), "day": day, "person": str(contact.key_person or ""),
        **more,
    }
    return Expectation(
        rule, row.customer, row.row_id, day, owner, due, row.where, facts, met_on=met, evidence=row.row_id, last=met,
        until=until,
    )


RULES = {
    "V7": DutyRule(planned_contacts, (PLAN, CONTACTS)),
    "V9": DutyRule(reviews, (CONTACTS,)),
    "V9b": DutyRule(entries_in_the_plan, (CONTACTS, PLAN)),
    "V10": DutyRule(approvals, (CONTACTS,)),
    "D7": DutyRule(filed_reports, (CONTACTS,), form="F10", evidence="F10.reports.filed_on"),
}
