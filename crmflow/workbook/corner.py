"""The far corner of a sheet: how large an area its cells span, however their addresses are spelled."""

import re
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.sax import make_parser

from crmflow.workbook.address import column_letters, column_number

_UNUSUAL = re.compile(rb' r(?!="[A-Z]?\d{1,5}")\s*=')
"""An address in XML that is not plainly one within ``A1:Z99999``, the way office programs write it."""
_ODD_BLANKS = (b"\t", b"\n", b"\r")
"""One of them before an address is as good as a space; hardly any sheet has one."""
_ADDRESS = re.compile(r"\s*([A-Za-z]{1,3})(\d{1,7})\s*")


class Corner(ContentHandler):
    """The largest row and column (from 1) of all cells with something in them; ``cell`` is the last to add to it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows, self.columns, self.cell = 1, 1, ""
        self._row, self._column, self._is_open = 0, 0, False

    @property
    def area(self) -> int:
        return self.rows * self.columns

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 – the parser calls it so
        """A row or a cell begins, or what is in one; without an address it comes after the one before."""
        match name.rpartition(":")[2]:
            case "row":
                stated = attrs.get("r", "").strip()
                self._row, self._column = int(stated) if stated.isdecimal() else self._row + 1, 0
            case "c":
                address = _ADDRESS.fullmatch(attrs.get("r", ""))
                self._column = column_number(address[1].upper()) if address else self._column + 1
                self._row = int(address[2]) if address else self._row
                self._is_open = True
            case _ if self._is_open:
                self._reach(self._row, self._column)

    def endElement(self, name: str) -> None:  # noqa: N802 – the parser calls it so
        """A cell without anything in it reaches nowhere."""
        if name.rpartition(":")[2] == "c":
            self._is_open = False

    def _reach(self, row: int, column: int) -> None:
        if row > self.rows or column > self.columns:
            self.rows, self.columns = max(row, self.rows), max(column, self.columns)
            self.cell = f"{column_letters(column)}{row}"


def corner_of(sheet: bytes) -> Corner | None:
    """The corner of a sheet's XML, which may be cut off after its cells; None for one within ``A1:Z99999``.

    Raises SAXException when it is no XML.
    """
    if _is_plain(sheet, max(sheet.find(b"sheetData"), 0)):
        return None
    corner, parser = Corner(), make_parser()
    parser.setContentHandler(corner)
    parser.feed(sheet)
    return corner


def _is_plain(sheet: bytes, start: int) -> bool:
    """Whether all addresses are plain; before ``start`` there are none."""
    odd = (blank for blank in _ODD_BLANKS if sheet.find(blank, start) >= 0)
    return not _UNUSUAL.search(sheet, start) and not any(sheet.find(blank + b"r", start) >= 0 for blank in odd)
