"""V8, D11b: customers hear from us on festivals and on the days that their archives plan (sections 4 and 5)."""

from collections.abc import Iterator
from datetime import date, timedelta

from crmflow.company import CONTACTS, COVER
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms.f15_care import OCCASIONS
from crmflow.model import Expectation, Text
from crmflow.timing import Pace

CARE = "F15.care"
_COMING = timedelta(days=60)
"""How far festivals are looked ahead: further than anything is announced."""
_OCCASIONS = {occasion.id: occasion.label for occasion in OCCASIONS}


def greetings(situation: Situation, rule: str) -> Iterator[Expectation]:
    """V8: important customers are visited or greeted around every greeted festival by the responsible head."""
    company, config = situation.company, situation.config.contacts
    before, after = timedelta(days=config.V8_days_before), timedelta(days=config.V8_days_after)
    coming, roles = tuple(situation.festivals(_COMING)), frozenset(config.V8_by)
    for customer, cover in company.customers.items():
        grade = situation.grades.get(customer)
        if grade is None or grade.tier not in config.V8_tiers:
            continue
        greeted = [contact for contact in situation.contacts_of(customer) if contact.role in roles]
        since = max(day_of(cover.values.get("opened_on")) or date.min, company.tier_since.get(customer, date.min))
        owner, where = situation.head_for(customer), situation.contacts_sheet(customer, cover.where.file)
        for day, festival in coming:
            if day < since:
                continue
            met = next((contact for contact in greeted if day - before <= contact.day <= day + after), None)
            yield Expectation(
                rule, customer, festival.id, day.isoformat(), owner, day, where,
                {"customer": company.name_of(customer), "festival": Text(festival.zh, festival.en)},
                (config.V8_ahead_working_days,), met_on=met.day if met else None,
                evidence=met.row_id if met else "", last=greeted[-1].day if greeted else None, until=day + after,
            )


def care(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D11b: what F15 plans for a person or a company is done on its day, and entered."""
    company, config = situation.company, situation.config.deadlines
    for row in company.rows.get(CARE, ()):
        day, occasion = day_of(row.values.get("date")), _OCCASIONS.get(str(row.values.get("occasion")))
        if day is None or occasion is None:
            continue
        done = situation.day(row, "done_on")
        yield Expectation(
            rule, row.customer, row.row_id, day.isoformat(), situation.answering(row, "owner"), day, row.where,
            {"customer": company.name_of(row.customer), "subject": str(row.values.get("subject")),
             "occasion": occasion, "planned": str(row.values.get("planned") or "")},
            config.D11_ahead_days, met_on=done, evidence=row.row_id, last=done,
            until=day + timedelta(days=config.D11_care_days),
        )


RULES = {
    "V8": DutyRule(greetings, (CONTACTS, COVER)),
    "D11b": DutyRule(care, (CARE,), Pace.CALENDAR_DAYS),
}
