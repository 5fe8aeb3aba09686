"""V1–V6: customers are visited as often as their tier asks (section 4)."""

from collections.abc import Iterator, Sequence
from datetime import date

from crmflow.cadence import Visit
from crmflow.company import CONTACTS, COVER, Contact
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms.f30_staff import ROLES
from crmflow.model import Accepted, Expectation, Person, Text

_ROLE_LABELS = {role.id: role.label for role in ROLES}


def visits(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V1–V6: a customer of some tiers is visited once a period, by a person in one of the roles.

    A visit settles its own period, and late the one before.
    """
    visit = next((visit for id, visit in situation.config.visits.items() if id == rule), None)
    if visit is None:
        return
    company, roles = situation.company, _joined(visit.by)
    visitors: dict[Person | None, str] = {}
    for customer, cover in company.customers.items():
        if not _concerns(situation, rule, visit, customer, cover):
            continue
        manager = company.manager_of(customer)
        if manager not in visitors:
            visitors[manager] = _visitor(situation, visit, manager)
        counting = _counting(situation, rule, visit, customer)
        last = counting[-1].day if counting else None
        where = situation.contacts_sheet(customer, cover.where.file)
        since = max(day_of(cover.values.get("opened_on")) or date.min, company.tier_since.get(customer, date.min))
        for span, until in situation.spans(visit.every, since):
            met = next((contact for contact in counting if span.start <= contact.day <= until), None)
            yield Expectation(
                rule, customer, "", span.name, visitors[manager], span.end, where,
                {"roles": roles, "customer": company.name_of(customer), "grade": situation.grades[customer].label},
                (visit.ahead_working_days,),
                met_on=met.day if met else None, evidence=met.row_id if met else "", last=last, until=until,
            )


def _concerns(situation: Situation, rule: str, visit: Visit, customer: str, cover: Accepted) -> bool:
    grade = situation.grades.get(customer)
    if grade is None or grade.tier not in visit.tiers:
        return False
    selected = cover.values.get("high_level_visits") is True
    if rule == "V5" and "V4" in situation.config.visits:
        return not selected
    return selected or not visit.selected_only


def _counting(situation: Situation, rule: str, visit: Visit, customer: str) -> Sequence[Contact]:
    """The visits that count; for V5 the head's too, since it is for whom the head has not visited."""
    roles = set(visit.by)
    if rule == "V5" and "V4" in situation.config.visits:
        roles |= set(situation.config.visits["V4"].by)
    return [
        contact for contact in situation.contacts_of(customer)
        if contact.visit and contact.role in roles and (contact.on_site or not visit.on_site)
    ]


def _visitor(situation: Situation, visit: Visit, manager: Person | None) -> str:
    """Who is asked: the account manager where they may visit, else their head, else the first in the role."""
    people, person = situation.company.people, manager
    if "account_manager" not in visit.by and "sales_staff" not in visit.by:
        head = people.head_of(manager) if manager and "department_head" in visit.by else None
        executives = (one for role in visit.by for one in people.with_role(role) if situation.is_at_work(one))
        person = head or next(executives, None) or manager
    return person.number if person else ""


def _joined(roles: Sequence[str]) -> Text:
    labels = [_ROLE_LABELS[role] for role in roles]
    return Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels))


RULES = {rule: DutyRule(visits, (CONTACTS, COVER)) for rule in ("V1", "V2", "V3", "V4", "V5", "V6")}
