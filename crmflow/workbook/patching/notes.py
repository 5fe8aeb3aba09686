"""Notes in cells: their texts in one part, the boxes that show them in an old drawing beside it."""

import html
import re
from collections.abc import Iterator, Mapping

from crmflow.workbook.patching.boxes import Note, Space, empty_drawing, has_boxes, with_boxes, without_boxes
from crmflow.workbook.patching.cells import At, address, cell_at
from crmflow.workbook.patching.marks import BULLETS, NAME, NOTE_HEAD, Unpatchable
from crmflow.workbook.patching.package import TYPES, Package
from crmflow.workbook.patching.xml import (
    DECLARATION,
    Edit,
    Element,
    appended,
    escaped,
    prefix_of,
    prefixed,
    spliced,
    string,
    tree,
    with_attribute,
)

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FONT = "宋体".encode()
_COMMENTS = DECLARATION + b'<comments xmlns="%s"><authors/><commentList/></comments>' % _MAIN
_COMMENT = re.compile(rb"<(?:\w+:)?comment\s")
_NEW_LINE = r"(?:_x000D_)?(?:\r\n|\r|\n)"
_OUR_LINES = re.compile(
    rf"(?:{_NEW_LINE})?{NOTE_HEAD}(?:{_NEW_LINE}(?:{'|'.join(BULLETS.values())}) [^\r\n]*)*"
)
_THREAD = "tc="
"""Author of the text that stands in for a threaded comment; Excel writes it anew, so ours would be lost."""


def add_notes(package: Package, part: str, drawing: str | None, notes: Mapping[At, Note], space: Space) -> str | None:
    """Put notes on a sheet that has ``drawing`` already; returns the id of a new drawing, to be named by the sheet."""
    new = _write_texts(package, part, notes)
    if not new:
        return None
    boxes = {at: notes[at] for at in new}
    if drawing:
        package.write(drawing, with_boxes(package.read(drawing), boxes, space))
        return None
    others = (package.read(name) for name in package.names if name.endswith(".vml"))
    empty = empty_drawing(others, len(boxes))
    name = package.free_name("xl/drawings/vmlDrawing", ".vml")
    package.write(name, with_boxes(empty, boxes, space))
    package.add_default_type("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    return package.relate(part, "vmlDrawing", name)


def _write_texts(package: Package, part: str, notes: Mapping[At, Note]) -> list[At]:
    """Write the texts; returns the cells that had no note before."""
    comments = package.related(part, "comments")
    xml = package.read(comments) if comments else _COMMENTS
    written, new = _with_texts(xml, notes)
    if comments:
        package.write(comments, written)
    elif new:
        name = package.free_name("xl/comments", ".xml")
        package.add(name, written, f"{TYPES}comments+xml")
        package.relate(part, "comments", name)
    return new


def _with_texts(xml: bytes, notes: Mapping[At, Note]) -> tuple[bytes, list[At]]:
    root = tree(xml)
    authors, listed = root.child("authors"), root.child("commentList")
    if authors is None or listed is None:
        raise Unpatchable("notes without a list")
    names = [_text(xml, author) for author in authors.children]
    there = {one.get(xml, "ref"): one for one in listed.children}
    ours = names.index(NAME) if NAME in names else len(names)
    edits: list[Edit] = []
    new: list[At] = []
    for at, note in notes.items():
        if old := there.get(address(at)):
            if not names[int(old.get(xml, "authorId") or 0)].startswith(_THREAD):
                edits += _behind(xml, old, _worded(note))
        else:
            new.append(at)
    comments = b"".join(_comment(at, ours, notes[at]) for at in new)
    edits += appended(listed, prefixed(comments, prefix_of(root)))
    if new and ours == len(names):
        edits += appended(authors, prefixed(b"<author>%s</author>" % NAME.encode(), prefix_of(root)))
    return spliced(xml, edits), new


def _text(xml: bytes, element: Element) -> str:
    return html.unescape(xml[element.inner : element.close].decode())


def _worded(note: Note) -> str:
    return "\n".join((NOTE_HEAD, *(f"{BULLETS[severity]} {line}" for severity, line in note)))


def _comment(at: At, author: int, note: Note) -> bytes:
    return (
        b'<comment ref="%s" authorId="%d"><text><r><rPr><sz val="9"/><color indexed="81"/><rFont val="%s"/>'
        b'<family val="3"/><charset val="134"/></rPr><t xml:space="preserve">%s</t></r></text></comment>'
        % (address(at).encode(), author, _FONT, string(_worded(note)))
    )


def _behind(xml: bytes, comment: Element, words: str) -> Iterator[Edit]:
    """Our text at the end of a note that was there: in its last run, so that every program reads it."""
    texts = list(_texts(comment))
    if texts and texts[-1].inner != texts[-1].end:
        last = texts[-1]
        tag = with_attribute(last.tag(xml), "xml:space", "preserve")
        yield Edit(last.start, last.inner, tag)
        yield Edit(last.close, last.close, string(f"\n{words}"))
    elif body := comment.child("text"):
        yield from appended(body, _run(comment, words))


def _run(comment: Element, words: str) -> bytes:
    return prefixed(b'<r><t xml:space="preserve">%s</t></r>' % string(words), prefix_of(comment))


def _texts(element: Element) -> Iterator[Element]:
    for one in element.children:
        if one.local == "t":
            yield one
        elif one.local != "rPh":
            yield from _texts(one)


def has_notes(package: Package, part: str) -> bool:
    """Whether a sheet has notes with lines of ours."""
    comments = package.related(part, "comments")
    return comments is not None and NAME.encode() in package.read(comments)


def strip_notes(package: Package, part: str, drawing: str | None) -> bool:
    """Take our lines out of a sheet's notes; returns whether the drawing has become empty and is gone."""
    comments = package.related(part, "comments")
    if comments is None or not has_notes(package, part):
        return False
    gone = _strip_texts(package, comments)
    if not _COMMENT.search(package.read(comments)):
        _drop(package, part, comments)
    if drawing is None or not gone:
        return False
    package.write(drawing, without_boxes(package.read(drawing), gone))
    is_empty = not has_boxes(package.read(drawing))
    if is_empty:
        _drop(package, part, drawing)
    return is_empty


def _drop(package: Package, part: str, other: str) -> None:
    package.unrelate(part, other)
    package.remove(other)


def _strip_texts(package: Package, comments: str) -> set[At]:
    """Take our lines out; returns the cells whose notes are gone."""
    xml = package.read(comments)
    listed = tree(xml).child("commentList")
    edits: list[Edit] = []
    gone: set[At] = set()
    for one in listed.children if listed else ():
        said = "".join(_text(xml, text) for text in _texts(one))
        left = _OUR_LINES.sub("", said)
        at = cell_at(one.get(xml, "ref") or "")
        if left != said and not left.strip() and at:
            edits.append(Edit(one.start, one.end, b""))
            gone.add(at)
        elif left != said:
            edits += _without_ours(xml, one, said)
    package.write(comments, spliced(xml, edits))
    return gone


def _without_ours(xml: bytes, comment: Element, said: str) -> Iterator[Edit]:
    """Take our lines out of a note that says more than these.

    LibreOffice cuts a note into runs wherever the script changes, so our lines may go over several.
    """
    ours = {at for match in _OUR_LINES.finditer(said) for at in range(*match.span())}
    position = 0
    for one in _texts(comment):
        text = _text(xml, one)
        kept = "".join(letter for at, letter in enumerate(text, start=position) if at not in ours)
        position += len(text)
        if kept != text:
            yield Edit(one.inner, one.close, escaped(kept).encode())


