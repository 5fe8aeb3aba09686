"""What goes back to the person: their own workbook with every bad cell marked, or a list where it cannot be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path

from crmflow import codes
from crmflow.catalogue import Catalogue
from crmflow.codes import describe, rule, severity
from crmflow.declare import Table
from crmflow.model import Finding, Severity
from crmflow.texts import phrase, plain
from crmflow.workbook.files import replacing
from crmflow.workbook.patch import ErrorColumn, ErrorLine, ErrorSheet, Mark, Unpatchable, annotate, is_untouched_copy
from crmflow.workbook.patching.cells import cell_at
from crmflow.workbook.table import Column, TableSheet, write_tables

WIDTHS = {"severity": 8, "place": 26, "found": 24, "what_to_do": 64, "row": 14, "rule": 8}
"""The columns of the error sheet, in characters."""
LINK_COLUMN = 1
LONGEST_VALUE = 200
"""Characters of a cell's content that the list repeats."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """What it takes to say a finding to a person."""

    catalogue: Catalogue
    language: str
    held: frozenset[tuple[str, int]]
    """Sheet and row of table rows that are not taken over."""

    def sentence(self, finding: Finding) -> str:
        return plain(describe(finding, self.language, self.catalogue.find_field(finding.block, finding.field_id)))

    def phrase(self, name: str, **facts: object) -> str:
        return phrase(f"return.{name}", self.language, **facts)


def write(
    source: Path, findings: Sequence[Finding], catalogue: Catalogue, language: str, into: Path,
) -> Path:
    """Write the return copy of the workbook ``source`` to the folder ``into``; returns the new file.

    A workbook that could not be read, or that must not be changed (signed,
    encrypted), gets a list of its own instead. ``source`` is never touched,
    nor a copy that somebody has worked in.
    """
    telling = _Telling(catalogue, language, frozenset(_held_rows(findings, catalogue)))
    ordered = sorted(findings, key=partial(_gravity, list(catalogue.blocks)))
    if not any(_is_about_the_file(finding) for finding in findings):
        try:
            content = annotate(source.read_bytes(), _marks(ordered, telling), _error_sheet(source, ordered, telling))
        except Unpatchable:
            return _write_list(source, ordered, telling, into)
        target = _free_place(source, into, telling)
        with replacing(target) as temporary:
            temporary.write_bytes(content)
        return target
    return _write_list(source, ordered, telling, into)


def _is_about_the_file(finding: Finding) -> bool:
    """Whether the file was not taken in at all, so that there is nothing to mark in it."""
    return finding.code in codes.FILES and severity(finding) is Severity.ERROR


def _gravity(blocks: Sequence[str], finding: Finding) -> tuple[bool, bool, int, str, int, int]:
    """Worst first: errors before warnings, what concerns the whole file before its cells, these form by form."""
    row, column = cell_at(finding.where.cell) or (0, 0)
    form = blocks.index(finding.block) if finding.block in blocks else -1
    is_minor = severity(finding) is not Severity.ERROR
    return is_minor, bool(finding.where.sheet), form, finding.where.sheet, row, column


def _row_of(finding: Finding, catalogue: Catalogue) -> tuple[str, int] | None:
    """The table row that a finding is about; None for headings, cards and the file."""
    at = cell_at(finding.where.cell)
    if at is None or finding.code in codes.SHEETS or finding.block not in catalogue.blocks:
        return None
    return (finding.where.sheet, at[0]) if isinstance(catalogue.block(finding.block), Table) else None


def _held_rows(findings: Sequence[Finding], catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    for finding in findings:
        if severity(finding) is Severity.ERROR and (row := _row_of(finding, catalogue)):
            yield row


def _marks(findings: Sequence[Finding], telling: _Telling) -> list[Mark]:
    return [
        Mark(
            finding.where.sheet, finding.where.cell, severity(finding), (telling.sentence(finding),),
            holds_row=_row_of(finding, telling.catalogue) in telling.held,
        )
        for finding in findings if cell_at(finding.where.cell)
    ]


def _error_sheet(source: Path, findings: Sequence[Finding], telling: _Telling) -> ErrorSheet:
    errors = sum(severity(finding) is Severity.ERROR for finding in findings)
    return ErrorSheet(
        name=telling.phrase("sheet"),
        title=telling.phrase("title", file=plain(_own_stem(source, telling))),
        note=telling.phrase("note", errors=errors, warnings=len(findings) - errors),
        columns=tuple(ErrorColumn(telling.phrase(f"column.{name}"), width) for name, width in WIDTHS.items()),
        lines=tuple(
            ErrorLine(severity(finding), _texts(finding, telling), finding.where.sheet, finding.where.cell)
            for finding in findings
        ),
        link_column=LINK_COLUMN,
    )


def _texts(finding: Finding, telling: _Telling) -> tuple[str, ...]:
    """A finding as a line of the list. No text may stand alone that could be the title of a form."""
    where = finding.where
    place = f"{where.sheet}!{where.cell}".rstrip("!") if where.cell else telling.phrase("in_sheet", sheet=where.sheet)
    value = plain(finding.value)[:LONGEST_VALUE]
    return (
        telling.phrase(f"severity.{severity(finding).value}"),
        plain(place) if where.sheet else telling.phrase("whole_file"),
        telling.phrase("found", value=value) if value else "",
        telling.sentence(finding),
        _standing(finding, telling),
        rule(finding),
    )


def _standing(finding: Finding, telling: _Telling) -> str:
    """Whether the row that the finding is about is taken over."""
    if _row_of(finding, telling.catalogue) in telling.held:
        return telling.phrase("row.held")
    return telling.phrase(f"row.{severity(finding).value}")


def _write_list(source: Path, findings: Sequence[Finding], telling: _Telling, into: Path) -> Path:
    """The list alone, as a workbook of its own."""
    name = telling.phrase("sheet")
    target = into / f"{source.stem} {name}.xlsx"
    columns = tuple(Column(telling.phrase(f"column.{column}"), width) for column, width in WIDTHS.items())
    rows = [_texts(finding, telling) for finding in findings]
    write_tables(target, [TableSheet(name, columns, rows)])
    return target


def _own_stem(source: Path, telling: _Telling) -> str:
    """The workbook's own name, without what a return copy adds to it."""
    return re.sub(rf" {re.escape(telling.phrase('copy'))}(?: \d+)?$", "", source.stem)


def _free_place(source: Path, into: Path, telling: _Telling) -> Path:
    """Where the copy goes: never over the source, nor over an earlier copy that somebody has worked in."""
    name = f"{_own_stem(source, telling)} {telling.phrase('copy')}"
    names = chain((name,), (f"{name} {number}" for number in count(2)))
    places = (into / f"{name}{source.suffix}" for name in names)
    return next(place for place in places if _is_free(place, source))


def _is_free(place: Path, source: Path) -> bool:
    if not place.exists():
        return True
    return place.resolve() != source.resolve() and is_untouched_copy(place.read_bytes())
