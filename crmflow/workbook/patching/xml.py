"""XML as bytes: finding the very bytes of an element, and putting others between them.

Nothing is serialised anew, so prefixes, the order of attributes and white space stay as they were.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple
from xml.parsers import expat

from crmflow.workbook.patching.marks import Unpatchable

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(/?)([^\s/>]+)[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>",
    re.DOTALL,
)
_RELATION_ID = re.compile(rb"\s[\w.-]+:id\s*=\s*[\"']([^\"']*)")
_SLASH = ord("/")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Edit(NamedTuple):
    """Bytes from ``start`` to ``end`` give way to ``content``."""

    start: int
    end: int
    content: bytes


@dataclass(slots=True)
class Element:
    """An element's bytes: its start tag up to ``inner``, its end tag from ``close``; an empty one has no end tag."""

    name: bytes
    local: str
    """The name without its prefix."""
    start: int
    inner: int
    close: int = -1
    end: int = -1
    children: list["Element"] = field(default_factory=list)

    def child(self, local: str) -> "Element | None":
        """The first child of that name."""
        return next((one for one in self.children if one.local == local), None)

    def all(self, local: str) -> list["Element"]:
        """The children of that name."""
        return [one for one in self.children if one.local == local]

    def tag(self, xml: bytes) -> bytes:
        """Its start tag."""
        return xml[self.start : self.inner]

    def whole(self, xml: bytes) -> bytes:
        """All its bytes."""
        return xml[self.start : self.end]

    def get(self, xml: bytes, name: str) -> str | None:
        """An attribute of its start tag."""
        return attribute(self.tag(xml), name)


def checked(xml: bytes) -> bytes:
    """The part itself, once it is known to be well-formed UTF-8 without a document type (so without entities)."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or re.match(rb"\s*<\?xml[^>]*encoding=[\"'](?!utf-8|us-ascii)", xml, re.I):
        raise Unpatchable("a part is not in UTF-8")
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Unpatchable("a part is not well-formed") from error
    return xml


def _refuse_document_type(*_: object) -> None:
    raise Unpatchable("a part has a document type")


@lru_cache(1024)
def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode()


def tree(xml: bytes, skipping: tuple[str, ...] = ()) -> Element:
    """The elements of a part; what is inside of those called ``skipping`` is passed over."""
    root = Element(b"", "", 0, 0)
    open_ones = [root]
    find, position = _TOKEN.search, 0
    while match := find(xml, position):
        start, position = match.span()
        closing, name = match.groups()
        if closing:
            done = open_ones.pop()
            done.close, done.end = start, position
        elif name:
            one = Element(name, _local(name), start, position)
            open_ones[-1].children.append(one)
            if xml[position - 2] == _SLASH:
                one.close = one.end = position
                continue
            open_ones.append(one)
            if one.local in skipping:
                position = xml.index(b"</" + name, position)
    return root.children[0]


def prefix_of(root: Element) -> bytes:
    """The prefix of a part's main namespace with its colon, mostly nothing."""
    return root.name[: -len(root.local)]


def prefixed(xml: bytes, prefix: bytes) -> bytes:
    """New elements, written without a prefix, in the part's own."""
    return re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1" + prefix, xml) if prefix else xml


def spliced(xml: bytes, edits: Iterable[Edit]) -> bytes:
    """The part with all edits done; of several at one place the first given comes first."""
    parts: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += (xml[position : edit.start], edit.content)
        position = edit.end
    return b"".join((*parts, xml[position:]))


def appended(parent: Element, content: bytes) -> Iterator[Edit]:
    """Put ``content`` behind the last child of ``parent``."""
    if parent.inner == parent.end:
        yield Edit(parent.end - 2, parent.end, b">" + content + b"</" + parent.name + b">")
    else:
        yield Edit(parent.close, parent.close, content)


def prepended(parent: Element, content: bytes) -> Iterator[Edit]:
    """Put ``content`` before the first child of ``parent``."""
    if parent.inner == parent.end:
        yield from appended(parent, content)
    else:
        yield Edit(parent.inner, parent.inner, content)


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(\s%s\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')" % name.encode())


def attribute(tag: bytes, name: str) -> str | None:
    """An attribute of a start tag; ``name`` with its prefix."""
    match = _attribute(name).search(tag)
    return html.unescape((match[2] if match[2] is not None else match[3]).decode()) if match else None


def relation_id(tag: bytes) -> str:
    """The relationship that a start tag names, under whatever prefix."""
    match = _RELATION_ID.search(tag)
    return html.unescape(match[1].decode()) if match else ""


def with_attribute(tag: bytes, name: str, value: str | int) -> bytes:
    """The start tag (or element) with the attribute set."""
    written = escaped(str(value)).encode()
    end = _tag_end(tag)
    if match := _attribute(name).search(tag, 0, end):
        return tag[: match.start()] + match[1] + b'"' + written + b'"' + tag[match.end() :]
    at = end - (2 if tag[end - 2 : end] == b"/>" else 1)
    return tag[:at].rstrip() + b' %s="%s"' % (name.encode(), written) + tag[at:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """The start tag (or element) without the attribute."""
    match = _attribute(name).search(tag, 0, _tag_end(tag))
    return tag[: match.start()] + tag[match.end() :] if match else tag


def _tag_end(tag: bytes) -> int:
    match = _TOKEN.match(tag)
    return match.end() if match else len(tag)


def escaped(text: str) -> str:
    """Text for an element or an attribute."""
    safe = _NOT_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace('"', "&quot;")


def string(text: str) -> bytes:
    """Text for a cell or a note: always text, and what looks like an escape of Excel's stays as it is."""
    return escaped(_LOOKS_ESCAPED.sub("_x005F_", text)).encode()
