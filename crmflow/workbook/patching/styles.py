"""The looks of the copy: every mark's look is the cell's own with another fill.

A marked cell's look is based on a named style that holds what the cell looked
like before, so that the next copy can give it back, even after the
workbook was saved by another program and all numbers of looks have changed.
"""

import re
from collections.abc import Sequence

from crmflow.model import Severity
from crmflow.workbook.patching.marks import FILLS, HELD_FILL, NAME
from crmflow.workbook.patching.package import TYPES, WORKBOOK, Package
from crmflow.workbook.patching.xml import (
    DECLARATION,
    Edit,
    Element,
    appended,
    attribute,
    escaped,
    prefix_of,
    prefixed,
    spliced,
    tree,
    with_attribute,
    without_attribute,
)

STYLES = "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)
_PLAIN = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
_DEFAULTS = {
    "fonts": [b'<font><sz val="11"/><name val="Calibri"/></font>'],
    "fills": [b'<fill><patternFill patternType="none"/></fill>', b'<fill><patternFill patternType="gray125"/></fill>'],
    "borders": [b"<border><left/><right/><top/><bottom/><diagonal/></border>"],
    "cellStyleXfs": [_PLAIN],
    "cellXfs": [with_attribute(_PLAIN, "xfId", 0)],
    "cellStyles": [b'<cellStyle name="Normal" xfId="0" builtinId="0"/>'],
    "dxfs": [],
}
"""What a section holds at least; looks refer to the first of each."""
_OURS = re.compile(rf"{NAME} (\d+) ?(.*)", re.DOTALL)
_EXTENSIONS = re.compile(rb"<((?:\w+:)?extLst)>.*</\1>", re.DOTALL)
_EMPTY = DECLARATION + b'<styleSheet xmlns="%s"></styleSheet>' % MAIN.encode()


class Styles:
    """A style sheet being extended; nothing that is there changes its number."""

    def __init__(self, xml: bytes = _EMPTY) -> None:
        self._xml = xml
        self._root = tree(xml)
        self._prefix = prefix_of(self._root)
        self._sections: dict[str, list[bytes]] = {}
        self._there: dict[str, int] = {}
        for name, defaults in _DEFAULTS.items():
            section = self._root.child(name)
            there = [one.whole(xml) for one in section.children] if section else []
            self._sections[name] = there or [prefixed(one, self._prefix) for one in defaults]
            self._there[name] = len(there)
        self._marked: dict[tuple[int, Severity], int] = {}
        self._restored: dict[int, int] = {}

    def add(self, section: str, entry: bytes) -> int:
        """The number of ``entry``, written without a prefix, among those of its section."""
        return self._intern(section, prefixed(entry, self._prefix))

    def _intern(self, section: str, entry: bytes) -> int:
        entries = self._sections[section]
        if entry not in entries:
            entries.append(entry)
        return entries.index(entry)

    def marked(self, look: int, severity: Severity) -> int:
        """The look of a cell that looked like number ``look`` once it is marked."""
        if (look, severity) not in self._marked:
            own = self._look(look)
            fill = self.add("fills", solid(FILLS[severity]))
            filled = with_attribute(with_attribute(own, "fillId", fill), "applyFill", 1)
            self._marked[look, severity] = self._intern("cellXfs", with_attribute(filled, "xfId", self._memory_of(own)))
        return self._marked[look, severity]

    def _look(self, number: int) -> bytes:
        looks = self._sections["cellXfs"]
        return looks[number] if number < len(looks) else looks[0]

    def _memory_of(self, look: bytes) -> int:
        """The named style that holds a cell's own look, made when there is none."""
        own, base = _as_named(look), self._style_name(attribute(look, "xfId") or "0")
        bases = self._sections["cellStyleXfs"]
        ours = self._memories()
        for number, (_, name) in ours.items():
            if name == base and number < len(bases) and bases[number] == own:
                return number
        bases.append(own)
        title = escaped(f"{NAME} {max((count for count, _ in ours.values()), default=0) + 1} {base}")
        self.add("cellStyles", f'<cellStyle name="{title}" xfId="{len(bases) - 1}" hidden="1"/>'.encode())
        return len(bases) - 1

    def _style_name(self, number: str) -> str:
        names = (attribute(one, "name") for one in self._sections["cellStyles"] if attribute(one, "xfId") == number)
        return next((name for name in names if name), "")

    def _memories(self) -> dict[int, tuple[int, str]]:
        """Our named styles by their number: the count in their name, and the name of the style the cell had before."""
        found = {}
        for one in self._sections["cellStyles"]:
            if match := _OURS.fullmatch(attribute(one, "name") or ""):
                found[int(attribute(one, "xfId") or 0)] = (int(match[1]), match[2])
        return found

    @property
    def have_memories(self) -> bool:
        """Whether an earlier copy has left its named styles."""
        return bool(self._memories())

    def marks(self) -> Sequence[int]:
        """The looks that only marked cells have."""
        memories = self._memories()
        looks = enumerate(self._sections["cellXfs"])
        return [number for number, look in looks if _base(look) in memories or self._has_our_fill(look)]

    def restored(self, look: int) -> int:
        """The look a cell had before it was marked with ``look``."""
        if look not in self._restored:
            self._restored[look] = self._intern("cellXfs", self._before(self._look(look)))
        return self._restored[look]

    def _before(self, marked: bytes) -> bytes:
        memory = self._memories().get(_base(marked))
        if memory is None:
            return _unfilled(marked, _PLAIN, str(_base(marked)))
        styles = {attribute(one, "name"): attribute(one, "xfId") for one in self._sections["cellStyles"]}
        return _unfilled(marked, self._sections["cellStyleXfs"][_base(marked)], styles.get(memory[1]) or "0")

    def _has_our_fill(self, look: bytes) -> bool:
        """Whether it is painted like a mark: all there is to see where the named styles were lost."""
        fills, number = self._sections["fills"], int(attribute(look, "fillId") or 0)
        return number < len(fills) and any(colour.encode() in fills[number] for colour in FILLS.values())

    def rule_look(self, severity: Severity | None) -> int:
        """The look a conditional format gives a marked cell, or (None) a row that is held."""
        colour = FILLS[severity] if severity else HELD_FILL
        return self.add("dxfs", f'<dxf><fill><patternFill patternType="solid"><fgColor rgb="{colour}"/>'
                                f'<bgColor rgb="{colour}"/></patternFill></fill></dxf>'.encode())

    def to_bytes(self) -> bytes:
        """The style sheet with what was added."""
        edits: list[Edit] = []
        for name, entries in self._sections.items():
            new = b"".join(entries[self._there[name] :])
            if not new:
                continue
            if section := self._root.child(name):
                tag = with_attribute(section.tag(self._xml), "count", len(entries))
                edits += _extended(self._xml, section, tag, new)
            else:
                start, end = (prefixed(part, self._prefix) for part in (f"<{name}>".encode(), f"</{name}>".encode()))
                at = self._place(name)
                edits.append(Edit(at, at, with_attribute(start, "count", len(entries)) + new + end))
        return spliced(self._xml, edits)

    def _place(self, name: str) -> int:
        """Where a section that is missing belongs."""
        before = [one.end for one in self._root.children if one.local in _ORDER[: _ORDER.index(name)]]
        return max(before, default=self._root.inner)


def _extended(xml: bytes, section: Element, tag: bytes, new: bytes) -> list[Edit]:
    if section.inner == section.end:
        return [Edit(section.start, section.end, tag[:-2] + b">" + new + b"</" + section.name + b">")]
    return [Edit(section.start, section.inner, tag), *appended(section, new)]


def _base(look: bytes) -> int:
    """The number of the named style that a look is based on."""
    return int(attribute(look, "xfId") or 0)


def _as_named(look: bytes) -> bytes:
    """A cell's look as a named style has it: without a base, and without extensions such as being a check box."""
    return _EXTENSIONS.sub(b"", without_attribute(look, "xfId"))


def _unfilled(entry: bytes, before: bytes, base: str) -> bytes:
    """A marked cell's look with the fill it had before; whatever else was changed since stays."""
    for name in ("fillId", "applyFill"):
        value = attribute(before, name)
        entry = without_attribute(entry, name) if value is None else with_attribute(entry, name, value)
    return with_attribute(entry, "xfId", base)


def solid(colour: str) -> bytes:
    """A fill of one colour."""
    return (f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/>'
            "</patternFill></fill>").encode()


def read_styles(package: Package) -> Styles:
    """The workbook's styles; a workbook without any gets a style sheet."""
    part = package.related(WORKBOOK, "styles")
    return Styles(package.read(part)) if part else Styles()


def write_styles(package: Package, styles: Styles) -> None:
    """Put the extended styles back."""
    part = package.related(WORKBOOK, "styles")
    if part:
        package.write(part, styles.to_bytes())
        return
    package.add(STYLES, styles.to_bytes(), f"{TYPES}styles+xml")
    package.relate(WORKBOOK, "styles", STYLES)
