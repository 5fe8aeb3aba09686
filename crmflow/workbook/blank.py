"""A form's declaration → the workbook that staff fill in, empty or with what is known already."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import count, zip_longest
from pathlib import Path
from types import MappingProxyType

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from crmflow.codes import say
from crmflow.declare import Block, Card, Field, Form, Table, Values, block_id
from crmflow.model import Identity
from crmflow.texts import phrase
from crmflow.workbook import plain, style
from crmflow.workbook.blocks import LAST_ROW, Page, Pen, height, marked_label, write_card, write_table
from crmflow.workbook.files import replacing
from crmflow.workbook.peek import IDENTITY_NAME
from crmflow.workbook.read import LISTS_SHEET, Sheet
from crmflow.workbook.style import Styles
from crmflow.workbook.validation import Lists

IDENTITY_SHEET = "_crmflow"
CARD_WIDTHS = (24.0, 42.0, 24.0, 42.0)
"""Columns of a sheet that has no table, in characters."""
PAGE_WIDTH = 206
"""Characters that stay readable on one A4 page; a wider form takes two pages side by side."""
WIDEST_CHOICE = 18
"""Characters; a longer choice takes two lines."""
GAP = 10
"""Points between two blocks."""
FROZEN_ROWS = 5
"""Only a form whose heading is no taller than this is frozen, so that a small screen still shows rows."""
NOTHING: Mapping[str, Sequence[Values]] = MappingProxyType({})
CREATED = datetime(2026, 1, 1)
"""Not the clock's: the same content always gives the same bytes."""
OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_format_properties": {"font_name": style.FONT, "font_size": style.SIZE},
    "default_row_height": 24,
}
ALLOWED = {
    "format_columns": True, "format_rows": True, "insert_rows": True, "sort": True, "autofilter": True,
    "select_locked_cells": True, "select_unlocked_cells": True,
}
PAPER_A4 = 9


def write(
    path: Path,
    forms: tuple[Form, ...],
    identity: Identity,
    filled: Mapping[str, Sequence[Values]] = NOTHING,
    staff: Sequence[str] = (),
    sheets: Sequence[Sheet] = (),
) -> None:
    """Write the workbook of ``forms`` to ``path``, in the language of its identity.

    ``filled`` maps a block's name (``F8.projects``) to rows of canonical
    values (choice ids, dates, fractions) or of cells as somebody typed them;
    ``staff`` are the names for the drop-downs of people, ``sheets`` those that
    are no form and follow as they are.
    """
    content = _content(forms, identity, filled, staff, sheets)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _content(
    forms: tuple[Form, ...], identity: Identity, filled: Mapping[str, Sequence[Values]], staff: Sequence[str],
    others: Sequence[Sheet],
) -> bytes:
    language = identity.language
    buffer = BytesIO()
    with Workbook(buffer, OPTIONS) as workbook:
        workbook.set_properties({"created": CREATED})
        sheets = [workbook.add_worksheet(say(form.sheet, language)) for form in forms]
        lists_sheet = workbook.add_worksheet(LISTS_SHEET)
        lists_sheet.hide()
        pen = Pen(workbook, Styles(workbook), Lists(workbook, lists_sheet, language, staff), language)
        for form, sheet in zip(forms, sheets, strict=True):
            _write_form(Page(pen, sheet, _widths(form, language)), form, filled)
        plain.write(pen, others)
        _write_identity(workbook, identity)
    return buffer.getvalue()


def _write_identity(workbook: Workbook, identity: Identity) -> None:
    workbook.define_name(IDENTITY_NAME, f'="{identity.workbook_id}"')
    sheet = workbook.add_worksheet(IDENTITY_SHEET)
    pairs = {
        "workbook_id": identity.workbook_id,
        "kind": identity.kind.value,
        "language": identity.language,
        "serial": str(identity.serial),
        "parent": identity.parent,
        "forms": " ".join(f"{form}:{version}" for form, version in identity.forms.items()),
    }
    for row, pair in enumerate(pairs.items()):
        for column, text in enumerate(pair):
            sheet.write_string(row, column, text)
    sheet.protect()
    sheet.very_hidden()


def _widths(form: Form, language: str) -> tuple[float, ...]:
    """The columns of a sheet: those of its widest table, or two label–value pairs for cards alone."""
    tables = [block for block in form.blocks if isinstance(block, Table)]
    if not tables:
        return CARD_WIDTHS
    widest = max(tables, key=lambda table: len(table.fields))
    return tuple(_width(field, marked_label(field, language), language) for field in widest.fields)


def _width(field: Field, label: str, language: str) -> float:
    """Wide enough for the declared content and its choices, and for the label on two lines without a broken word."""
    longest = max(style.units(word) for word in label.split()) if label.isascii() else 0
    choices = max((style.units(say(choice.label, language)) for choice in field.choices), default=0)
    least = max(field.width, longest + 2, min(choices + 3, WIDEST_CHOICE))
    return float(next(width for width in count(least) if style.lines(label, width + style.INDENT) <= 2))


def _write_form(page: Page, form: Form, filled: Mapping[str, Sequence[Values]]) -> None:
    row = _write_heading(page, form)
    for block in form.blocks:
        if block is not form.blocks[0]:
            page.sheet.set_row(row, GAP, page.pen.styles.get(locked=True))
            row += 1
        name = block_id(form, block)
        _write_across(page, row, say(block.title, page.pen.language), style.BLOCK, height(1))
        last = block is form.blocks[-1]
        end = _write_block(page, name, block, row + 1, filled.get(name, ()), last=last)
        _name_block(page, name, row + 1, end - 1)
        if last:
            _set_up_columns(page, block)
            _set_up_rows(page, block, row + 1, end)
        row = end
    _set_up_page(page, form)
    page.sheet.protect("", ALLOWED)


def _write_block(page: Page, name: str, block: Block, row: int, rows: Sequence[Values], *, last: bool) -> int:
    """Write a block from ``row`` on; returns the row after it."""
    if isinstance(block, Card):
        return write_card(page, name, block, row, rows[0] if rows else {})
    return write_table(page, name, block, row, rows, open_below=last)


def _write_heading(page: Page, form: Form) -> int:
    """Title and filling note; returns the row after them."""
    note = phrase("blank.note", page.pen.language, note=say(form.note, page.pen.language))
    _write_across(page, 0, say(form.title, page.pen.language), style.TITLE, 32)
    _write_across(page, 1, note, style.NOTE, height(style.lines(note, page.room(0, _last_across(page)))))
    return 2


def _write_across(page: Page, row: int, text: str, look: Mapping[str, object], points: float) -> None:
    """A line of text over the width of the page, in a row that takes no entries."""
    page.sheet.set_row(row, points, page.pen.styles.get(locked=True))
    # Column A repeats on a second page across, so a long text must not begin in it.
    first = 0 if _pages_across(page) == 1 else 1
    page.sheet.merge_range(row, first, row, _last_across(page), text, page.pen.styles.get(look))


def _last_across(page: Page) -> int:
    """The last column on the sheet's first page."""
    last = len(page.widths) - 1
    if _pages_across(page) == 1:
        return last
    half = sum(page.widths) / 2
    return max(column for column in range(1, last) if page.room(0, column) <= half)


def _pages_across(page: Page) -> int:
    return 2 if sum(page.widths) > PAGE_WIDTH else 1


def _name_block(page: Page, name: str, first: int, last: int) -> None:
    """A defined name over the block's cells: a hint for the reader that moves with inserted rows."""
    cells = xl_range_abs(first, 0, last, len(page.widths) - 1)
    page.pen.workbook.define_name(f"block_{name.replace('.', '_')}", f"='{page.sheet.get_name()}'!{cells}")


def _set_up_columns(page: Page, last: Block) -> None:
    """Below a last table its columns stay open for entry, so that nobody runs out of rows."""
    fields = last.fields if isinstance(last, Table) else ()
    for column, (width, field) in enumerate(zip_longest(page.widths, fields)):
        page.sheet.set_column(column, column, width, page.pen.styles.get(style.entry(field)) if field else None)


def _set_up_rows(page: Page, last: Block, header: int, end: int) -> None:
    """Rows below those drawn get their lines once something stands in them; the header repeats and freezes."""
    if isinstance(last, Card):
        return
    column = len(last.fields) - 1
    something = f"=COUNTA($A{end + 1}:${xl_col_to_name(column)}{end + 1})>0"
    lined = page.pen.workbook.add_format({"border": 1, "border_color": style.LINE})
    bottom = max(LAST_ROW, end)
    page.sheet.conditional_format(end, 0, bottom, column, {"type": "formula", "criteria": something, "format": lined})
    page.sheet.repeat_rows(header)
    if header < FROZEN_ROWS:
        page.sheet.freeze_panes(header + 1, 1)


def _set_up_page(page: Page, form: Form) -> None:
    sheet, language = page.sheet, page.pen.language
    if form.landscape:
        sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(_pages_across(page), 0)
    if _pages_across(page) > 1:
        sheet.repeat_columns(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    title = say(form.title, language).replace("&", "&&")
    footer = phrase("blank.footer", language, title=title, version=form.version)
    sheet.set_footer(f"&L&9{footer}&C&9{phrase('blank.secret', language)}&R&9{phrase('blank.page', language)}")
