"""Sheets that are no form: a company's own, written again cell by cell."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from xlsxwriter.worksheet import Worksheet

from crmflow.workbook import style
from crmflow.workbook.blocks import Pen
from crmflow.workbook.read import Raw, Sheet

LONGEST_NAME = 31
"""Excel's own."""
NARROWEST, WIDEST = 9, 48
"""Characters."""


def write(pen: Pen, sheets: Sequence[Sheet]) -> None:
    """Write the sheets after those that are there already; a name that is taken gets a number."""
    taken = {sheet.get_name().casefold() for sheet in pen.workbook.worksheets()}
    for sheet in sheets:
        name = _free(sheet.name, taken)
        taken.add(name.casefold())
        _write_cells(pen, pen.workbook.add_worksheet(name), sheet)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        suffix = f" {number}"
        free = name[: LONGEST_NAME - len(suffix)] + suffix
    return free


def _write_cells(pen: Pen, target: Worksheet, sheet: Sheet) -> None:
    widths: dict[int, int] = {}
    for row, cells in enumerate(sheet.rows):
        for column, raw in enumerate(cells):
            if raw != "":
                _write(pen, target, row, column, raw)
                widths[column] = max(widths.get(column, NARROWEST), style.units(str(raw)) + 2)
    for column, width in widths.items():
        target.set_column(column, column, min(width, WIDEST))


def _write(pen: Pen, target: Worksheet, row: int, column: int, raw: Raw) -> None:
    if isinstance(raw, bool):
        target.write_boolean(row, column, raw, pen.styles.get())
    elif isinstance(raw, date | time | timedelta):
        target.write_datetime(row, column, raw, pen.styles.get(num_format=_format(raw)))
    elif isinstance(raw, str):
        target.write_string(row, column, raw, pen.styles.get(text_wrap=style.units(raw) > WIDEST))
    else:
        target.write_number(row, column, raw, pen.styles.get())


def _format(raw: date | time | timedelta) -> str:
    if isinstance(raw, timedelta):
        return "[h]:mm:ss"
    if isinstance(raw, time):
        return "hh:mm:ss"
    return "yyyy-mm-dd hh:mm:ss" if isinstance(raw, datetime) and raw.time() != time() else "yyyy-mm-dd"
