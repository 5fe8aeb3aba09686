"""The filing register and its rates as sheets of the master workbook."""

from collections.abc import Iterator, Mapping, Sequence

from crmflow.catalogue import Catalogue
from crmflow.codes import say
from crmflow.company import Company
from crmflow.dates import day_of
from crmflow.declare import Kind
from crmflow.model import Value
from crmflow.register import Line, Status, groups
from crmflow.reports.columns import column
from crmflow.texts import phrase
from crmflow.workbook.table import Column, TableSheet

FILLS: Mapping[Status, str] = {
    Status.ON_TIME: "#E2EFDA", Status.LATE: "#FFE699", Status.WITH_ERRORS: "#FCE4D6", Status.MISSING: "#F8CBAD",
    Status.EXEMPT: "#EDEDED",
}


def register_sheet(lines: Sequence[Line], company: Company, catalogue: Catalogue, language: str) -> TableSheet:
    """Every line with its due day, the day in the evidence and the day that arrived."""
    fills = {status_name(status, language): fill for status, fill in FILLS.items()}
    columns = (
        column("form", 28, language), column("customer", 14, language), column("name", 26, language),
        column("period", 12, language), column("owner", 12, language),
        column("status", 12, language, fills=fills), column("due", 12, language, Kind.DATE),
        column("typed", 12, language, Kind.DATE), column("arrived", 12, language, Kind.DATE),
        column("days_late", 10, language, Kind.INTEGER), column("timely_until", 14, language, Kind.DATE),
        column("exempted", 40, language), column("rule", 8, language),
    )
    rows = (
        (
            form_name(line.form, catalogue, language), line.customer,
            company.name_of(line.customer) if line.customer else "", line.period,
            person_name(line.owner, company, language), status_name(line.status, language), day_of(line.due),
            day_of(line.typed), day_of(line.arrived), line.days_late or None, line.timely_until, line.reason, line.rule,
        )
        for line in lines
    )
    return TableSheet(phrase("master.register", language), columns, rows)


def rates_sheet(lines: Sequence[Line], company: Company, catalogue: Catalogue, language: str) -> TableSheet:
    """How many filings stand how: by person, department, form and the month in which they were due."""
    columns = (
        column("by", 12, language), column("whose", 28, language),
        *(Column(status_name(status, language), 10, Kind.INTEGER) for status in Status),
        column("on_time_rate", 10, language, Kind.PERCENT),
    )
    return TableSheet(phrase("master.rates", language), columns, _rates(lines, company, catalogue, language), 2)


def _rates(
    lines: Sequence[Line], company: Company, catalogue: Catalogue, language: str
) -> Iterator[tuple[Value, ...]]:
    for by, found in groups(lines, company.people).items():
        for whose, rates in found.items():
            name = whose or phrase("register.nobody", language)
            if by == "form":
                name = form_name(whose, catalogue, language)
            elif by == "person":
                name = person_name(whose, company, language)
            counts = (getattr(rates, status) for status in Status)
            yield phrase(f"master.by.{by}", language), name, *counts, rates.on_time_rate


def status_name(status: Status, language: str) -> str:
    """What staff call it: 按时, 迟交 …"""
    return phrase(f"register.{status}", language)


def form_name(form: str, catalogue: Catalogue, language: str) -> str:
    """A form by its id and title."""
    return f"{form} {say(catalogue.form(form).title, language)}"


def person_name(number: str, company: Company, language: str) -> str:
    """A person by their staff number."""
    person = company.people.people.get(number)
    return person.name if person else number or phrase("register.nobody", language)
