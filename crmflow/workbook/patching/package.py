"""A workbook's zip package: parts that are not written keep their very bytes, compressed as they were."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from crmflow.workbook.patching.marks import Unpatchable
from crmflow.workbook.patching.xml import DECLARATION, Edit, Element, appended, checked, escaped, spliced, tree

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
LARGEST_PART = 256 * 1_048_576
"""Bytes; a larger part is not unpacked."""
LEVEL = 1
"""Of compression: a marked sheet is small, and a person waits."""

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MARK = b"PK\x03\x04"
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED, _UTF8 = 0x1, 0x800
_DEFLATED = 8
_EPOCH = 0x21
"""1 January 1980, as zip writes days: the copy does not say when it was made."""
_FIELDS_OF_LOCAL_HEADER = slice(9, 11)


@dataclass(frozen=True, slots=True)
class _Member:
    """An entry of the zip file, its content still compressed."""

    name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    size: int
    packed: bytes
    attributes: int


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part says of another: ``target`` is the other's name in the package, empty for one outside of it."""

    id: str
    kind: str
    target: str


class Package:
    """A package being changed; ``to_bytes`` gives the new file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
            raise Unpatchable("not a zip file") from error
        self._infos = {info.filename: info for info in self._zip.infolist()}
        self._taken = {name.casefold() for name in self._infos}
        self._written: dict[str, bytes | None] = {}
        self._unpacked: dict[str, bytes] = {}
        self._trees: dict[str, Element] = {}
        self._relations: dict[str, list[Relation]] = {}
        self._related: dict[str, dict[str, bytes]] = {}
        self._unrelated: dict[str, set[str]] = {}
        self._new_types: list[str] = []
        self._removed: set[str] = set()
        if any(info.flag_bits & _ENCRYPTED for info in self._infos.values()):
            raise Unpatchable("encrypted")
        if WORKBOOK not in self or CONTENT_TYPES not in self:
            raise Unpatchable("not a workbook")

    def __contains__(self, name: str) -> bool:
        if name in self._written:
            return self._written[name] is not None
        return name in self._infos

    @property
    def names(self) -> list[str]:
        """The parts there are now."""
        return [name for name in self._infos | self._written if name in self]

    def read(self, name: str) -> bytes:
        """A part's content as it stands now; an XML part is checked first."""
        if (written := self._written.get(name)) is not None:
            return written
        if name not in self:
            raise Unpatchable(f"{name} is missing")
        if name not in self._unpacked:
            content = self._unpack(self._infos[name])
            self._unpacked[name] = checked(content) if name.endswith((".xml", ".rels")) else content
        return self._unpacked[name]

    def tree(self, name: str) -> Element:
        """The elements of a part as it stands now."""
        if name not in self._trees:
            self._trees[name] = tree(self.read(name))
        return self._trees[name]

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > LARGEST_PART:
            raise Unpatchable(f"{info.filename} is too large")
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise Unpatchable(f"{info.filename} cannot be unpacked") from error

    def write(self, name: str, content: bytes) -> None:
        """Give a part new content, or add it; the same content again changes nothing."""
        if name not in self or content != self.read(name):
            self._set(name, content)

    def _set(self, name: str, content: bytes | None) -> None:
        self._written[name] = content
        self._trees.pop(name, None)
        if content is None:
            self._taken.discard(name.casefold())
        else:
            self._taken.add(name.casefold())

    def remove(self, name: str) -> None:
        """Take a part out, with what it says of others and its content type."""
        for gone in (name, relations_part(name)):
            if gone in self:
                self._set(gone, None)
        for said in (self._relations, self._related, self._unrelated):
            said.pop(name, None)
        self._removed.add(f"/{name}")

    def add(self, name: str, content: bytes, content_type: str) -> None:
        """Add a part of a content type, in the place of one of that name."""
        if name in self:
            self.remove(name)
        self.write(name, content)
        self._new_types.append(f'<Override PartName="/{name}" ContentType="{content_type}"/>')

    def add_default_type(self, extension: str, content_type: str) -> None:
        """Give all parts with this extension a content type, unless they have one."""
        entry = f'<Default Extension="{extension}" ContentType="{content_type}"/>'
        if entry in self._new_types:
            return
        types = self.read(CONTENT_TYPES)
        if all(one.get(types, "Extension") != extension for one in self.tree(CONTENT_TYPES).all("Default")):
            self._new_types.append(entry)

    def relations(self, part: str) -> list[Relation]:
        """What ``part`` says of others."""
        if part not in self._relations:
            self._relations[part] = list(self._read_relations(part))
        return self._relations[part]

    def _read_relations(self, part: str) -> Iterator[Relation]:
        if (name := relations_part(part)) not in self:
            return
        xml = self.read(name)
        for one in self.tree(name).all("Relationship"):
            target = one.get(xml, "Target") or ""
            outside = one.get(xml, "TargetMode") == "External"
            kind = (one.get(xml, "Type") or "").rpartition("/")[2]
            yield Relation(one.get(xml, "Id") or "", kind, "" if outside else _resolved(part, target))

    def related(self, part: str, kind: str) -> str | None:
        """The first part of that kind that ``part`` speaks of and that is there."""
        return next((one.target for one in self.relations(part) if one.kind == kind and one.target in self), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let ``part`` speak of ``target``; returns the id."""
        known = self.relations(part)
        taken = {one.id for one in known}
        new_id = next(name for number in range(1, len(taken) + 2) if (name := f"rIdC{number}") not in taken)
        known.append(Relation(new_id, kind, target))
        path = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(part)}")
        entry = f'<Relationship Id="{new_id}" Type="{KINDS}/{kind}" Target="{escaped(path)}"/>'
        self._related.setdefault(part, {})[new_id] = entry.encode()
        return new_id

    def unrelate(self, part: str, target: str) -> None:
        """Let ``part`` speak of ``target`` no more."""
        known, new = self.relations(part), self._related.setdefault(part, {})
        for one in [one for one in known if one.target == target]:
            known.remove(one)
            if new.pop(one.id, None) is None:
                self._unrelated.setdefault(part, set()).add(one.id)

    def _write_relations(self, part: str) -> None:
        """Put what has changed in what a part says of others into its own part."""
        name, new = relations_part(part), b"".join(self._related[part].values())
        if name not in self:
            start = f'<Relationships xmlns="{RELATIONSHIPS}">'.encode()
            self.write(name, DECLARATION + start + new + b"</Relationships>")
            return
        xml, root, gone = self.read(name), self.tree(name), self._unrelated.get(part, set())
        edits = [Edit(one.start, one.end, b"") for one in root.children if one.get(xml, "Id") in gone]
        if len(edits) == len(root.children) and not new:
            self._set(name, None)
        else:
            self.write(name, spliced(xml, [*edits, *(appended(root, new) if new else ())]))

    def free_name(self, stem: str, suffix: str) -> str:
        """A part name such as ``xl/comments4.xml`` that nobody has yet."""
        numbered = (f"{stem}{number}{suffix}" for number in count(1))
        return next(name for name in numbered if name.casefold() not in self._taken)

    def to_bytes(self) -> bytes:
        """The package with its changes."""
        for part in self._related:
            self._write_relations(part)
        self._related.clear()
        self._unrelated.clear()
        types = self.read(CONTENT_TYPES)
        root = self.tree(CONTENT_TYPES)
        gone = (one for one in root.all("Override") if one.get(types, "PartName") in self._removed)
        edits = [Edit(one.start, one.end, b"") for one in gone]
        self.write(CONTENT_TYPES, spliced(types, [*edits, *appended(root, "".join(self._new_types).encode())]))
        self._new_types.clear()
        self._removed.clear()
        kept = (self._member(info) for info in self._infos.values() if info.filename in self)
        added = (
            _packed(name.encode(), content) for name, content in self._written.items()
            if name not in self._infos and content is not None
        )
        return _zip_file([*kept, *added])

    def _member(self, info: zipfile.ZipInfo) -> _Member:
        flags = info.flag_bits & _UTF8
        name = info.orig_filename.encode("utf-8" if flags else "cp437")
        written = self._written.get(info.filename)
        if written is not None:
            return _packed(name, written, flags)
        year, month, day, hour, minute, second = info.date_time
        header = _LOCAL.unpack_from(self._data, info.header_offset)
        if header[0] != _LOCAL_MARK:
            raise Unpatchable(f"{info.filename} is not where it should be")
        start = info.header_offset + _LOCAL.size + sum(header[_FIELDS_OF_LOCAL_HEADER])
        return _Member(
            name, flags, info.compress_type, hour << 11 | minute << 5 | second // 2,
            max(year - 1980, 0) << 9 | month << 5 | day, info.CRC, info.file_size,
            self._data[start : start + info.compress_size], info.external_attr,
        )


def relations_part(part: str) -> str:
    """The part that says what ``part`` says of others."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _packed(name: bytes, content: bytes, flags: int = 0) -> _Member:
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(content) + deflate.flush()
    return _Member(name, flags, _DEFLATED, 0, _EPOCH, zlib.crc32(content), len(content), packed, 0)


def _zip_file(members: list[_Member]) -> bytes:
    parts: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for one in members:
        common = (one.flags, one.method, one.time, one.date, one.crc, len(one.packed), one.size)
        local = _LOCAL.pack(_LOCAL_MARK, 20, *common, len(one.name), 0)
        parts += (local, one.name, one.packed)
        central = _CENTRAL.pack(
            b"PK\x01\x02", 20, 0, 20, 0, *common, len(one.name), 0, 0, 0, 0, one.attributes, offset
        )
        directory += (central, one.name)
        offset += len(local) + len(one.name) + len(one.packed)
    listed = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), offset, 0)
    return b"".join((*parts, listed, end))

