"""V1–V6: customers are visited as often as their tier asks (section 4)."""

from collections.abc import Iterator, Sequence
from datetime import date

from crmflow.config import Visit
from crmflow.dates import day_of
from crmflow.duties.situation import Situation, duty
from crmflow.forms.f30_staff import ROLES
from crmflow.model import Accepted, Duty, Person, Text
from crmflow.people import at_work

_ROLE_LABELS = {role.id: role.label for role in ROLES}


def visits(situation: Situation, rule: str) -> Iterator[Duty]:
    """V1–V6: a customer of some tiers is visited once a period, by a person in one of the roles."""
    visit = next((visit for id, visit in situation.config.visits.items() if id == rule), None)
    if visit is None:
        return
    company, roles = situation.company, _joined(visit.by)
    owners: dict[Person | None, str] = {}
    for customer, cover in company.customers.items():
        if not _concerns(situation, rule, visit, customer, cover):
            continue
        manager = company.manager_of(customer)
        if manager not in owners:
            owners[manager] = _visitor(situation, visit, manager)
        facts: dict[str, str | Text] = {"roles": roles, "customer": company.name_of(customer)}
        last = _last_visit(situation, rule, visit, customer)
        since = max(day_of(cover.values.get("opened_on")) or date.min, company.tier_since.get(customer, date.min))
        for span in situation.two_spans(visit.every, since):
            if last is None or last < span.start:
                yield duty(
                    rule, situation.timing(span.end, visit.ahead_working_days), owners[manager],
                    situation.contacts_sheet(customer, cover.where.file), facts,
                    customer=customer, period=span.name, last=last,
                )


def _concerns(situation: Situation, rule: str, visit: Visit, customer: str, cover: Accepted) -> bool:
    grade = situation.grades.get(customer)
    if grade is None or grade.tier not in visit.tiers:
        return False
    selected = cover.values.get("high_level_visits") is True
    if rule == "V5" and "V4" in situation.config.visits:
        return not selected
    return selected or not visit.selected_only


def _last_visit(situation: Situation, rule: str, visit: Visit, customer: str) -> date | None:
    """The last visit that counts; for V5 the head's too, since it is for whom the head has not visited."""
    roles = set(visit.by)
    if rule == "V5" and "V4" in situation.config.visits:
        roles |= set(situation.config.visits["V4"].by)
    return max(
        (contact.day for contact in situation.contacts.get(customer, ())
         if contact.visit and contact.role in roles and (contact.on_site or not visit.on_site)),
        default=None,
    )


def _visitor(situation: Situation, visit: Visit, manager: Person | None) -> str:
    """Who is asked: the account manager where they may visit, else their head, else the first in the role."""
    people, person = situation.company.people, manager
    if "account_manager" not in visit.by and "sales_staff" not in visit.by:
        head = people.head_of(manager) if manager and "department_head" in visit.by else None
        executives = (one for role in visit.by for one in people.with_role(role) if at_work(one, situation.today))
        person = head or next(executives, None) or manager
    return situation.stand_in(person)


def _joined(roles: Sequence[str]) -> Text:
    labels = [_ROLE_LABELS[role] for role in roles]
    return Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels))
