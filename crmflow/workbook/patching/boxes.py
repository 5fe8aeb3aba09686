"""The boxes that show notes: shapes in an old kind of drawing, which programs other than Excel write loosely."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crmflow.model import Severity
from crmflow.workbook.patching.cells import At
from crmflow.workbook.patching.marks import Unpatchable

Note: TypeAlias = tuple[tuple[Severity, str], ...]
"""What a note says, line by line, the worst first."""

_VML = "urn:schemas-microsoft-com:vml"
_OFFICE = "urn:schemas-microsoft-com:office:office"
_EXCEL = "urn:schemas-microsoft-com:office:excel"
_DRAWING = (
    '<xml xmlns:v="{v}" xmlns:o="{o}" xmlns:x="{x}"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{data}"/>'
    "</o:shapelayout></xml>"
)
_SHAPE_TYPE = (
    '<v:shapetype xmlns:v="{v}" xmlns:o="{o}" id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="{v}" xmlns:o="{o}" xmlns:x="{x}" id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:210pt;height:{points}pt;z-index:{z};'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_SHAPE_BYTES = re.compile(rb"<((?:\w+:)?shape)\s.*?</\1>", re.DOTALL)
_SHAPE_CELL = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)")
_SHAPE_NUMBER = re.compile(rb"_x0000_s(\d+)")
_ID_MAP = re.compile(rb"idmap\b[^>]*?\bdata=[\"']([\d,\s]+)")
_CLUSTER = 1024
"""Numbers of shapes go by clusters; each drawing has its own."""

WIDTH, LINE_PIXELS, MARGIN_PIXELS = 280, 20, 12
"""Pixels of a note's box, of a line in it, of what is left free around the lines."""
_UNITS_A_LINE = 40
"""How many narrow characters a line of a note takes; a Chinese one counts for two."""


@dataclass(frozen=True, slots=True)
class Space:
    """How wide (characters) and high (points) a sheet's columns and rows are."""

    columns: Sequence[tuple[int, int, float]]
    height_of: Callable[[int], float | None]
    width: float
    height: float

    def column_pixels(self, column: int) -> int:
        """The width of a column counted from 0."""
        found = (width for first, last, width in self.columns if first <= column + 1 <= last)
        return int(next(found, self.width) * 7 + 5)

    def row_pixels(self, row: int) -> int:
        """The height of a row counted from 0."""
        own = self.height_of(row + 1)
        return max(int((self.height if own is None else own) * 4 / 3), 1)


def empty_drawing(drawings: Iterable[bytes], boxes: int) -> bytes:
    """A drawing with clusters of shape numbers that none of the workbook's other drawings uses."""
    taken = [int(number) for xml in drawings for found in _ID_MAP.findall(xml) for number in found.split(b",")]
    first = max(taken, default=0) + 1
    data = ",".join(str(first + more) for more in range(boxes // _CLUSTER + 1))
    return _DRAWING.format(v=_VML, o=_OFFICE, x=_EXCEL, data=data).encode()


def with_boxes(xml: bytes, notes: Mapping[At, Note], space: Space) -> bytes:
    """The drawing with a box for each note."""
    end = xml.rfind(b"</xml>")
    if end < 0:
        raise Unpatchable("a drawing of notes that does not end")
    declared = {"v": _VML, "o": _OFFICE, "x": _EXCEL}
    shape_type = "" if b'"_x0000_t202"' in xml else _SHAPE_TYPE.format(**declared)
    first = _first_number(xml)
    shapes = (
        _SHAPE.format(
            **declared, id=first + count, z=count + 1, row=at[0] - 1, column=at[1] - 1,
            points=_height(note) * 3 // 4, anchor=_anchor(at, _height(note), space),
        )
        for count, (at, note) in enumerate(notes.items())
    )
    return xml[:end] + "".join((shape_type, *shapes)).encode() + xml[end:]


def _first_number(xml: bytes) -> int:
    """Behind the shapes that are there, else at the beginning of the drawing's cluster."""
    numbers = [int(number) for number in _SHAPE_NUMBER.findall(xml)]
    if numbers:
        return max(numbers) + 1
    cluster = _ID_MAP.search(xml)
    return int(cluster[1].split(b",")[0]) * _CLUSTER + 1 if cluster else _CLUSTER + 1


def _height(note: Note) -> int:
    lines = 1 + sum(-(-(units(line) + 2) // _UNITS_A_LINE) for _, line in note)
    return lines * LINE_PIXELS + MARGIN_PIXELS


def units(text: str) -> int:
    """The width of a text in narrow characters: as many as its bytes where Chinese ones take two."""
    return len(text.encode("gb18030", "replace"))


def _anchor(at: At, height: int, space: Space) -> str:
    """Where the box stands: right of its cell, in cells and pixels from the left, the top, the right, the bottom."""
    row, column = at
    top = max(row - 2, 0)
    left, right = column, _reach(column, 12 + WIDTH, space.column_pixels)
    bottom = _reach(top, 4 + height, space.row_pixels)
    return f"{left}, 12, {top}, 4, {right[0]}, {right[1]}, {bottom[0]}, {bottom[1]}"


def _reach(start: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """The column or row that ends ``pixels`` behind the beginning of ``start``, and how far into it."""
    at = start
    while (room := size(at)) < pixels:
        pixels -= room
        at += 1
    return at, pixels


def without_boxes(xml: bytes, gone: Iterable[At]) -> bytes:
    """The drawing without the boxes of some cells."""
    cells = {(row - 1, column - 1) for row, column in gone}

    def kept(match: re.Match[bytes]) -> bytes:
        place = {name: int(number) for name, number in _SHAPE_CELL.findall(match[0])}
        return b"" if (place.get(b"Row"), place.get(b"Column")) in cells else match[0]

    return _SHAPE_BYTES.sub(kept, xml)


def has_boxes(xml: bytes) -> bool:
    """Whether a drawing shows anything."""
    return bool(_SHAPE_BYTES.search(xml))
