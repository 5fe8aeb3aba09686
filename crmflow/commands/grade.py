"""``crmflow grade``: grades with their reasons."""

from dataclasses import asdict
from datetime import datetime

from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.reports.master import joined, said_figures
from crmflow.state import work_out
from crmflow.store.accesses import ALL
from crmflow.texts import phrase


def main(config: Config, now: datetime, customer: str, as_json: bool) -> int:
    """Print what each customer is, why, and what would change it."""
    language = config.language
    with looking(config) as (store, connection):
        state = work_out(store, connection, config, now)
        if customer and customer not in state.company.customers:
            raise WrongUse(phrase("cli.no_customer", language, customer=customer))
        entered(store, config, now, "grade", (customer or ALL,))
    grades = [grade for grade in state.grades if customer in ("", grade.customer)]
    if as_json:
        show.as_json([asdict(grade) for grade in grades])
        return COMPLETED
    for grade in grades:
        name, label = state.company.name_of(grade.customer), say(grade.label, language)
        show.line(f"{grade.customer} {name} · {grade.scheme} · {label}")
        told = {
            "reason": say(grade.rule, language), "figures": said_figures(grade, language),
            "raised_by": joined(grade.raised_by, language), "lowered_by": joined(grade.lowered_by, language),
        }
        for part, text in told.items():
            if text:
                show.line(phrase(f"cli.grade.{part}", language, text=text))
    return COMPLETED
