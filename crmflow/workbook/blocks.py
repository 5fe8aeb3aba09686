"""Cards and tables on a sheet: where each label and each entry goes, and how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from crmflow.codes import say
from crmflow.declare import Block, Card, Field, Highlight, Kind, Table, Values
from crmflow.model import Value
from crmflow.texts import phrase
from crmflow.workbook import style
from crmflow.workbook.style import Styles
from crmflow.workbook.validation import Lists, validation

REQUIRED_MARK = " *"
LAST_ROW = 2000
"""Below the last table, drop-downs and checks reach down to here, beyond the rows that are drawn."""
SPARE_ROWS = 10
LINE_HEIGHT = 15
PADDING = 6
"""Heights are in points."""

At = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class Pen:
    """What writing any sheet of one workbook takes."""

    workbook: Workbook
    styles: Styles
    lists: Lists
    language: str


@dataclass(frozen=True)
class Page:
    """The sheet of one form, its columns' widths in characters, and the pen to write it with."""

    pen: Pen
    sheet: Worksheet
    widths: tuple[float, ...]

    def label(self, field: Field) -> str:
        return marked_label(field, self.pen.language)

    def room(self, first: int, last: int) -> float:
        """Characters that fit into the columns from ``first`` to ``last``."""
        return sum(self.widths[first : last + 1])


def marked_label(field: Field, language: str) -> str:
    """The field's label, with a mark where an entry is required."""
    return say(field.label, language) + (REQUIRED_MARK if field.required else "")


def height(lines: int) -> int:
    """The height of a row of so many lines."""
    return LINE_HEIGHT * lines + PADDING


def write_table(page: Page, name: str, table: Table, row: int, rows: Sequence[Values], *, open_below: bool) -> int:
    """A header row at ``row`` and the rows below it; returns the row after the last.

    ``open_below`` is for a table that nothing follows: staff may go on typing under it.
    """
    first = row + 1
    end = first + max(table.blank_rows, len(rows) + SPARE_ROWS)
    _write_header(page, table, row)
    formats = [page.pen.styles.get(style.entry(field), style.box(field)) for field in table.fields]
    for at in range(first, end):
        values = rows[at - first] if at - first < len(rows) else {}
        cells = {field.id: (at, column) for column, field in enumerate(table.fields)}
        _write_row(page, table, cells, _computed(table, values), formats)
    bottom = max(LAST_ROW, end) if open_below else end - 1
    for column, field in enumerate(table.fields):
        _validate(page, name, field, (first, column, bottom, column))
    _highlight(page, table, first, bottom)
    page.sheet.autofilter(row, 0, end - 1, len(table.fields) - 1)
    return end


def _highlight(page: Page, table: Table, first: int, bottom: int) -> None:
    """Let overdue rows turn red and coming ones amber by themselves, today's date being the computer's."""
    if table.highlight is None:
        return
    due, is_open = _conditions(page, table, table.highlight, first)
    last = len(table.fields) - 1
    passed, near = f"{due}<TODAY()", f"{due}<=TODAY()+{table.highlight.ahead}"
    for when, look in ((passed, style.LATE), (near, style.SOON)):
        rule = {
            "type": "formula", "criteria": f"=AND(ISNUMBER({due}),{when}{is_open})", "stop_if_true": True,
            "format": page.pen.workbook.add_format(look),
        }
        page.sheet.conditional_format(first, 0, bottom, last, rule)


def _conditions(page: Page, table: Table, highlight: Highlight, row: int) -> tuple[str, str]:
    """The cell that holds the day, and what makes its row still open, as parts of a formula for ``row``."""
    columns = {field.id: f"${xl_col_to_name(column)}{row + 1}" for column, field in enumerate(table.fields)}
    is_open = f',{columns[highlight.done]}=""' if highlight.done else ""
    field_id, settled = highlight.settled
    labels = {choice.id: choice.label for field in table.fields if field.id == field_id for choice in field.choices}
    for one in settled:
        is_open += f',{columns[field_id]}<>"{say(labels[one], page.pen.language)}"'
    return columns[highlight.due], is_open


def _write_header(page: Page, table: Table, row: int) -> None:
    labels = [page.label(field) for field in table.fields]
    for column, (field, label) in enumerate(zip(table.fields, labels, strict=True)):
        page.sheet.write_string(row, column, label, page.pen.styles.get(style.HEADER, style.ground(field)))
    tallest = max(style.lines(label, width + style.INDENT) for label, width in zip(labels, page.widths, strict=False))
    page.sheet.set_row(row, height(tallest))


def _write_row(
    page: Page, table: Table, cells: Mapping[str, At], values: Values, formats: Sequence[Format],
) -> None:
    tallest = 1
    for field, width, format in zip(table.fields, page.widths, formats, strict=False):
        shown = _write_entry(page, cells, field, values, format)
        if isinstance(shown, str) and field.kind in style.WRAPPING:
            tallest = max(tallest, style.lines(shown, width))
    if tallest > 1:
        page.sheet.set_row(cells[table.fields[0].id][0], height(tallest))


def write_card(page: Page, name: str, card: Card, row: int, values: Values) -> int:
    """Label–value pairs from ``row`` on, two a row, a note over the full width; returns the row after the last."""
    for pair in _pairs(card.fields):
        halves = [(0, len(page.widths) - 1)] if pair[0].kind is Kind.NOTE else _spans(page.widths)
        tallest = max(
            _write_pair(page, name, field, row, span, values)
            for field, span in zip(pair, halves, strict=False)
        )
        page.sheet.set_row(row, height(tallest), page.pen.styles.get(locked=True))
        row += 1
    return row


def _pairs(fields: Sequence[Field]) -> list[tuple[Field, ...]]:
    """The fields of a card by rows: a note stands alone, others go two by two."""
    rows: list[tuple[Field, ...]] = []
    for field in fields:
        joins = rows and len(rows[-1]) == 1 and Kind.NOTE not in (field.kind, rows[-1][0].kind)
        if joins:
            rows[-1] = (*rows[-1], field)
        else:
            rows.append((field,))
    return rows


def _spans(widths: Sequence[float]) -> list[tuple[int, int]]:
    """The first and last column of a card's two halves, split as near to the middle as the columns allow."""
    middle = sum(widths) / 2
    split = min(range(2, len(widths) - 1), key=lambda column: abs(sum(widths[:column]) - middle))
    return [(0, split - 1), (split, len(widths) - 1)]


def _write_pair(page: Page, name: str, field: Field, row: int, span: tuple[int, int], values: Values) -> int:
    """A label and, right of it, its value; returns how many lines they take."""
    label_at, last = span
    value_at = label_at + 1
    label = page.label(field)
    page.sheet.write_string(row, label_at, label, page.pen.styles.get(style.CARD_LABEL, style.ground(field)))
    format = page.pen.styles.get(style.entry(field), style.box(field), style.IN_CARD)
    if last > value_at:
        page.sheet.merge_range(row, value_at, row, last, "", format)
    shown = _write_entry(page, {field.id: (row, value_at)}, field, values, format)
    _validate(page, name, field, (row, value_at, row, value_at))
    return max(
        2 if field.kind is Kind.NOTE else 1,
        style.lines(label, page.widths[label_at]),
        style.lines(shown, page.room(value_at, last)) if isinstance(shown, str) else 1,
    )


def _write_entry(page: Page, cells: Mapping[str, At], field: Field, values: Values, format: Format) -> Value:
    """Write one entry; returns what is seen in its cell."""
    row, column = cells[field.id]
    shown = _shown(field, values.get(field.id), page.pen.language)
    if own := style.as_typed(field, shown):
        format = page.pen.styles.get(style.entry(field), style.box(field), own)
    if field.formula:
        first, second = (xl_rowcol_to_cell(*cells[operand]) for operand in field.formula)
        formula = f'=IF(OR({first}="",{second}=""),"",{first}*{second})'
        page.sheet.write_formula(row, column, formula, format, "" if shown is None else shown)
    elif shown is None:
        page.sheet.write_blank(row, column, None, format)
    elif isinstance(shown, str):
        page.sheet.write_string(row, column, shown, format)
    elif isinstance(shown, bool):
        page.sheet.write_boolean(row, column, shown, format)
    elif isinstance(shown, date):
        page.sheet.write_datetime(row, column, shown, format)
    else:
        page.sheet.write_number(row, column, shown, format)
    return shown


def _shown(field: Field, value: Value, language: str) -> Value:
    """A canonical value as staff see it in a cell; what somebody typed stands for itself."""
    if value is None or value == "":
        return None
    if field.kind is Kind.CHOICE:
        return next((say(choice.label, language) for choice in field.choices if choice.id == value), value)
    if field.kind is Kind.YES_NO and isinstance(value, bool):
        return phrase("blank.yes" if value else "blank.no", language)
    return value


def _computed(block: Block, values: Values) -> Values:
    """The row with its formulas worked out, for programs that show cells without recalculating."""
    row = dict(values)
    for field in block.fields:
        if field.formula:
            first, second = (row.get(operand) for operand in field.formula)
            row[field.id] = _product(first, second)
    return row


def _product(first: Value, second: Value) -> float | None:
    if isinstance(first, int | float) and isinstance(second, int | float):
        return first * second
    return None


def _validate(page: Page, name: str, field: Field, cells: tuple[int, int, int, int]) -> None:
    list_name = page.pen.lists.for_field(name, field)
    page.sheet.data_validation(*cells, validation(field, list_name, page.pen.language))
