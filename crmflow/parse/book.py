"""A workbook's cells → its typed records, with a finding for every cell that could not be read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crmflow.catalogue import Catalogue
from crmflow.config import Files
from crmflow.declare import Block, Field, Form, Table, blocks_of, longest
from crmflow.model import Book, FileState, Finding, Placement, Record, Value, Where, WorkbookKind
from crmflow.parse.locate import folded, form_of
from crmflow.parse.plain import clean, shown
from crmflow.parse.structure import Found, about_the_file, find_blocks, identity_of
from crmflow.parse.values import Reader, reader
from crmflow.workbook.guard import NOT_CALCULATED, Refusal, column_letters
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


@dataclass(frozen=True, slots=True)
class _Layout:
    """A block on its sheet, ready to be read row by row."""

    name: str
    block: Block
    placement: Placement
    readers: Sequence[tuple[Field, Reader]]
    oddities: Mapping[str, str]

    def where(self, field: Field, row: int) -> Where:
        cell = self.placement.cells[field.id]
        return Where(self.placement.file, self.placement.sheet, f"{cell}{row}" if row else cell)


def _layout(one: Found, file: str) -> _Layout:
    located, sheet = one.located, one.sheet
    is_table = isinstance(located.block, Table)
    cells = {
        name: column_letters(place.column + 1) if is_table else place.cell for name, place in located.places.items()
    }
    readers = [(field, reader(field)) for field in located.block.fields]
    return _Layout(located.block_id, located.block, Placement(file, sheet.name, cells), readers, sheet.oddities)


def _records(one: Found, file: str) -> Iterator[Record]:
    located, rows = one.located, one.sheet.rows
    layout = _layout(one, file)
    if not isinstance(located.block, Table):
        raws = {name: cell_of(rows[place.row], place.column) for name, place in located.places.items()}
        yield _record(layout, raws, 0)
        return
    columns = [(name, place.column) for name, place in located.places.items()]
    for index in located.rows:
        raws = {name: cell_of(rows[index], column) for name, column in columns}
        if is_filled(raws, located.block) and not is_total(rows[index]):
            yield _record(layout, raws, index + 1)


def cell_of(row: Sequence[Raw], column: int) -> Raw:
    """A cell, without the white space around it; what lies beyond the row's end is empty."""
    raw = row[column] if column < len(row) else ""
    return clean(raw) if raw and isinstance(raw, str) else raw


def is_filled(raws: Mapping[str, Raw], block: Block) -> bool:
    """Whether anything was typed; a formula's own result is not typing."""
    return any(raws.get(field.id, "") != "" for field in block.fields if field.formula is None)


def is_total(row: Sequence[Raw]) -> bool:
    first = next((cell for cell in row if not isinstance(cell, str) or clean(cell)), "")
    return isinstance(first, str) and len(first) <= LONGEST_TOTAL and folded(first) in TOTALS


def _record(layout: _Layout, raws: Mapping[str, Raw], row: int) -> Record:
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    for field, read_cell in layout.readers:
        raw = raws.get(field.id, "")
        if raw == "":
            values[field.id] = None
            if layout.oddities:
                findings += _hidden_behind_emptiness(layout, field, row)
            continue
        values[field.id], code = read_cell(raw)
        if code:
            facts = {"length": str(len(str(raw))), "limit": str(longest(field))} if code == "TOO_LONG" else {}
            findings.append(Finding(code, layout.where(field, row), shown(raw)[:SHOWN], layout.name, field.id, facts))
    for field, expected in _compute(layout.block, values):
        facts = {"expected": expected}
        overtyped = shown(raws[field.id])
        findings.append(Finding("FORMULA_OVERTYPED", layout.where(field, row), overtyped, layout.name, field.id, facts))
    unread = {finding.field_id: shown(raws.get(finding.field_id, "")) or finding.value for finding in findings}
    return Record(layout.name, values, layout.placement, row, unread=unread, findings=tuple(findings))


def _hidden_behind_emptiness(layout: _Layout, field: Field, row: int) -> Iterator[Finding]:
    """ERROR_VALUE, NOT_CALCULATED: cells that the reader gives back as empty though they are not."""
    if field.formula is not None or field.id not in layout.placement.cells:
        return
    where = layout.where(field, row)
    odd = layout.oddities.get(where.cell)
    if odd is not None:
        yield Finding("NOT_CALCULATED" if odd == NOT_CALCULATED else "ERROR_VALUE", where, odd, layout.name, field.id)


def _compute(block: Block, values: dict[str, Value]) -> Iterator[tuple[Field, str]]:
    """Put every formula field's product into ``values``; yield those whose cell said something else."""
    for field in block.fields:
        if field.formula is None:
            continue
        typed = values[field.id]
        left, right = (values[name] for name in field.formula)
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            values[field.id] = None
            continue
        product = round(left * right, 6)
        values[field.id] = product
        if isinstance(typed, (int, float)) and abs(typed - product) > TOLERANCE:
            yield field, f"{product:.2f}".rstrip("0").rstrip(".")


def _begun(records: Sequence[Record], catalogue: Catalogue) -> tuple[Record, ...]:
    """Without the empty cards of forms that nobody has begun to fill; a form of one card always counts."""
    begun = {record.block.partition(".")[0] for record in records if record.row or any(
        value is not None for value in record.values.values()
    ) or record.unread}
    single = {form.id for form in catalogue.forms if len(form.blocks) == 1}
    return tuple(record for record in records if record.block.partition(".")[0] in begun | single)


def _with_periods(records: Sequence[Record], found: Sequence[Found]) -> tuple[Record, ...]:
    """Give every record of a periodic form the year or month its card names."""
    periods: dict[str, str] = {}
    for form in {one.form.id: one.form for one in found if one.form.period_field}.values():
        card, _, field_id = form.period_field.partition(".")
        named = next((record.values[field_id] for record in records if record.block == f"{form.id}.{card}"), None)
        periods[form.id] = _period(named)
    if not periods:
        return tuple(records)
    return tuple(
        replace(record, period=periods[name]) if (name := record.block.partition(".")[0]) in periods else record
        for record in records
    )


def _period(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return str(value) if isinstance(value, int) else ""

