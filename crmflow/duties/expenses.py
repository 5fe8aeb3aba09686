"""X3, X4: applications for special expenses are checked in turn, and paid once the money is in (section 9)."""

from collections.abc import Iterator
from datetime import date

from crmflow.company import APPLICATIONS
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms._expenses import CHECK_FIELDS, CHECKERS
from crmflow.model import Accepted, Expectation, Text

_IN_TURN = tuple(zip(CHECK_FIELDS[::2], CHECK_FIELDS[1::2], strict=True))
"""Who checks, and the field of the day, in the order of the checks."""


def checks(situation: Situation, rule: str) -> Iterator[Expectation]:
    """X4: clerk, manager and finance check an application, each within some working days of the one before.

    Whose turn it is hears of it at once.
    """
    working_days = situation.config.expenses.X4_check_working_days
    for row in situation.company.rows.get(APPLICATIONS, ()):
        former = situation.reached(row, "applied_on")
        for checker, on in _IN_TURN:
            if former is None or not working_days:
                break
            done = situation.reached(row, on.id)
            yield _asked(
                situation, rule, row, checker.id, _checker(situation, row, checker.id), former, working_days, done,
                by=checker.label, on=on.label,
            )
            former = done


def payments(situation: Situation, rule: str) -> Iterator[Expectation]:
    """X3: finance pays out within some working days, once it is checked, the sale is made and the money is in."""
    working_days = situation.config.expenses.X3_paid_working_days
    for row in situation.company.rows.get(APPLICATIONS, ()):
        days = [situation.reached(row, field) for field in ("finance_on", "sale_on", "received_on")]
        met = [day for day in days if day is not None]
        if working_days and len(met) == len(days):
            finance, paid = _checker(situation, row, "finance"), situation.reached(row, "paid_on")
            yield _asked(situation, rule, row, "paid", finance, max(met), working_days, paid)


def _checker(situation: Situation, row: Accepted, checker: str) -> str:
    """Who is entered already, else whoever has the role, in the department of the customer's account manager first."""
    company = situation.company
    entered = company.people.find(row.values.get(checker))
    manager = situation.manager_of(company.code_of(row.values.get("customer")))
    return entered.number if entered else situation.in_role(CHECKERS[checker], manager)


def _asked(
    situation: Situation, rule: str, row: Accepted, task: str, owner: str, since: date, working_days: int,
    met_on: date | None, **labels: Text,
) -> Expectation:
    company = situation.company
    customer = company.code_of(row.values.get("customer"))
    words: dict[str, str | Text] = {
        "customer": company.name_of(customer) if customer else str(row.values.get("customer")),
        "number": str(row.values.get("number")), **labels,
    }
    return Expectation(
        rule, customer, f"{row.row_id}:{task}", str(day_of(since)), owner, situation.within_days(since, working_days),
        row.where, words, (working_days,), met_on=met_on, evidence=row.row_id,
    )


RULES = {"X3": DutyRule(payments, (APPLICATIONS,)), "X4": DutyRule(checks, (APPLICATIONS,))}
