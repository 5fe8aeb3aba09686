"""The house style of every workbook crmflow writes: calm, printable, with fonts that Chinese offices have."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from crmflow.declare import Field, Kind
from crmflow.model import Value

FONT = "微软雅黑"
"""Excel and WPS have it on every Chinese Windows; elsewhere a CJK face is substituted."""
SIZE = 10

INK = "#1F2D3D"
ACCENT = "#2F5577"
QUIET = "#5F6B78"
LINE = "#B8C2CC"
BAND = "#E6EDF4"
LABEL = "#F2F5F8"
REQUIRED = "#FDF3DC"
COMPUTED = "#EEEEEE"

LATE = {"font_color": "#9C1C1C", "bg_color": "#FBE3E1"}
SOON = {"font_color": "#7A4B00", "bg_color": "#FFF0CC"}
"""Rows that colour themselves: past their day, and ahead of it."""

NUMBER_FORMATS: Mapping[Kind, str] = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.MONTH: "yyyy-mm",
    Kind.YEAR: "0",
    Kind.INTEGER: "0",
    Kind.NUMBER: "General",
    Kind.YUAN: "#,##0.00",
    Kind.WAN: "#,##0.00",
    Kind.PERCENT: "0.0%",
}
"""Everything else is text, so that Excel leaves what is typed as it is."""

AMOUNTS = (Kind.NUMBER, Kind.YUAN, Kind.WAN, Kind.PERCENT)
WRAPPING = (Kind.TEXT, Kind.NOTE, Kind.EMAIL, Kind.PHONE, Kind.CHOICE, Kind.STAFF)
CENTRED = (
    Kind.DATE, Kind.MOMENT, Kind.MONTH, Kind.YEAR, Kind.BIRTHDAY, Kind.CHOICE, Kind.YES_NO, Kind.STAFF, Kind.INTEGER,
)

TITLE = {"bold": True, "font_size": 16, "font_color": ACCENT, "align": "center"}
NOTE = {"font_color": QUIET, "text_wrap": True, "align": "left"}
BLOCK = {"bold": True, "font_size": 11, "font_color": ACCENT, "align": "left", "bottom": 2, "bottom_color": ACCENT}
HEADER = {"bold": True, "bg_color": BAND, "border": 1, "border_color": LINE, "align": "center", "text_wrap": True}
CARD_LABEL = {
    "bold": True, "bg_color": LABEL, "border": 1, "border_color": LINE, "align": "left", "indent": 1, "text_wrap": True,
}


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, *parts: Mapping[str, object], **properties: object) -> Format:
        """The format with all these properties on top of the house's own."""
        merged: dict[str, object] = {"font_name": FONT, "font_size": SIZE, "font_color": INK, "valign": "vcenter"}
        for part in (*parts, properties):
            merged |= part
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(merged)
        return self._formats[key]


INDENT = 1.5
"""What a cell's own margins and indent take away, in characters."""
SLACK = 1.08
"""Faces differ: a line is taken to be this much longer than counted."""
IN_CARD = {"align": "left", "indent": 1}


def entry(field: Field) -> dict[str, object]:
    """How what staff enter for ``field`` looks; only what the sheet works out is locked."""
    look: dict[str, object] = {"num_format": NUMBER_FORMATS.get(field.kind, "@"), "locked": field.formula is not None}
    if field.kind in WRAPPING:
        look["text_wrap"] = True
    if field.kind in CENTRED:
        look["align"] = "center"
    else:
        look |= {"align": "right" if field.kind in AMOUNTS else "left", "indent": 1}
    return look


DAYS = (Kind.DATE, Kind.MOMENT, Kind.MONTH)


def as_typed(field: Field, value: Value) -> dict[str, object]:
    """The number format of a value that is not of the field's kind, so that it is seen, and read again, as typed."""
    if isinstance(value, date):
        moment = "yyyy-mm-dd hh:mm:ss" if isinstance(value, datetime) and value.time() != time() else "yyyy-mm-dd"
        return {} if field.kind in DAYS else {"num_format": moment}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and (field.kind in DAYS or field.kind not in NUMBER_FORMATS):
        return {"num_format": "General"}
    return {}


def box(field: Field) -> dict[str, object]:
    """The frame of a field's cells, on grey where the sheet works them out."""
    frame = {"border": 1, "border_color": LINE}
    return frame | {"bg_color": COMPUTED} if field.formula else frame


def ground(field: Field) -> dict[str, object]:
    """The tint behind the label of a field that must be filled in."""
    return {"bg_color": REQUIRED} if field.required else {}


def units(text: str) -> int:
    """The width of ``text`` in characters of the default font; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def lines(text: str, width: float) -> int:
    """How many lines ``text`` takes in a column of ``width`` characters; Chinese breaks anywhere, words do not."""
    room = max(width - INDENT, 1)
    return sum(_lines(part, room) for part in text.split("\n"))


def _lines(paragraph: str, room: float) -> int:
    count, used = 1, 0.0
    for word in paragraph.split(" "):
        size = units(word) * SLACK
        if used and used + size > room and word.isascii():
            count, used = count + 1, 0.0
        full, used = divmod(used + size, room)
        count += int(full)
        used += 1
    return count
