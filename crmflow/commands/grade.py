"""``crmflow grade``: grades with their reasons."""

from dataclasses import asdict
from datetime import datetime

from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import looking
from crmflow.config import Config
from crmflow.reports.master import joined, said_figures
from crmflow.run import work_out
from crmflow.texts import phrase


def main(config: Config, now: datetime, customer: str, as_json: bool) -> int:
    """Print what each customer is, why, and what would change it."""
    language = config.language
    with looking(config) as (store, connection):
        state = work_out(store, connection, config, now)
    if customer and customer not in state.company.customers:
        raise WrongUse(phrase("cli.no_customer", language, customer=customer))
    grades = [grade for grade in state.grades if customer in ("", grade.customer)]
    if as_json:
        show.as_json([asdict(grade) for grade in grades])
        return COMPLETED
    names = ("customer", "name", "scheme", "grade", "reason", "figures", "raised_by", "lowered_by")
    rows = [
        (grade.customer, state.company.name_of(grade.customer), grade.scheme, say(grade.label, language),
         say(grade.rule, language), said_figures(grade, language), joined(grade.raised_by, language),
         joined(grade.lowered_by, language))
        for grade in grades
    ]
    headings = [phrase(f"master.{name}", language) for name in names]
    show.table(phrase("cli.grade.title", language, count=len(rows)), headings, rows)
    return COMPLETED
