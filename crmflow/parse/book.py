"""A workbook's cells → its typed records, with a finding for every cell that could not be read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.config import Files
from crmflow.declare import Block, Field, Form, Table, block_id, blocks_of, longest
from crmflow.model import Book, FileState, Finding, Placement, Record, Value, Where, WorkbookKind
from crmflow.parse.locate import Heading, folded, form_of
from crmflow.parse.plain import clean, shown
from crmflow.parse.structure import Found, about_the_file, find_blocks, identity_of
from crmflow.parse.values import Reader, reader
from crmflow.workbook.address import column_letters
from crmflow.workbook.guard import NOT_CALCULATED, Refusal
from crmflow.workbook.read import Cells, Raw, Sheet, read

TOTALS = frozenset({"合计", "总计", "小计", "共计", "本页合计", "累计", "total", "grandtotal", "subtotal", "sum"})
"""First cells, folded as headings are, of rows that staff add under a table to sum it up."""
LONGEST_TOTAL = 24
"""Characters; a longer text is not even looked at."""
SHOWN = 80
"""Characters of a cell that a finding repeats."""
TOLERANCE = 0.006
"""How far a formula's cell may be off, in its own unit: half the last digit shown."""


def read_book(path: Path, state: FileState, catalogue: Catalogue, limits: Files) -> Book:
    """Read and parse one workbook; whatever is wrong with the file itself is a finding of the book."""
    try:
        cells = read(path, limits)
    except Refusal as refusal:
        finding = Finding(refusal.code, Where(state.path), facts=dict(refusal.facts))
        return Book(state, "", None, None, findings=(finding,))
    return parse(cells, state, catalogue)


def parse(cells: Cells, state: FileState, catalogue: Catalogue) -> Book:
    """The records of a workbook's cells."""
    identity = identity_of(cells.identity)
    formed = [(sheet, form) for sheet in cells.sheets if (form := form_of(sheet, catalogue))]
    kind = identity.kind if identity else _most_common_kind(formed)
    if kind is None:
        return Book(state, cells.sha256, None, identity, findings=(Finding("NO_FORM_FOUND", Where(state.path)),))
    kept = [(sheet, form) for sheet, form in formed if form not in catalogue.hidden]
    found, findings = find_blocks(kept, kind, state.path, identity)
    records = _begun(tuple(record for one in found for record in _records(one, state.path)), catalogue)
    present = {one.located.block_id for one in found}
    forms = tuple(form for form in (*catalogue.forms, *catalogue.hidden) if form.kind is kind)
    expected = {name for name, _, _ in blocks_of(forms)}
    return Book(
        state=state,
        sha256=cells.sha256,
        kind=kind,
        identity=identity,
        records=_with_periods(records, found),
        findings=(*findings, *about_the_file(cells, state.path, identity, kind, found, catalogue)),
        absent=frozenset(expected - present),
        workbook_id=identity.workbook_id if identity else _subject(kind, records, state.path),
    )


SUBJECT_FIELDS = {
    WorkbookKind.ARCHIVE: ("F0.cover", ("code",)),
    WorkbookKind.MONTHLY: ("F20.report", ("account_manager", "month")),
}


def _subject(kind: WorkbookKind, records: Sequence[Record], path: str) -> str:
    """What a workbook without an identity sheet is about, else where it lies."""
    block, fields = SUBJECT_FIELDS.get(kind, ("", ()))
    card = next((record for record in records if record.block == block), None)
    named = [str(card.values[field]) for field in fields if card.values[field] is not None] if card else []
    return ":".join((kind, *named)) if named and len(named) == len(fields) else f"file:{path}"


def _most_common_kind(formed: Sequence[tuple[Sheet, Form]]) -> WorkbookKind | None:
    kinds = Counter(form.kind for _, form in formed)
    return kinds.most_common(1)[0][0] if kinds else None


_Column: TypeAlias = tuple[str, int, Reader, bool]
"""A field's id, where it stands in a row, how its cells are read, and whether they are typed rather than computed."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of a block are read; ``empty`` has every field, without a value.

    A card is one row of its cells, in the order of their places.
    """

    fields: Mapping[str, Field]
    cells: Mapping[str, str]
    columns: Sequence[_Column]
    width: int
    computed: Sequence[tuple[str, tuple[str, str]]]
    empty: Mapping[str, Value]


@lru_cache(maxsize=1024)
def _shape(block: Block, places: tuple[tuple[str, Heading], ...]) -> _Shape:
    """Most workbooks have their fields in the same places."""
    is_table = isinstance(block, Table)
    at = {name: place.column if is_table else index for index, (name, place) in enumerate(places)}
    return _Shape(
        fields={field.id: field for field in block.fields},
        cells={name: column_letters(place.column + 1) if is_table else place.cell for name, place in places},
        columns=[
            (field.id, at[field.id], reader(field), field.formula is None) for field in block.fields if field.id in at
        ],
        width=max(at.values(), default=-1) + 1,
        computed=[(field.id, field.formula) for field in block.fields if field.formula],
        empty=dict.fromkeys(field.id for field in block.fields),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """A block on its sheet, ready to be read row by row."""

    name: str
    shape: _Shape
    placement: Placement
    oddities: Mapping[str, str]

    def finding(self, code: str, field_id: str, row: int, value: str, **facts: str) -> Finding:
        placement, cell = self.placement, self.placement.cells[field_id]
        where = Where(placement.file, placement.sheet, f"{cell}{row}" if row else cell)
        return Finding(code, where, value, self.name, field_id, facts)


def _records(one: Found, file: str) -> Iterator[Record]:
    located, rows = one.located, one.sheet.rows
    shape = _shape(located.block, tuple(located.places.items()))
    layout = _Layout(located.block_id, shape, Placement(file, one.sheet.name, shape.cells), one.sheet.oddities)
    if not isinstance(located.block, Table):
        if card := _record(layout, [cell_of(rows[place.row], place.column) for place in located.places.values()], 0):
            yield card
        return
    for index in located.rows:
        row = rows[index]
        if len(row) < shape.width:
            row = [*row, *repeat("", shape.width - len(row))]
        record = _record(layout, row, index + 1)
        if record and not is_total(row):
            yield record


def cell_of(row: Sequence[Raw], column: int) -> Raw:
    """A cell, without the white space around it; what lies beyond the row's end is empty."""
    raw = row[column] if column < len(row) else ""
    return clean(raw) if isinstance(raw, str) else raw


def is_total(row: Sequence[Raw]) -> bool:
    """Whether staff added the row to sum up those above it."""
    for cell in row:
        if not isinstance(cell, str):
            return False
        if clean(cell):
            return len(cell) <= LONGEST_TOTAL and folded(cell) in TOTALS
    return False


def _record(layout: _Layout, row: Sequence[Raw], number: int) -> Record | None:
    """The record of a row, None when nothing was typed there; a card, whose number is 0, always is one."""
    values = dict(layout.shape.empty)
    findings: list[Finding] = []
    is_filled = number == 0
    for field_id, at, read_cell, is_typed in layout.shape.columns:
        raw = row[at]
        if isinstance(raw, str) and not (raw := clean(raw)):
            if layout.oddities and is_typed:
                findings += _hidden_behind_emptiness(layout, field_id, number)
            continue
        is_filled = is_filled or is_typed
        values[field_id], code = read_cell(raw)
        if code:
            findings.append(_not_read(layout, field_id, number, raw, code))
    if not is_filled:
        return None
    if layout.shape.computed:
        findings += _compute(layout, values, row, number)
    unread = {one.field_id: _shown_in(layout, row, one.field_id) or one.value for one in findings}
    return Record(layout.name, values, layout.placement, number, "", tuple(findings), unread)


def _shown_in(layout: _Layout, row: Sequence[Raw], field_id: str) -> str:
    return next(shown(cell_of(row, at)) for name, at, _, _ in layout.shape.columns if name == field_id)


def _not_read(layout: _Layout, field_id: str, row: int, raw: Raw, code: str) -> Finding:
    """The finding ``code`` about a cell."""
    if code == "TOO_LONG":
        limit = longest(layout.shape.fields[field_id])
        return layout.finding(code, field_id, row, shown(raw)[:SHOWN], length=str(len(str(raw))), limit=str(limit))
    return layout.finding(code, field_id, row, shown(raw)[:SHOWN])


def _hidden_behind_emptiness(layout: _Layout, field_id: str, row: int) -> Iterator[Finding]:
    """ERROR_VALUE, NOT_CALCULATED: cells that the reader gives back as empty though they are not."""
    cell = layout.placement.cells[field_id]
    odd = layout.oddities.get(f"{cell}{row}" if row else cell)
    if odd is not None:
        yield layout.finding("NOT_CALCULATED" if odd == NOT_CALCULATED else "ERROR_VALUE", field_id, row, odd)


def _compute(layout: _Layout, values: dict[str, Value], cells: Sequence[Raw], row: int) -> Iterator[Finding]:
    """FORMULA_OVERTYPED: put every formula field's product into ``values``; find those whose cell says otherwise."""
    for field_id, factors in layout.shape.computed:
        typed = values[field_id]
        left, right = (values[name] for name in factors)
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            values[field_id] = None
            continue
        product = round(left * right, 6)
        values[field_id] = product
        if isinstance(typed, (int, float)) and abs(typed - product) > TOLERANCE:
            expected = f"{product:.2f}".rstrip("0").rstrip(".")
            value = _shown_in(layout, cells, field_id)
            yield layout.finding("FORMULA_OVERTYPED", field_id, row, value, expected=expected)


def _begun(records: Sequence[Record], catalogue: Catalogue) -> tuple[Record, ...]:
    """Without the empty cards of forms that nobody has begun to fill; a form of one card always counts."""
    begun = {record.block for record in records if record.row or any(
        value is not None for value in record.values.values()
    ) or record.unread}
    forms = {catalogue.form_of(name) for name in begun} | {form for form in catalogue.forms if len(form.blocks) == 1}
    blocks = {name for name, _, _ in blocks_of(tuple(forms))}
    return tuple(record for record in records if record.block in blocks)


def _with_periods(records: Sequence[Record], found: Sequence[Found]) -> tuple[Record, ...]:
    """Give every record of a periodic form the year or month its card names."""
    periods: dict[str, str] = {}
    for form in {one.form for one in found if one.form.period_field}:
        card, _, field_id = form.period_field.partition(".")
        named = next((record.values[field_id] for record in records if record.block == f"{form.id}.{card}"), None)
        periods |= dict.fromkeys((block_id(form, block) for block in form.blocks), _period(named))
    return tuple(
        record._replace(period=periods[record.block]) if record.block in periods else record for record in records
    )


def _period(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return str(value) if isinstance(value, int) else ""

