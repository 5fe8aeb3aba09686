"""A2, A6: archives that were lent come back, losses and leaks are settled (section 8)."""

from collections.abc import Iterator

from crmflow.company import INCIDENTS, LOANS
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Expectation


def returns(situation: Situation, rule: str) -> Iterator[Expectation]:
    """A2: whoever borrowed an archive brings it back in time."""
    company, ahead = situation.company, (situation.config.confidentiality.A2_ahead_working_days,)
    for row in company.rows.get(LOANS, ()):
        until, customer = day_of(row.values.get("until_on")), company.code_of(row.values.get("archive"))
        if until is None:
            continue
        archive = company.name_of(customer) if customer else str(row.values.get("archive"))
        yield Expectation(
            rule, customer, row.row_id, until.isoformat(), situation.answering(row, "borrower"), until, row.where,
            {"archive": archive, "number": str(row.values.get("number"))}, ahead,
            met_on=situation.reached(row, "returned_on"), evidence=row.row_id,
        )


def incidents(situation: Situation, rule: str) -> Iterator[Expectation]:
    """A6: the superior who answers for a loss or leak settles it within some working days, and hears of it at once."""
    working_days = situation.config.confidentiality.A6_closed_working_days
    for row in situation.company.rows.get(INCIDENTS, ()):
        happened = day_of(situation.reached(row, "happened_on"))
        if happened is None or not working_days:
            continue
        yield Expectation(
            rule, "", row.row_id, happened.isoformat(), situation.answering(row, "superior"),
            situation.within_days(happened, working_days), row.where,
            {"number": str(row.values.get("number")), "who": str(row.values.get("who"))}, (working_days,),
            met_on=situation.reached(row, "closed_on"), evidence=row.row_id,
        )


RULES = {"A2": DutyRule(returns, (LOANS,)), "A6": DutyRule(incidents, (INCIDENTS,))}
