"""The rows and cells of one sheet's part: giving some of them another look, adding those that are missing."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeAlias

from crmflow.workbook.address import column_letters, column_number
from crmflow.workbook.patching.marks import Unpatchable
from crmflow.workbook.patching.xml import Edit, Element, attribute, prefix_of, prefixed, tree, with_attribute

At: TypeAlias = tuple[int, int]
"""Row and column, from 1."""
Area: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_SLASH = ord("/")
_MARKUP = re.compile(rb"<!")


def cell_at(address: str) -> At | None:
    """``B7`` → (7, 2); None when it is no address."""
    match = _CELL.fullmatch(address)
    return (int(match[2]), column_number(match[1])) if match else None


def address(at: At) -> str:
    """(7, 2) → ``B7``."""
    return f"{column_letters(at[1])}{at[0]}"


def area_of(reference: str) -> Area | None:
    """``B7:D9``, or ``B7`` alone, as an area."""
    first, _, last = reference.partition(":")
    start, end = cell_at(first), cell_at(last or first)
    return (*start, *end) if start and end else None


def reference_of(area: Area) -> str:
    """An area as ``B7:D9``, or ``B7`` for one cell."""
    first, last = address(area[:2]), address(area[2:])
    return first if first == last else f"{first}:{last}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A row or a cell: its number (of row or column) and its bytes, ``inner`` behind its start tag."""

    number: int
    start: int
    inner: int
    close: int
    end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a sheet; its cells are looked up when they are asked for."""

    xml: bytes
    data: Element
    prefix: bytes
    rows: Sequence[_Piece]
    columns: Sequence[tuple[int, int, int, float]]
    """First and last column, look, width in characters."""
    known: dict[int, list[_Piece]] = field(default_factory=dict)
    """The cells of the rows that were asked for."""

    def row(self, number: int) -> _Piece | None:
        """The row of that number, when it is there."""
        at = bisect_left(self.rows, number, key=lambda row: row.number)
        return self.rows[at] if at < len(self.rows) and self.rows[at].number == number else None

    def cells(self, row: _Piece) -> list[_Piece]:
        """The cells of a row."""
        if row.number not in self.known:
            self.known[row.number] = list(_pieces(self.xml, self.prefix + b"c", row.inner, row.close, _column))
        return self.known[row.number]

    def height(self, number: int) -> float | None:
        """The height of a row in points, where it has one of its own."""
        row = self.row(number)
        height = attribute(self.xml[row.start : row.inner], "ht") if row else None
        return float(height) if height else None

    def extent(self, number: int) -> Area | None:
        """From the first to the last cell of a row."""
        row = self.row(number)
        cells = self.cells(row) if row else []
        return (number, cells[0].number, number, cells[-1].number) if cells else None

    def restyled(self, wanted: Mapping[At, Callable[[int], int]]) -> Iterator[Edit]:
        """Give each wanted cell the look that its function makes of the cell's own."""
        by_row: dict[int, dict[int, Callable[[int], int]]] = {}
        for (row, column), look in sorted(wanted.items()):
            by_row.setdefault(row, {})[column] = look
        missing: dict[int, list[bytes]] = {}
        for number, columns in by_row.items():
            if row_there := self.row(number):
                yield from self._in_row(row_there, columns)
                continue
            cells = b"".join(self._new_cell((number, column), look, 0) for column, look in columns.items())
            new = self._own(b'<row r="%d">' % number) + cells + self._own(b"</row>")
            missing.setdefault(self._row_place(number), []).append(new)
        for place, rows in missing.items():
            yield self._inserted(place, b"".join(rows))

    def _own(self, xml: bytes) -> bytes:
        return prefixed(xml, self.prefix)

    def _row_place(self, number: int) -> int:
        at = bisect_left(self.rows, number, key=lambda row: row.number)
        return self.rows[at].start if at < len(self.rows) else self.data.close

    def _inserted(self, place: int, content: bytes) -> Edit:
        data = self.data
        if data.inner == data.end:
            tag = data.tag(self.xml)
            return Edit(data.start, data.end, tag[:-2] + b">" + content + b"</" + data.name + b">")
        return Edit(place, place, content)

    def _in_row(self, row: _Piece, columns: Mapping[int, Callable[[int], int]]) -> Iterator[Edit]:
        tag = self.xml[row.start : row.inner]
        cells = self.cells(row)
        there = {cell.number: cell for cell in cells}
        new: dict[int, list[bytes]] = {}
        for column, look in columns.items():
            if cell := there.get(column):
                own = self.xml[cell.start : cell.inner]
                yield Edit(cell.start, cell.inner, with_attribute(own, "s", look(int(attribute(own, "s") or 0))))
                continue
            inherited = int(attribute(tag, "s") or 0) if attribute(tag, "customFormat") in ("1", "true") else 0
            place = next((cell.start for cell in cells if cell.number > column), row.close)
            new.setdefault(place, []).append(self._new_cell((row.number, column), look, inherited))
        if not new:
            return
        wider = _with_span(tag, min(columns), max(columns))
        if row.inner == row.end:
            content = b"".join(one for some in new.values() for one in some)
            yield Edit(row.start, row.end, wider[:-2].rstrip() + b">" + content + self._own(b"</row>"))
            return
        if wider != tag:
            yield Edit(row.start, row.inner, wider)
        for place, some in new.items():
            yield Edit(place, place, b"".join(some))

    def _new_cell(self, at: At, look: Callable[[int], int], inherited: int) -> bytes:
        own = inherited or next((style for first, last, style, _ in self.columns if first <= at[1] <= last), 0)
        return self._own(b'<c r="%s" s="%d"/>' % (address(at).encode(), look(own)))


def sheet_tree(xml: bytes) -> Element:
    """The elements of a worksheet's part, without its many rows and validations."""
    return tree(xml, skipping=("sheetData", "dataValidations"))


def grid(xml: bytes, root: Element) -> Grid:
    """The grid of a worksheet's part; ``root`` is its tree, without the inside of its sheet data."""
    data = root.child("sheetData")
    if data is None:
        raise Unpatchable("a sheet without cells")
    if _MARKUP.search(xml, data.inner, max(data.close, data.inner)):
        raise Unpatchable("comments between cells")
    prefix = prefix_of(root)
    rows = tuple(_pieces(xml, prefix + b"row", data.inner, data.close, int))
    columns = root.child("cols")
    return Grid(xml, data, prefix, rows, tuple(_columns(xml, columns)) if columns else ())


def _columns(xml: bytes, columns: Element) -> Iterator[tuple[int, int, int, float]]:
    for one in columns.children:
        tag = one.tag(xml)
        first, last = int(attribute(tag, "min") or 1), int(attribute(tag, "max") or 1)
        hidden = attribute(tag, "hidden") in ("1", "true")
        yield first, last, int(attribute(tag, "style") or 0), 0 if hidden else float(attribute(tag, "width") or 9)


def _pieces(xml: bytes, name: bytes, start: int, end: int, number_of: Callable[[bytes], int]) -> Iterator[_Piece]:
    """Rows or cells in order; one without a reference follows the one before it."""
    number, closing = 0, b"</" + name + b">"
    for match in _piece(name).finditer(xml, start, end):
        number = number_of(match[1]) if match[1] else number + 1
        tag, inner = match.span()
        if xml[inner - 2] == _SLASH:
            yield _Piece(number, tag, inner, inner, inner)
        else:
            close = xml.index(closing, inner)
            yield _Piece(number, tag, inner, close, close + len(closing))


@cache
def _piece(name: bytes) -> re.Pattern[bytes]:
    """A start tag, with its reference where it has one."""
    return re.compile(rb"<" + name + rb"(?=[\s/>])(?:[^>]*?\sr=[\"']([^\"'>]*)[\"'])?[^>]*>")


def _column(reference: bytes) -> int:
    return _number(reference.rstrip(b"0123456789"))


@lru_cache(1024)
def _number(letters: bytes) -> int:
    return column_number(letters.decode())


def _with_span(tag: bytes, first: int, last: int) -> bytes:
    """A row's start tag whose hint about its columns covers the new cells too."""
    spans = attribute(tag, "spans")
    if not spans or not re.fullmatch(r"\d+:\d+", spans):
        return tag
    left, right = (int(part) for part in spans.split(":"))
    return with_attribute(tag, "spans", f"{min(left, first)}:{max(right, last)}")
