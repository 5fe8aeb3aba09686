"""The master workbook: one sheet a form with every accepted row and where it came from, and an overview before them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.codes import CATALOGUE, describe, rule, say, severity
from crmflow.company import Company
from crmflow.config import Config
from crmflow.declare import Block, Field, Kind
from crmflow.grade import written
from crmflow.metrics import METRICS
from crmflow.model import Duty, Finding, Grade, Severity, Stage, Text, Value
from crmflow.register import Line, Status
from crmflow.reports.columns import column
from crmflow.reports.filings import rates_sheet, register_sheet, status_name
from crmflow.rules import action_of
from crmflow.texts import PHRASES, phrase
from crmflow.timing import arithmetic
from crmflow.workbook.table import Column, TableSheet, write_tables

SHEET_NAME_LIMIT = 31


@dataclass(frozen=True, slots=True)
class Content:
    """What the master shows besides the rows of the forms; ``duties`` are those that have reached a stage."""

    company: Company
    findings: Sequence[Finding]
    grades: Sequence[Grade]
    duties: Sequence[Duty]
    register: Sequence[Line]
    catalogue: Catalogue
    at: datetime


def path(config: Config) -> Path:
    """Where the master workbook is."""
    return config.folders.output / f"{phrase('master.file', config.language)}.xlsx"


Rows: TypeAlias = Iterable[tuple[Any, ...]]
"""A block's accepted rows as ``archive.listed_rows`` gives them."""


def forms(company: Company, catalogue: Catalogue, rows: Callable[[str], Rows], language: str) -> list[TableSheet]:
    """The sheets of the forms, with every row."""
    return [_block(company, catalogue, rows(name), name, language) for name in catalogue.blocks]


def write(content: Content, forms: Iterable[TableSheet], config: Config) -> None:
    """Write the master workbook in the company's language."""
    language = config.language
    sheets = [
        _overview(content, config),
        _grades(content, config),
        _duties(content, language),
        _findings(content, language),
        register_sheet(content.register, content.company, content.catalogue, language),
        rates_sheet(content.register, content.company, content.catalogue, language),
        *forms,
    ]
    write_tables(path(config), sheets)


def _overview(content: Content, config: Config) -> TableSheet:
    language = config.language
    columns = (
        column("topic", 22, language), column("item", 34, language), column("number", 14, language, Kind.INTEGER)
    )
    return TableSheet(phrase("master.overview", language), columns, list(_overview_rows(content, config)))


def _overview_rows(content: Content, config: Config) -> Iterator[tuple[Value, ...]]:
    language = config.language

    def line(topic: str, item: str, number: int | None = None) -> tuple[Value, ...]:
        return phrase(f"master.{topic}", language), item, number

    yield line("company", config.company.name)
    yield line("as_of", f"{content.at:%Y-%m-%d %H:%M}")
    yield line("secret", phrase("master.notice", language))
    yield line("customers", phrase("master.archives", language), len(content.company.customers))
    for name, scheme in config.grading.schemes.items():
        counts = Counter(grade.tier for grade in content.grades if grade.scheme == name)
        title = say(scheme.name.text, language)
        for tier in scheme.tiers:
            yield line("grades", f"{title} · {say(tier.name.text, language)}", counts[tier.id])
        yield line("grades", f"{title} · {phrase('grade.ungraded', language)}", counts[""])
    stages = Counter(duty.stage for duty in content.duties)
    for stage in Stage:
        if stage is not Stage.LATER:
            yield line("duties", phrase(f"master.stage.{stage.name.lower()}", language), stages[stage])
    filed = Counter(one.status for one in content.register)
    for status in Status:
        yield line("register", status_name(status, language), filed[status])
    found = Counter(severity(finding) for finding in content.findings)
    for grave in Severity:
        yield line("findings", phrase(f"master.{grave.value}", language), found[grave])


def _grades(content: Content, config: Config) -> TableSheet:
    language = config.language
    columns = (
        column("customer", 14, language), column("name", 28, language), column("scheme", 16, language),
        column("grade", 12, language), column("reason", 60, language), column("figures", 60, language),
        column("raised_by", 44, language), column("lowered_by", 44, language),
    )
    return TableSheet(phrase("master.grades", language), columns, (
        (
            grade.customer, content.company.name_of(grade.customer),
            say(config.grading.schemes[grade.scheme].name.text, language), say(grade.label, language),
            say(grade.rule, language), said_figures(grade, language),
            joined(grade.raised_by, language), joined(grade.lowered_by, language),
        )
        for grade in content.grades
    ), frozen_columns=2)


def said_figures(grade: Grade, language: str) -> str:
    """The figures a grade rests on, in one line."""
    return joined([
        _labelled(METRICS[figure.metric].label, figure.why or PHRASES["master.unknown"] if figure.value is None
                  else written(figure.metric, figure.value))
        for figure in grade.figures
    ], language)


def _labelled(label: Text, value: Text) -> Text:
    return Text(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}")


def joined(texts: Sequence[Text], language: str) -> str:
    """Sentences in one line."""
    return ("; " if language == "en" else "；").join(say(text, language) for text in texts)


def _duties(content: Content, language: str) -> TableSheet:
    columns = (
        column("rule", 8, language), column("stage", 12, language), column("owner", 12, language),
        column("customer", 14, language), column("name", 26, language), column("period", 12, language),
        column("due_at", 18, language, Kind.MOMENT), column("last_evidence", 14, language, Kind.DATE),
        column("arithmetic", 50, language), column("action", 70, language), column("source", 40, language),
        column("sheet", 20, language),
    )
    people = content.company.people.people
    return TableSheet(phrase("master.duties", language), columns, (
        (
            duty.rule, phrase(f"master.stage.{duty.stage.name.lower()}", language),
            people[duty.owner].name if duty.owner in people else duty.owner,
            duty.customer, content.company.name_of(duty.customer) if duty.customer else "", duty.period,
            duty.due_at, duty.last_evidence, arithmetic(duty, language), action_of(duty, language), duty.where.file,
            duty.where.sheet,
        )
        for duty in content.duties
    ), frozen_columns=2)


def _findings(content: Content, language: str) -> TableSheet:
    columns = (
        column("severity", 8, language), column("rule", 8, language), column("source", 44, language),
        column("sheet", 22, language), column("cell", 8, language), column("value", 24, language),
        column("what_to_do", 90, language), column("owner", 12, language), column("customer", 14, language),
        column("code", 24, language),
    )
    people = content.company.people.people
    return TableSheet(phrase("master.findings", language), columns, (
        (
            phrase(f"master.{CATALOGUE[finding.code].severity.value}", language), rule(finding), finding.where.file,
            finding.where.sheet, finding.where.cell, finding.value,
            describe(finding, language, content.catalogue.find_field(finding.block, finding.field_id)),
            people[finding.owner].name if finding.owner in people else "", finding.customer, finding.code,
        )
        for finding in content.findings
    ))


def _block(company: Company, catalogue: Catalogue, rows: Rows, name: str, language: str) -> TableSheet:
    block = catalogue.block(name)
    columns = (
        column("customer", 14, language), column("name", 26, language), column("period", 9, language),
        *(Column(_title(field, language), min(max(field.width, 10), 40), field.kind) for field in block.fields),
        column("state", 10, language), column("source", 40, language), column("sheet", 20, language),
        column("cell", 8, language),
    )
    listed = list(_rows(company, rows, block, language))
    return TableSheet(_sheet_name(catalogue, name, block, language), _unique(columns), listed, frozen_columns=2)


def _title(field: Field, language: str) -> str:
    return say(field.label, language)


def _unique(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns with no title twice: a field may be called like one of the master's own."""
    seen: Counter[str] = Counter()
    unique = []
    for one in columns:
        seen[one.title] += 1
        count = seen[one.title]
        unique.append(one if count == 1 else Column(f"{one.title} {count}", one.width, one.kind))
    return tuple(unique)


def _sheet_name(catalogue: Catalogue, name: str, block: Block, language: str) -> str:
    form = catalogue.form_of(name)
    own = say(form.sheet, language)
    full = own if len(form.blocks) == 1 else f"{own}·{say(block.title, language)}"
    return full[:SHEET_NAME_LIMIT].translate(str.maketrans("", "", "[]:*?/\\"))


def _labels(field: Field, language: str) -> Mapping[Value, str]:
    if field.kind is Kind.YES_NO:
        return {True: phrase("master.yes", language), False: phrase("master.no", language)}
    return {choice.id: say(choice.label, language) for choice in field.choices}


def _rows(company: Company, rows: Rows, block: Block, language: str) -> Iterator[tuple[Value, ...]]:
    labels = [
        (place, _labels(field, language)) for place, field in enumerate(block.fields)
        if field.choices or field.kind is Kind.YES_NO
    ]
    standing = {False: phrase("master.current", language), True: phrase("master.stale", language)}
    for customer, period, stale, file, sheet, cell, *values in rows:
        for place, shown in labels:
            values[place] = shown.get(values[place], values[place])
        called = company.name_of(customer) if customer else ""
        yield customer, called, period, *values, standing[stale], file, sheet, cell
