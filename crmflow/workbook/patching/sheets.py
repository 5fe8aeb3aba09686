"""Marks on one sheet: looks of cells, rules on top of the sheet's own, notes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from crmflow.model import Severity
from crmflow.workbook.patching.boxes import Note, Space
from crmflow.workbook.patching.cells import Area, At, Grid, area_of, cell_at, grid, reference_of, sheet_tree
from crmflow.workbook.patching.marks import NAME, Mark
from crmflow.workbook.patching.notes import add_notes, has_notes, strip_notes
from crmflow.workbook.patching.package import KINDS, Package
from crmflow.workbook.patching.styles import Styles
from crmflow.workbook.patching.xml import (
    Edit,
    Element,
    attribute,
    prefix_of,
    prefixed,
    relation_id,
    spliced,
    with_attribute,
    without_attribute,
)

_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)
_ALWAYS = f'"{NAME}"="{NAME}"'
"""The formula of our conditional formats: it always holds, and tells them from the sheet's own."""
_AREAS_A_RULE = 500
"""No rule is for more areas than this, since Excel takes only so many."""
_PRIORITY = re.compile(rb"<(?:[\w.-]+:)?cfRule\b[^>]*>")
_STYLED = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)\s(?:[^>]*\s)?s=[^>]*>")
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 9.0, 15.0
"""Characters and points, where a sheet does not say."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """All marks of one cell: the whole merged area it stands in, the worst severity, what its note says."""

    area: Area
    severity: Severity
    note: Note
    holds_row: bool


def mark_sheet(package: Package, part: str, styles: Styles, marks: Sequence[Mark]) -> None:
    """Put the marks of one sheet on it."""
    xml = package.read(part)
    root = sheet_tree(xml)
    cells = grid(xml, root)
    spots = _spots(marks, _merged(xml, root))
    if not spots:
        return
    space = _space(xml, root, cells)
    notes = {at: spot.note for at, spot in spots.items()}
    drawing = add_notes(package, part, _drawing(package, part, root), notes, space)
    wanted = {at: partial(styles.marked, severity=spot.severity) for at, spot in spots.items()}
    edits = [*cells.restyled(wanted), *_rules(xml, root, cells, spots, styles)]
    if drawing:
        edits.append(_placed(root, "legacyDrawing", _legacy_drawing(xml, root, drawing)))
    package.write(part, spliced(xml, edits))


def _spots(marks: Sequence[Mark], merged: Sequence[Area]) -> dict[At, _Spot]:
    """The marks by the cell that shows them: of a merged area, its first."""
    found: dict[At, list[Mark]] = {}
    areas: dict[At, Area] = {}
    for mark in marks:
        at = cell_at(mark.cell)
        if at is None:
            continue
        area = next((one for one in merged if one[0] <= at[0] <= one[2] and one[1] <= at[1] <= one[3]), (*at, *at))
        areas[area[:2]] = area
        found.setdefault(area[:2], []).append(mark)
    return {at: _spot(areas[at], some) for at, some in found.items()}


def _spot(area: Area, marks: Sequence[Mark]) -> _Spot:
    errors = [mark for mark in marks if mark.severity is Severity.ERROR]
    ordered = [*errors, *(mark for mark in marks if mark.severity is not Severity.ERROR)]
    lines = dict.fromkeys((mark.severity, line) for mark in ordered for line in mark.lines)
    return _Spot(area, ordered[0].severity, tuple(lines), any(mark.holds_row for mark in marks))


def _merged(xml: bytes, root: Element) -> list[Area]:
    merged = root.child("mergeCells")
    areas = (area_of(one.get(xml, "ref") or "") for one in merged.children) if merged else ()
    return [area for area in areas if area]


def _rules(
    xml: bytes, root: Element, cells: Grid, spots: Mapping[At, _Spot], styles: Styles,
) -> Iterator[Edit]:
    """Conditional formats before all others, since a fill alone loses to them."""
    areas: list[tuple[Severity | None, list[Area]]] = [
        (severity, [spot.area for spot in spots.values() if spot.severity is severity]) for severity in Severity
    ]
    held = sorted({at[0] for at, spot in spots.items() if spot.holds_row})
    areas.append((None, [area for row in held if (area := cells.extent(row))]))
    chunks = [
        (severity, some[start : start + _AREAS_A_RULE])
        for severity, some in areas for start in range(0, len(some), _AREAS_A_RULE)
    ]
    rules = b"".join(
        _rule(priority, some, styles.rule_look(severity), stop=severity is not None)
        for priority, (severity, some) in enumerate(chunks, start=1)
    )
    yield _placed(root, "conditionalFormatting", prefixed(rules, prefix_of(root)), first=True)
    yield from _later(xml, cells.data.end, len(chunks))


def _rule(priority: int, areas: Sequence[Area], look: int, *, stop: bool) -> bytes:
    cells = " ".join(reference_of(area) for area in areas)
    halt = ' stopIfTrue="1"' if stop else ""
    return (
        f'<conditionalFormatting sqref="{cells}"><cfRule type="expression" dxfId="{look}" priority="{priority}"{halt}>'
        f"<formula>{_ALWAYS}</formula></cfRule></conditionalFormatting>"
    ).encode()


def _later(xml: bytes, start: int, taken: int) -> Iterator[Edit]:
    """The sheet's own rules step back, so that the first places, those ``taken``, are ours."""
    rules = [match for match in _PRIORITY.finditer(xml, start) if attribute(match[0], "priority")]
    numbers = [int(attribute(match[0], "priority") or 0) for match in rules]
    if (step := taken + 1 - min(numbers, default=taken + 1)) > 0:
        for match, number in zip(rules, numbers, strict=True):
            yield Edit(match.start(), match.end(), with_attribute(match[0], "priority", number + step))


def _placed(root: Element, name: str, content: bytes, *, first: bool = False) -> Edit:
    """``content`` where the schema wants it; ``first``: before others of its name."""
    rank = _ORDER.index(name)
    before = [one for one in root.children if one.local in _ORDER[: rank if first else rank + 1]]
    at = before[-1].end if before else root.inner
    return Edit(at, at, content)


def _drawing(package: Package, part: str, root: Element) -> str | None:
    """The drawing that shows the sheet's notes and buttons; pictures in its header have another of that kind."""
    named = root.child("legacyDrawing")
    wanted = relation_id(named.tag(package.read(part))) if named else ""
    found = (one.target for one in package.relations(part) if one.id == wanted and one.target in package)
    return next(found, None)


def _legacy_drawing(xml: bytes, root: Element, relation: str) -> bytes:
    declaration = f' xmlns:r="{KINDS}"'
    known = declaration.encode() in root.tag(xml)
    return prefixed(f'<legacyDrawing{"" if known else declaration} r:id="{relation}"/>'.encode(), prefix_of(root))


def _space(xml: bytes, root: Element, cells: Grid) -> Space:
    """How wide and high the cells are, for placing notes."""
    default = root.child("sheetFormatPr")
    tag = default.tag(xml) if default else b""
    return Space(
        [(first, last, width) for first, last, _, width in cells.columns], cells.height,
        float(attribute(tag, "defaultColWidth") or _DEFAULT_WIDTH),
        float(attribute(tag, "defaultRowHeight") or _DEFAULT_HEIGHT),
    )


def strip_sheet(package: Package, part: str, styles: Styles, marks: Sequence[int]) -> None:
    """Take all marks of ours off one sheet; ``marks`` are the looks of marked cells."""
    xml = package.read(part)
    edits = list(_plain_cells(xml, styles, marks)) if marks else []
    if not edits and NAME.encode() not in xml and not has_notes(package, part):
        return
    root = sheet_tree(xml)
    edits += _without_rules(xml, root)
    if strip_notes(package, part, _drawing(package, part, root)):
        edits += [Edit(one.start, one.end, b"") for one in root.all("legacyDrawing")]
    package.write(part, spliced(xml, edits))


def _plain_cells(xml: bytes, styles: Styles, marks: Sequence[int]) -> Iterator[Edit]:
    """Only rows and cells have an attribute of that name; in a text it is no attribute."""
    for match in re.finditer(rb"s=[\"'](%s)[\"']" % b"|".join(b"%d" % look for look in marks), xml):
        start, end = xml.rfind(b"<", 0, match.start()), xml.find(b">", match.end()) + 1
        if xml[match.start() - 1 : match.start()].isspace() and (tag := _STYLED.fullmatch(xml, start, end)):
            before = styles.restored(int(match[1]))
            yield Edit(start, end, with_attribute(tag[0], "s", before) if before else without_attribute(tag[0], "s"))


def _without_rules(xml: bytes, root: Element) -> Iterator[Edit]:
    for block in root.all("conditionalFormatting"):
        ours = [rule for rule in block.children if NAME.encode() in rule.whole(xml)]
        if ours and len(ours) == len(block.children):
            yield Edit(block.start, block.end, b"")
        else:
            yield from (Edit(rule.start, rule.end, b"") for rule in ours)

