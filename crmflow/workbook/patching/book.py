"""The workbook's own part: which sheets there are and where, a sheet put before them or taken away again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crmflow.workbook.patching.listing import HEADING_ROW, place
from crmflow.workbook.patching.marks import LIST_NAME
from crmflow.workbook.patching.package import KINDS, TYPES, WORKBOOK, Package
from crmflow.workbook.patching.xml import (
    Edit,
    Element,
    appended,
    attribute,
    escaped,
    prefix_of,
    prefixed,
    prepended,
    relation_id,
    spliced,
    with_attribute,
)

PROPERTIES = "docProps/app.xml"
LIST_PART = "xl/worksheets/crmflow.xml"
"""Every other program that saves the file calls this part something else: so a copy nobody has touched is known."""
_BEFORE_VIEWS = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection",
)
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_LONGEST_TAB = 31


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet of the workbook: its name and its part."""

    name: str
    part: str


def tabs(package: Package) -> list[Tab]:
    """The sheets in their order."""
    xml = package.read(WORKBOOK)
    targets = {one.id: one.target for one in package.relations(WORKBOOK)}
    return [Tab(one.get(xml, "name") or "", targets.get(relation_id(one.tag(xml)), "")) for one in _sheets(package)]


def worksheets(package: Package) -> Mapping[str, str]:
    """The name and part of every sheet of cells (charts have sheets too)."""
    cells = {one.target for one in package.relations(WORKBOOK) if one.kind == "worksheet"}
    return {tab.name: tab.part for tab in tabs(package) if tab.part in cells and tab.part in package}


def _sheets(package: Package) -> list[Element]:
    listed = package.tree(WORKBOOK).child("sheets")
    return listed.children if listed else []


def insert_list(package: Package, name: str, content: bytes) -> None:
    """Put our sheet before all others, under a name that is free."""
    title = _free_title({tab.name.casefold() for tab in tabs(package)}, name)
    package.add(LIST_PART, content, f"{TYPES}worksheet+xml")
    relation = package.relate(WORKBOOK, "worksheet", LIST_PART)
    xml = package.read(WORKBOOK)
    root = package.tree(WORKBOOK)
    new_id = max((int(sheet.get(xml, "sheetId") or 0) for sheet in _sheets(package)), default=0) + 1
    sheet = f'<sheet name="{escaped(title)}" sheetId="{new_id}" xmlns:r="{KINDS}" r:id="{relation}"/>'.encode()
    listed = root.child("sheets")
    edits = [
        *(prepended(listed, prefixed(sheet, prefix_of(root))) if listed else ()),
        *_with_names(xml, root, title),
        *_with_view(xml, root),
    ]
    package.write(WORKBOOK, spliced(xml, edits))
    _retitle(package, title, 1)


def _free_title(taken: set[str], name: str) -> str:
    if name.casefold() not in taken:
        return name
    return next(
        title for number in range(2, len(taken) + 3)
        if (title := f"{name[: _LONGEST_TAB - 4]} {number}").casefold() not in taken
    )


def _with_names(xml: bytes, root: Element, title: str) -> Iterator[Edit]:
    """Names that belong to a sheet count sheets from 0: all move by one; ours come behind them."""
    cells = escaped(place(title, "$A$1"))
    repeated = escaped(place(title, f"${HEADING_ROW}:${HEADING_ROW}"))
    new = prefixed((
        f'<definedName name="{LIST_NAME}" hidden="1">{cells}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{repeated}</definedName>'
    ).encode(), prefix_of(root))
    names = root.child("definedNames")
    if names is None:
        start, end = (prefixed(tag, prefix_of(root)) for tag in (b"<definedNames>", b"</definedNames>"))
        at = max(one.end for one in root.children if one.local in _BEFORE_NAMES)
        yield Edit(at, at, start + new + end)
        return
    for one in names.children:
        if (index := one.get(xml, "localSheetId")) is not None:
            yield Edit(one.start, one.inner, with_attribute(one.tag(xml), "localSheetId", int(index) + 1))
    yield from appended(names, new)


def _with_view(xml: bytes, root: Element) -> Iterator[Edit]:
    """The sheet that was open stays open, and the row of tabs begins with ours."""
    views = root.child("bookViews")
    if views is None:
        before = [one.end for one in root.children if one.local in _BEFORE_VIEWS]
        at = max(before, default=root.inner)
        new = b'<bookViews><workbookView activeTab="1"/></bookViews>'
        yield Edit(at, at, prefixed(new, prefix_of(root)))
        return
    for view in views.children:
        tag = with_attribute(view.tag(xml), "activeTab", int(view.get(xml, "activeTab") or 0) + 1)
        if attribute(tag, "firstSheet"):
            tag = with_attribute(tag, "firstSheet", 0)
        yield Edit(view.start, view.inner, tag)


def remove_list(package: Package) -> None:
    """Take a sheet of ours, as another program may have saved it, out again; its name even when it is gone."""
    xml = package.read(WORKBOOK)
    root = package.tree(WORKBOOK)
    title = _our_title(xml, root)
    ordered = tabs(package)
    index = next((number for number, tab in enumerate(ordered) if tab.name == title), None)
    if index is None or len(ordered) == 1:
        package.write(WORKBOOK, spliced(xml, _without_names(xml, root, None)))
        return
    sheet = _sheets(package)[index]
    edits = [Edit(sheet.start, sheet.end, b""), *_without_names(xml, root, index), *_without_view(xml, root, index)]
    package.write(WORKBOOK, spliced(xml, edits))
    _remove_sheet(package, ordered[index].part)
    _retitle(package, title, -1)


def _remove_sheet(package: Package, part: str) -> None:
    """Take a sheet's part out, with the parts that only it speaks of."""
    package.unrelate(WORKBOOK, part)
    for other in [one.target for one in package.relations(part) if one.target in package]:
        package.remove(other)
    package.remove(part)


def has_list(package: Package) -> bool:
    """Whether our sheet is in the workbook."""
    return LIST_NAME.encode() in package.read(WORKBOOK)


def _our_title(xml: bytes, root: Element) -> str:
    """The tab that our name points at, whatever it is called now."""
    names = root.child("definedNames")
    for one in names.children if names else ():
        if one.get(xml, "name") == LIST_NAME:
            target = one.whole(xml)[one.inner - one.start : one.close - one.start]
            return _unquoted(target.decode().rpartition("!")[0])
    return ""


def _unquoted(sheet: str) -> str:
    plain = sheet.replace("&apos;", "'").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return plain[1:-1].replace("''", "'") if plain.startswith("'") else plain.lstrip("$")


def _without_names(xml: bytes, root: Element, index: int | None) -> list[Edit]:
    """Our name goes, and those of the sheet at ``index``; those of later sheets move up."""
    names = root.child("definedNames")
    edits: list[Edit] = []
    gone = 0
    for one in names.children if names else ():
        local = one.get(xml, "localSheetId")
        if one.get(xml, "name") == LIST_NAME or (local is not None and int(local) == index):
            edits.append(Edit(one.start, one.end, b""))
            gone += 1
        elif local is not None and index is not None and int(local) > index:
            edits.append(Edit(one.start, one.inner, with_attribute(one.tag(xml), "localSheetId", int(local) - 1)))
    return [Edit(names.start, names.end, b"")] if names and gone == len(names.children) else edits


def _without_view(xml: bytes, root: Element, index: int) -> Iterator[Edit]:
    views = root.child("bookViews")
    for view in views.children if views else ():
        tag = view.tag(xml)
        for name in ("activeTab", "firstSheet"):
            number = int(attribute(tag, name) or 0)
            if number > index:
                tag = with_attribute(tag, name, number - 1)
        yield Edit(view.start, view.inner, tag)


def _retitle(package: Package, title: str, step: int) -> None:
    """Keep the list of sheets in the file's properties true, where there is one: ours comes (1) or goes (-1)."""
    if PROPERTIES not in package:
        return
    xml = package.read(PROPERTIES)
    root = package.tree(PROPERTIES)
    titles, headings = (_vector(root, name) for name in ("TitlesOfParts", "HeadingPairs"))
    if titles is None or headings is None or not titles.children:
        return
    entry = prefixed(b"<lpstr>%s</lpstr>" % escaped(title).encode(), prefix_of(titles))
    there = next((one for one in titles.children if one.whole(xml) == entry), None)
    if step < 0 and there is None:
        return
    change = [Edit(there.start, there.end, b"")] if there and step < 0 else prepended(titles, entry)
    edits = [Edit(titles.start, titles.inner, _counted(xml, titles, step)), *change]
    if count := next((number for one in headings.children if (number := one.child("i4"))), None):
        edits.append(Edit(count.inner, count.close, b"%d" % (int(xml[count.inner : count.close]) + step)))
    package.write(PROPERTIES, spliced(xml, edits))


def _vector(root: Element, name: str) -> Element | None:
    holder = root.child(name)
    return holder.child("vector") if holder else None


def _counted(xml: bytes, vector: Element, step: int) -> bytes:
    return with_attribute(vector.tag(xml), "size", int(vector.get(xml, "size") or 0) + step)
