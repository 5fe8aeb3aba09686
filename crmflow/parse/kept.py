"""A workbook's cells as typed, to be written again: those of its forms, and what the company added of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.codes import say
from crmflow.declare import Field, Form, Kind, Table, Values
from crmflow.model import Identity, Value, WorkbookKind
from crmflow.parse.book import cell_of, is_total
from crmflow.parse.locate import Heading, Located, folded, form_of
from crmflow.parse.plain import clean, shown
from crmflow.parse.structure import Found, find_blocks
from crmflow.parse.values import reader
from crmflow.texts import phrase
from crmflow.workbook.address import column_letters
from crmflow.workbook.guard import NOT_CALCULATED
from crmflow.workbook.read import Cells, Raw, Sheet

LANGUAGES = ("zh", "en")
NOT_THEIRS = frozenset(phrase("return.sheet", language) for language in LANGUAGES)
"""Sheets that crmflow adds itself: a return copy's list of errors."""

At: TypeAlias = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row or card as typed, rates as the fractions that they are read as.

    ``row`` counts from 1 and is 0 for a card, ``own`` is by the id of the own column.
    """

    row: int
    values: Values
    own: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stray:
    """A cell on a form's sheet that belongs to none of its blocks: a total, a remark beside the table."""

    sheet: str
    cell: str
    content: Value


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything a workbook holds but its looks.

    ``lines`` and ``own`` are by block; ``own`` maps the id of each column the
    company added to its heading.
    """

    lines: Mapping[str, tuple[Line, ...]]
    own: Mapping[str, Mapping[str, str]]
    sheets: tuple[Sheet, ...]
    strays: tuple[Stray, ...]


def keep(cells: Cells, kind: WorkbookKind, identity: Identity | None, catalogue: Catalogue) -> Kept:
    """The cells of a workbook whose structure is sound, each in exactly one place."""
    found = _found(cells, kind, identity, catalogue)
    own = {one.located.block_id: _own_columns(one) for one in found}
    lines = {one.located.block_id: tuple(_lines(one, own[one.located.block_id])) for one in found}
    used = {one.sheet.name for one in found}
    return Kept(
        lines=lines,
        own={name: {_own_id(at): heading for at, heading in columns.items()} for name, columns in own.items()},
        sheets=tuple(sheet for sheet in cells.sheets if sheet.name not in used | NOT_THEIRS),
        strays=tuple(
            stray for sheet in cells.sheets if sheet.name in used
            for stray in _strays([one for one in found if one.sheet.name == sheet.name], own, lines)
        ),
    )


def _found(cells: Cells, kind: WorkbookKind, identity: Identity | None, catalogue: Catalogue) -> list[Found]:
    formed = [(sheet, form) for sheet in cells.sheets if (form := form_of(sheet, catalogue))]
    shown_forms = [(sheet, form) for sheet, form in formed if form not in catalogue.hidden]
    return find_blocks(shown_forms, kind, "", identity)[0]


def uncalculated(
    cells: Cells, kind: WorkbookKind, identity: Identity | None, catalogue: Catalogue
) -> Iterator[tuple[str, str]]:
    """The sheet and cell of every formula that has no result, but for those of the forms themselves."""
    columns = {
        (one.sheet.name, column_letters(place.column + 1)): place.row
        for one in _found(cells, kind, identity, catalogue)
        for name, place in one.located.places.items() if catalogue.field(one.located.block_id, name).formula
    }
    for sheet in cells.sheets:
        for cell, odd in sheet.oddities.items():
            letters = cell.rstrip("0123456789")
            heading = columns.get((sheet.name, letters))
            is_ours = heading is not None and int(cell.removeprefix(letters)) > heading
            if odd == NOT_CALCULATED and not is_ours and sheet.name not in NOT_THEIRS:
                yield sheet.name, cell


def _own_id(column: int) -> str:
    return f"own_{column}"


def _own_columns(one: Found) -> Mapping[int, str]:
    """The headings of a table that no field has, by their column."""
    if not isinstance(one.located.block, Table):
        return {}
    ours = {place.column for place in one.located.places.values()}
    heading = one.sheet.rows[one.located.rows.start - 1]
    return {at: shown(cell) for at, cell in enumerate(heading) if _is_typed(cell) and at not in ours}


def _is_typed(cell: Raw) -> bool:
    return not isinstance(cell, str) or clean(cell) != ""


def _lines(one: Found, own: Mapping[int, str]) -> Iterator[Line]:
    rows, located = one.sheet.rows, one.located
    rates = {field.id: field for field in located.block.fields if field.kind is Kind.PERCENT}

    def content(name: str, at: Heading) -> Value:
        found = _content(one.sheet, at)
        return _rate(rates[name], found) if name in rates else found

    if not isinstance(located.block, Table):
        yield Line(0, {name: content(name, place) for name, place in located.places.items()})
        return
    for index in located.rows:
        raws = {name: cell_of(rows[index], place.column) for name, place in located.places.items()}
        theirs = {_own_id(at): _content(one.sheet, Heading(index, at)) for at in own}
        is_filled = any(raws.get(field.id, "") != "" for field in located.block.fields if field.formula is None)
        is_used = is_filled or any(value is not None for value in theirs.values())
        if is_used and not is_total(rows[index]):
            values = {name: content(name, Heading(index, place.column)) for name, place in located.places.items()}
            yield Line(index + 1, values, theirs)


def _rate(field: Field, content: Value) -> Value:
    """A number of per cent as the fraction it is read as: a formula takes 2 for 200 %, the reader for 2 %."""
    if isinstance(content, bool) or not isinstance(content, int | float):
        return content
    fraction, fault = reader(field)(content)
    return content if fault else fraction


def _content(sheet: Sheet, at: Heading) -> Value:
    """What a cell holds: an error such as ``#N/A`` is the text it shows, times of day are text too."""
    row = sheet.rows[at.row]
    raw = row[at.column] if at.column < len(row) else ""
    if not _is_typed(raw):
        return sheet.oddities.get(at.cell) or None
    return str(raw) if isinstance(raw, time | timedelta) else raw


def _strays(
    blocks: Sequence[Found], own: Mapping[str, Mapping[int, str]], lines: Mapping[str, tuple[Line, ...]]
) -> Iterator[Stray]:
    """What is left of one sheet once its titles, labels and blocks are taken away."""
    sheet, form = blocks[0].sheet, blocks[0].form
    ours = {at for one in blocks for at in _taken(one.located, own[one.located.block_id], lines[one.located.block_id])}
    words = frozenset(map(folded, _words(form)))
    notes = tuple(phrase("blank.note", language, note="") for language in LANGUAGES)
    for index, row in enumerate(sheet.rows):
        for column, raw in enumerate(row):
            if (index, column) in ours or not _is_typed(raw):
                continue
            if isinstance(raw, str) and (folded(raw) in words or raw.startswith(notes)):
                continue
            content = _content(sheet, Heading(index, column))
            yield Stray(sheet.name, f"{column_letters(column + 1)}{index + 1}", content)


def _taken(located: Located, own: Mapping[int, str], lines: Iterable[Line]) -> Iterator[At]:
    """The cells that the lines of a block, and its headings, take."""
    if not isinstance(located.block, Table):
        yield from ((place.row, place.column) for place in located.places.values())
        return
    heading = located.rows.start - 1
    yield from ((heading, column) for column in own)
    computed = {field.id for field in located.block.fields if field.formula}
    for name, place in located.places.items():
        yield heading, place.column
        if name in computed:
            yield from ((index, place.column) for index in located.rows)
    for line in lines:
        yield from ((line.row - 1, place.column) for place in located.places.values())
        yield from ((line.row - 1, column) for column in own)


def _words(form: Form) -> Iterator[str]:
    """What a form's sheet says by itself."""
    for language in LANGUAGES:
        yield say(form.title, language)
        for block in form.blocks:
            yield say(block.title, language)
            if not isinstance(block, Table):
                yield from (say(one.label, language) for one in block.fields)
                yield from (alias for one in block.fields for alias in one.aliases)


