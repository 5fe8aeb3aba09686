"""The error sheet: a part of its own, its texts written in its cells so that no other part changes for them."""

from crmflow.model import Severity
from crmflow.workbook.address import column_letters
from crmflow.workbook.patching.boxes import units
from crmflow.workbook.patching.marks import FILLS, ErrorColumn, ErrorLine, ErrorSheet
from crmflow.workbook.patching.styles import MAIN, Styles, solid
from crmflow.workbook.patching.xml import DECLARATION, escaped, string

HEADING_ROW = 3
_FONT = "微软雅黑"
_INK, _ACCENT, _QUIET, _LINK, _BAND, _LINE = "FF1F2D3D", "FF2F5577", "FF5F6B78", "FF1155CC", "FFE6EDF4", "FFB8C2CC"
_TAB = "FFC00000"
_LINE_POINTS, _PADDING = 15, 6
_MOST_LINKS = 65_000
"""Excel takes few more on one sheet."""
_SLACK = 1.06
"""Faces differ: a text is taken to be this much wider than counted."""
_INDENT, _WRAP = ' indent="1"', ' wrapText="1"'


class _Looks:
    """The error sheet's own looks, added to the workbook's styles."""

    def __init__(self, styles: Styles) -> None:
        edge = f'style="thin"><color rgb="{_LINE}"/>'
        self._styles = styles
        self._border = styles.add("borders", "".join((
            "<border>", *(f"<{side} {edge}</{side}>" for side in ("left", "right", "top", "bottom")),
            "<diagonal/></border>",
        )).encode())
        plain, strong = self._font(_INK), self._font(_INK, bold=True)
        self.title = self._look(self._font(_ACCENT, size=16, bold=True), "left")
        self.note = self._look(self._font(_QUIET), "left", wrap=True)
        self.heading = self._look(strong, "center", fill=_BAND, boxed=True, wrap=True)
        self.text = self._look(plain, "left", boxed=True, wrap=True)
        self.short = self._look(plain, "center", boxed=True, wrap=True)
        self.link = self._look(self._font(_LINK, underlined=True), "left", boxed=True, wrap=True)
        self.severity = {
            severity: self._look(strong, "center", fill=FILLS[severity], boxed=True) for severity in Severity
        }

    def _font(self, colour: str, *, size: int = 10, bold: bool = False, underlined: bool = False) -> int:
        return self._styles.add("fonts", (
            f'<font>{"<b/>" if bold else ""}{"<u/>" if underlined else ""}<sz val="{size}"/><color rgb="{colour}"/>'
            f'<name val="{_FONT}"/><family val="2"/></font>'
        ).encode())

    def _look(self, font: int, align: str, *, fill: str = "", boxed: bool = False, wrap: bool = False) -> int:
        painted = self._styles.add("fills", solid(fill)) if fill else 0
        return self._styles.add("cellXfs", (
            f'<xf numFmtId="49" fontId="{font}" fillId="{painted}" borderId="{self._border if boxed else 0}" xfId="0" '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment horizontal="{align}" vertical="center"{_INDENT if align == "left" and boxed else ""}'
            f'{_WRAP if wrap else ""}/></xf>'
        ).encode())


def sheet_xml(listed: ErrorSheet, styles: Styles) -> bytes:
    """The part of the error sheet."""
    looks = _Looks(styles)
    last = column_letters(len(listed.columns))
    width = sum(column.width for column in listed.columns)
    rows = [
        _row(1, 30, [_cell("A1", listed.title, looks.title)]),
        _row(2, _height([(listed.note, width)]), [_cell("A2", listed.note, looks.note)]),
        _row(HEADING_ROW, 24, [
            _cell(f"{column_letters(number)}{HEADING_ROW}", column.heading, looks.heading)
            for number, column in enumerate(listed.columns, start=1)
        ]),
        *(_line(number, line, listed, looks) for number, line in enumerate(listed.lines, start=HEADING_ROW + 1)),
    ]
    below = HEADING_ROW + 1
    return b"".join((
        DECLARATION,
        f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="{_TAB}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{HEADING_ROW + len(listed.lines)}"/><sheetViews>'
        '<sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{HEADING_ROW}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{below}" sqref="A{below}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{_columns(listed.columns)}</cols><sheetData>'.encode(),
        *rows,
        f'</sheetData><mergeCells count="1"><mergeCell ref="A2:{last}2"/></mergeCells>{_links(listed)}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'.encode(),
    ))


def _columns(columns: tuple[ErrorColumn, ...]) -> str:
    return "".join(
        f'<col min="{number}" max="{number}" width="{column.width + 0.7109375}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )


def _line(number: int, line: ErrorLine, listed: ErrorSheet, looks: _Looks) -> bytes:
    cells = []
    for at, (text, column) in enumerate(zip(line.texts, listed.columns, strict=True)):
        look = looks.text if column.width > 16 else looks.short
        if at == listed.link_column and line.sheet:
            look = looks.link
        if at == 0:
            look = looks.severity[line.severity]
        cells.append(_cell(f"{column_letters(at + 1)}{number}", text, look))
    sizes = [(text, column.width) for text, column in zip(line.texts, listed.columns, strict=True)]
    return _row(number, _height(sizes), cells)


def _row(number: int, points: int, cells: list[bytes]) -> bytes:
    return b'<row r="%d" ht="%d" customHeight="1">%s</row>' % (number, points, b"".join(cells))


def _cell(reference: str, text: str, look: int) -> bytes:
    start = f'<c r="{reference}" s="{look}"'.encode()
    if not text:
        return start + b"/>"
    return start + b' t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % string(text)


def _height(texts: list[tuple[str, int]]) -> int:
    """Points for the tallest of some texts in columns of a width."""
    lines = max(-(-units(text) * _SLACK // max(width - 2, 1)) for text, width in texts)
    return int(max(lines, 1)) * _LINE_POINTS + _PADDING


def _links(listed: ErrorSheet) -> str:
    column = column_letters(listed.link_column + 1)
    links = "".join(
        f'<hyperlink ref="{column}{number}" location="{escaped(place(line.sheet, line.cell or "A1"))}" '
        f'display="{escaped(line.texts[listed.link_column])}"/>'
        for number, line in enumerate(listed.lines[:_MOST_LINKS], start=HEADING_ROW + 1) if line.sheet
    )
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""


def place(sheet: str, reference: str) -> str:
    """A reference to cells of another sheet."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{reference}"
