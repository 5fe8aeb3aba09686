"""Successors of a workbook: the next quarter's verification copy, the next year's plans, the next month's report,
the current version of its forms. Each is a value that ``write`` puts into a new file.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from crmflow.catalogue import Catalogue
from crmflow.codes import severity
from crmflow.declare import Block, Card, Field, Form, Kind, Values, block_id
from crmflow.model import Accepted, Book, Finding, Identity, Severity, Text, Value, Where, WorkbookKind
from crmflow.parse.kept import Kept, Stray, keep, uncalculated
from crmflow.texts import both, phrase
from crmflow.workbook import blank
from crmflow.workbook.read import Cells, Raw, Sheet

Filled = Mapping[str, Sequence[Values]]
"""The rows of a workbook by block."""


class Row(Protocol):
    """A row that the store holds as true."""

    @property
    def block(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def values(self) -> Values: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A workbook to be written: what it says of itself, its forms with the company's own columns, its rows."""

    identity: Identity
    forms: tuple[Form, ...]
    filled: Filled
    sheets: tuple[Sheet, ...] = ()


def write(path: Path, copy: Copy, staff: Sequence[str] = ()) -> None:
    """Write the copy; ``staff`` are the names for the drop-downs of people."""
    blank.write(path, copy.forms, copy.identity, copy.filled, staff, copy.sheets)


def obstacles(cells: Cells, book: Book, catalogue: Catalogue) -> tuple[Finding, ...]:
    """What must be mended first, since a copy would lose it: broken structure, formulas without a result."""
    structure = tuple(finding for finding in book.findings if severity(finding) is Severity.ERROR)
    if book.kind is None:
        return structure
    pending = uncalculated(cells, book.kind, book.identity, catalogue)
    return (*structure, *(Finding("UNCALCULATED", Where(book.file, sheet, cell)) for sheet, cell in pending))


def upgraded(cells: Cells, book: Book, catalogue: Catalogue, language: str) -> Copy:
    """The workbook on the current version of its forms, every cell as it was typed, right or wrong.

    ``language`` is for a workbook that does not say its own.
    """
    kind = _kind(book)
    kept = keep(cells, kind, book.identity, catalogue)
    filled = {name: [{**line.values, **line.own} for line in lines] for name, lines in kept.lines.items()}
    return _copy(cells, book, catalogue, kept, filled, language)


def verified(
    cells: Cells, book: Book, rows: Iterable[Row], catalogue: Catalogue, language: str, *,
    blank_fields: bool = True, year: int | None = None,
) -> Copy:
    """The workbook with its accepted ``rows``, those of the latest period of each form.

    With ``blank_fields`` what a verification must renew is empty; with
    ``year`` the yearly plans are turned to that year.
    """
    kind = _kind(book)
    kept = keep(cells, kind, book.identity, catalogue)
    filled: Filled = _with_own(latest(rows, catalogue), book, kept, catalogue)
    if year is not None:
        for form in catalogue.of_kind(kind):
            filled = turned(filled, form, year)
    if blank_fields:
        filled = {name: [_without(row, catalogue.block(name)) for row in found] for name, found in filled.items()}
    return _copy(cells, book, catalogue, kept, filled, language)


def latest(rows: Iterable[Row], catalogue: Catalogue) -> dict[str, list[Values]]:
    """The rows of each form's latest period, by block, in the order given."""
    known = list(rows)
    last: dict[str, str] = {}
    for one in known:
        form = one.block.partition(".")[0]
        last[form] = max(last.get(form, ""), one.period)
    filled: dict[str, list[Values]] = defaultdict(list)
    for one in known:
        if one.block in catalogue.blocks and one.period == last[one.block.partition(".")[0]]:
            filled[one.block].append(one.values)
    return dict(filled)


def next_report(rows: Iterable[Accepted], form: Form, is_theirs: Callable[[Value], bool], month: date) -> Filled:
    """The report of ``month`` by the person of whom ``is_theirs`` holds, with what the last one before left open."""
    known = list(rows)
    card = f"{form.id}.{form.period_field.partition('.')[0]}"
    before = [
        (one.period, one.where.file) for one in known
        if one.block == card and is_theirs(one.values["account_manager"]) and one.period < f"{month:%Y-%m}"
    ]
    if not before:
        return {}
    last: dict[str, list[Values]] = defaultdict(list)
    for one in known:
        if (one.period, one.where.file) == max(before):
            last[one.block].append(one.values)
    return turned(last, form, month)


def turned(filled: Filled, form: Form, period: int | date) -> Filled:
    """``filled`` with a periodic form turned to a later period: what is open is carried forward, the rest is empty.

    A form of another kind of period, one nobody has begun, or one that is there already stays as it is.
    """
    card, _, field_id = form.period_field.partition(".")
    name = f"{form.id}.{card}"
    present = next((row[field_id] for row in filled.get(name, ()) if field_id in row), None)
    is_later = (isinstance(present, date) and isinstance(period, date) and present < period) or (
        isinstance(present, int) and isinstance(period, int) and present < period
    )
    if not is_later:
        return filled
    carried: dict[str, Sequence[Values]] = {
        block_id(form, block): _carried(block, filled.get(block_id(form, block), ())) for block in form.blocks
    }
    carried[name] = [{**carried[name][0], field_id: period}]
    return {**filled, **carried}


def _carried(block: Block, rows: Sequence[Values]) -> Sequence[Values]:
    if isinstance(block, Card):
        return [{name: row[name] for name in block.carried} for row in rows]
    return [row for row in rows if block.carry is not None and block.carry(row)]


def _without(row: Values, block: Block) -> Values:
    return {name: value for name, value in row.items() if name not in block.blank_on_verify}


def _with_own(filled: Filled, book: Book, kept: Kept, catalogue: Catalogue) -> Filled:
    """The rows with what stands beside them in the company's own columns, and the rows that have nothing else."""
    merged: dict[str, Sequence[Values]] = dict(filled)
    for name in (name for name, own in kept.own.items() if own):
        beside = {line.row: line for line in kept.lines[name]}
        records = [record for record in book.records if record.block == name]
        rows = list(filled.get(name, ()))
        for record in records:
            if record.values in rows:
                rows[rows.index(record.values)] = {**record.values, **beside[record.row].own}
        alone = [line for line in kept.lines[name] if line.row not in {record.row for record in records}]
        empty = dict.fromkeys(field.id for field in catalogue.block(name).fields)
        merged[name] = [*rows, *({**empty, **line.own} for line in alone)]
    return merged


def _kind(book: Book) -> WorkbookKind:
    assert book.kind is not None, "a file without forms has no successor"
    return book.kind


def _copy(cells: Cells, book: Book, catalogue: Catalogue, kept: Kept, filled: Filled, language: str) -> Copy:
    forms, kind = catalogue.of_kind(_kind(book)), _kind(book)
    spoken = book.identity.language if book.identity else language
    serial = book.identity.serial if book.identity else 0
    versions = {form.id: form.version for form in forms}
    overtyped = [
        Stray(one.where.sheet, one.where.cell, one.value)
        for record in book.records for one in record.findings if one.code == "FORMULA_OVERTYPED"
    ]
    return Copy(
        identity=Identity(book.workbook_id, kind, spoken, serial + 1, cells.sha256, versions),
        forms=tuple(_extended(form, kept) for form in forms),
        filled=filled,
        sheets=(*kept.sheets, *_stray_sheet((*kept.strays, *overtyped), spoken)),
    )


def _extended(form: Form, kept: Kept) -> Form:
    """The form with the company's own columns at the right of its tables."""
    return replace(form, blocks=tuple(
        replace(block, fields=(*block.fields, *_own_fields(kept.own.get(block_id(form, block), {}))))
        for block in form.blocks
    ))


def _own_fields(own: Mapping[str, str]) -> Iterable[Field]:
    return (
        Field(id, Text(heading, heading), Kind.TEXT, both("copy.own_column"), "") for id, heading in own.items()
    )


def _stray_sheet(strays: Sequence[Stray], language: str) -> Iterable[Sheet]:
    """A sheet of the cells that stood beside the forms, so that nothing is lost."""
    if strays:
        heading = [phrase(f"copy.{name}", language) for name in ("sheet", "cell", "content")]
        rows: list[list[Raw]] = [
            [stray.sheet, stray.cell, "" if stray.content is None else stray.content] for stray in strays
        ]
        yield Sheet(phrase("copy.strays", language), [list(heading), *rows])
