"""Plain tables of many rows, fast: the master workbook's sheets.

Text is written as text, never as a formula, whatever it begins with.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rustpy_xlsxwriter import FastExcel, Format

from crmflow.declare import Kind
from crmflow.model import Value
from crmflow.workbook.files import replacing

FONT = "微软雅黑"
A4 = 9
WIDTH_OF_PROSE = 44
"""From this width on a column holds sentences, which wrap."""
HEADER_HEIGHT, LINE, PADDING = 24.0, 14.0, 4.0
"""Points."""
HEADER_FILL, HEADER_INK, RULE = "#DCE6F1", "#1F3864", "#BFBFBF"

NUMBER_FORMATS: Mapping[Kind, str] = {
    Kind.DATE: "yyyy-mm-dd", Kind.MONTH: "yyyy-mm", Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.NUMBER: "#,##0.00", Kind.YUAN: "#,##0.00", Kind.WAN: "#,##0.00", Kind.PERCENT: "0.0%",
    Kind.INTEGER: "#,##0", Kind.YEAR: "0",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, width in characters, and the kind that gives its number format.

    ``fills`` are the background colours of its cells by their text.
    """

    title: str
    width: int
    kind: Kind = Kind.TEXT
    fills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet of one table; ``rows`` is gone through once, when the sheet is written.

    ``lines`` are those of text in each row, where they are known: not every program makes room for them by itself.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    frozen_columns: int = 1
    lines: Sequence[int] = ()


def write_tables(path: Path, sheets: Sequence[TableSheet]) -> None:
    """Write a workbook of tables, each with a filter and a frozen header."""
    with replacing(path) as temporary:
        _write(str(temporary), sheets)


def tables(sheets: Sequence[TableSheet]) -> bytes:
    """The same workbook as it goes by mail."""
    written = io.BytesIO()
    _write(written, sheets)
    return written.getvalue()


def _write(target: str | io.BytesIO, sheets: Sequence[TableSheet]) -> None:
    workbook = FastExcel(target, output_format="xlsx")
    for sheet in sheets:
        rows = iter(sheet.rows)
        first = next(rows, None)
        titles = [column.title for column in sheet.columns]
        workbook.freeze(row=1, col=sheet.frozen_columns, sheet=sheet.name)
        workbook.sheet(
            sheet.name, _records(titles, first, rows), autofilter=True, row_heights=_heights(sheet),
            # Row by row, the library would write a header that stands alone twice, which the format forbids.
            dedupe_strings=first is None,
            column_widths=[float(column.width) for column in sheet.columns],
            column_formats=[_format(column) for column in sheet.columns],
            header_format=_header(),
            conditional_formats={column.title: _coloured(column) for column in sheet.columns if column.fills},
            page_setup={"landscape": True, "paper_size": A4, "repeat_rows": 0, "fit_to_pages": (1, 0)},
        )
    workbook.save()


def lines_of(text: str, width: int) -> int:
    """How many lines a sentence takes in a column of so many characters, roughly; a Chinese character is two wide."""
    return -(-len(text.encode("gb18030", "replace")) // (width - 4))


def _heights(sheet: TableSheet) -> dict[int, float]:
    return {0: HEADER_HEIGHT, **{row: LINE * lines + PADDING for row, lines in enumerate(sheet.lines, 1)}}


def _records(
    titles: Sequence[str], first: Sequence[Value] | None, others: Iterable[Sequence[Value]]
) -> Iterator[dict[str, Value]]:
    yield dict.fromkeys(titles) if first is None else dict(zip(titles, first, strict=True))
    for row in others:
        yield dict(zip(titles, row, strict=True))


def _format(column: Column) -> Format:
    made = Format().set_font_name(FONT).set_font_size(10).set_align("vcenter")
    if column.width >= WIDTH_OF_PROSE:
        made = made.set_text_wrap()
    return made.set_num_format(NUMBER_FORMATS[column.kind]) if column.kind in NUMBER_FORMATS else made


def _coloured(column: Column) -> list[dict[str, object]]:
    return [
        {"type": "text", "criteria": "begins_with", "value": text, "format": Format().set_background_color(fill)}
        for text, fill in column.fills.items()
    ]


def _header() -> Format:
    return (
        Format().set_bold().set_font_name(FONT).set_font_size(10).set_font_color(HEADER_INK)
        .set_background_color(HEADER_FILL).set_border("thin").set_border_color(RULE)
        .set_align("center").set_align("vcenter").set_text_wrap()
    )
