"""D3, D4: information comes to those who must know it (section 5)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from crmflow.company import MONTHLY
from crmflow.dates import day_of, span_of
from crmflow.duties.rule import DutyRule, told
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Expectation, Text
from crmflow.texts import PHRASES
from crmflow.timing import Pace

INFORMATION, NEWS, PERSONS = "F5.information", "F20.news", "F2.persons"
UPDATES: Mapping[str, tuple[str, str]] = {"D4": (INFORMATION, "observed_on"), "D4b": (PERSONS, "updated_on")}
"""By rule: the rows whose updates are to arrive soon, and the field with the day of the update."""
CONFIDENTIAL = "4"


def major_information(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D3: major information about a customer is told to the responsible head as soon as it comes, for some days."""
    days, company = timedelta(days=situation.config.deadlines.D3_told_days), situation.company
    for row in company.rows.get(INFORMATION, ()) if days else ():
        day = situation.day(row, "observed_on")
        if day and row.values.get("importance") == "major":
            facts = _facts(company.name_of(row.customer), row, "information")
            reader = situation.head_for(row.customer)
            span = day, situation.came_on(row, day) + days
            yield told(rule, row, row.customer, row.row_id, reader, day.isoformat(), span, facts)


def major_news(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D3b: the same for what stands in a monthly report, once even if the next report carries it on."""
    days, company = timedelta(days=situation.config.deadlines.D3_told_days), situation.company
    cards = {(card.where.file, card.period): card for card in company.rows.get(MONTHLY, ())}
    former: set[tuple[str, object, object]] = set()
    for row in sorted(company.rows.get(NEWS, ()), key=lambda row: (row.period, row.row_id)) if days else ():
        card = cards.get((row.where.file, row.period))
        manager = company.people.find(card.values.get("account_manager")) if card else None
        month = day_of(card.values.get("month")) if card else None
        if card is None or manager is None or month is None or row.values.get("importance") != "major":
            continue
        news = manager.number, row.values.get("customer"), row.values.get("content")
        if news in former:
            continue
        former.add(news)
        head, end = company.people.head_of(manager) or manager, span_of("month", month).end
        submitted = situation.day(card, "submitted_on")
        until = max(situation.came_on(card, submitted) if submitted else end, end) + days
        customer = company.code_of(news[1])
        facts = _facts(str(news[1]), row, "content")
        yield told(rule, row, customer, row.row_id, head.number, f"{month:%Y-%m}", (month, until), facts)


def _facts(customer: str, row: Accepted, field: str) -> Mapping[str, str | Text]:
    """What is said of it; what came from people inside is only pointed at."""
    hidden = row.values.get("channel_level") == CONFIDENTIAL
    return {
        "customer": customer, "information": PHRASES["due.confidential"] if hidden else str(row.values.get(field)),
    }


def updates(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D4, D4b: what has changed reaches the administrator within some working days.

    The row itself is the evidence, so it is never asked for; when it arrived
    is what the filing register holds against the day that was typed.
    """
    block, field = UPDATES[rule]
    days, company = situation.config.deadlines.D4_working_days, situation.company
    for customer in company.customers if days else ():
        owner, facts = situation.manager_of(customer), {"customer": company.name_of(customer)}
        for row in company.of(customer, block):
            day = situation.day(row, field)
            if day and situation.reaches(day):
                yield Expectation(
                    rule, customer, row.row_id, day.isoformat(), owner, situation.within_days(day, days), row.where,
                    facts, met_on=day, evidence=row.row_id, last=day,
                )


RULES = {
    "D3": DutyRule(major_information, (INFORMATION,), Pace.CALENDAR_DAYS, urgent=True),
    "D3b": DutyRule(major_news, (NEWS, MONTHLY), Pace.CALENDAR_DAYS, urgent=True),
    "D4": DutyRule(updates, (INFORMATION,), form="F5", evidence="F5.information.observed_on", asks=False),
    "D4b": DutyRule(updates, (PERSONS,), form="F2", evidence="F2.persons.updated_on", asks=False),
}
