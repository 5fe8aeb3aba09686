"""D13: served customers are asked how content they are, and a low score is followed up (section 5)."""

from collections.abc import Iterator
from datetime import date, timedelta

from crmflow.company import TRANSACTIONS
from crmflow.dates import ONE_DAY, day_of, span_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms import f13_satisfaction
from crmflow.model import Expectation, Where

SURVEYS, TICKETS = "F13.surveys", "F16.tickets"
SERVED = ((TRANSACTIONS, "date"), (TICKETS, "reported_at"))
"""What shows that a customer was served, and when."""


def surveys(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D13: every customer served in a period or the one before is surveyed in it.

    Somebody first served shortly before its end is left to the next one. A survey settles its own
    period, and late the one before, which is asked for until the next one is announced.
    """
    company, config = situation.company, situation.config.satisfaction
    for customer, cover in company.customers.items() if config.D13_every else ():
        days = sorted(day for row in company.of(customer, SURVEYS) if (day := situation.day(row, "date")))
        served = _served(situation, customer)
        where = Where(cover.where.file, f13_satisfaction.FORM.sheet.zh)
        for span, until in situation.spans(config.D13_every or "", day_of(cover.values.get("opened_on")) or date.min):
            earliest = span_of(config.D13_every or "", span.start - ONE_DAY).start
            latest = span.end - timedelta(days=config.D13_fresh_days)
            if not any(earliest <= day <= latest for day in served):
                continue
            yield Expectation(
                rule, customer, "", span.name, situation.manager_of(customer), span.end, where,
                {"customer": company.name_of(customer)}, (config.D13_ahead_working_days,),
                met_on=next((day for day in days if span.start <= day <= until), None),
                last=days[-1] if days else None,
                until=situation.announced_on(until, config.D13_ahead_working_days) - ONE_DAY,
            )


def _served(situation: Situation, customer: str) -> list[date]:
    """The days on which the customer bought or was served."""
    of = situation.company.of
    return [day for block, field in SERVED for row in of(customer, block)
            if (day := situation.day(row, field))]


def measures(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D13b: the improvement that followed from a low score is made by its date, by its owner."""
    company, ahead = situation.company, situation.config.satisfaction.D13_measure_ahead_working_days
    for row in company.rows.get(SURVEYS, ()):
        due = day_of(row.values.get("measure_due_on"))
        if due is not None and row.values.get("measure"):
            done = situation.day(row, "measure_done_on")
            yield Expectation(
                rule, row.customer, row.row_id, due.isoformat(), situation.answering(row, "measure_owner"), due,
                row.where, {"customer": company.name_of(row.customer), "measure": str(row.values.get("measure"))},
                (ahead,), met_on=done, evidence=row.row_id, last=done,
            )


RULES = {
    "D13": DutyRule(surveys, (SURVEYS, TRANSACTIONS), form="F13", evidence="F13.surveys.date"),
    "D13b": DutyRule(measures, (SURVEYS,)),
}
