"""Is this file safe to read, and which of its cells hold no value though they look empty?

A workbook is untrusted: before the reader sees it, its first bytes, its
members, its inflated size and the far corner of every sheet are looked at, since
one stray cell in the far corner makes the reader ask for more memory than there is.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import ParseError
from xml.sax import SAXException

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crmflow.config import Files
from crmflow.workbook.corner import corner_of

OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MEMBERS = 10_000
MEGABYTE = 1_048_576

# Every repetition stops at the next tag and nothing is tried twice, so that hostile XML costs no more than its length.
_TAG = rb"<(?:\w+:)?c(?=\s)"
_ADDRESS = rb'(?>[^<>]*?\sr=")([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>'
_FORMULA = rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
_ERROR = re.compile(
    _TAG + rb'(?=[^<>]*?\st="e")' + _ADDRESS + rb"(?:" + _FORMULA + rb")?<(?:\w+:)?v>([^<]*)</"
)
_NO_RESULT = re.compile(
    _TAG + rb'(?=[^<>]*+><(?:\w+:)?f[\s/>])(?![^<>]*?\st="str")' + _ADDRESS + _FORMULA
    + rb"(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
"""``t="str"`` is a formula whose result is an empty text: that is a result."""
_SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)

NOT_CALCULATED = ""
UNREADABLE = (zipfile.BadZipFile, zlib.error, ParseError, SAXException, DefusedXmlException, KeyError, EOFError,
              OSError, ValueError, NotImplementedError)


@dataclass(eq=False)
class Refusal(Exception):
    """Why a file is not read: a finding's code and its facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen before reading.

    ``oddities`` maps a sheet's name to its cells that the reader gives back
    as empty though they are not: the error shown (``#DIV/0!``), or
    ``NOT_CALCULATED`` for a formula without a result.
    """

    has_macros: bool
    oddities: Mapping[str, Mapping[str, str]]


def inspect(data: bytes, limits: Files) -> Inspection:
    """Look a workbook over; raises Refusal when it must not be read."""
    _refuse_by_first_bytes(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _inspect_package(package, limits)
    except UNREADABLE as error:
        raise Refusal("FILE_DAMAGED") from error
    except RuntimeError as error:
        raise Refusal("FILE_ENCRYPTED") from error


def _refuse_by_first_bytes(data: bytes, limits: Files) -> None:
    if not data:
        raise Refusal("FILE_EMPTY")
    refuse_size(len(data), limits)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise Refusal("FILE_ENCRYPTED")
        raise Refusal("FILE_OLD_FORMAT", {"format": ".xls"})
    if not data.startswith(b"PK"):
        raise Refusal("FILE_NOT_EXCEL")


def refuse_size(size: int, limits: Files) -> None:
    """Raise Refusal when a file of ``size`` bytes is too large to be looked at."""
    if size > limits.largest_megabytes * MEGABYTE:
        raise _too_large(size, limits.largest_megabytes)


def _too_large(size: int, limit: int) -> Refusal:
    return Refusal("FILE_TOO_LARGE", {"size": f"{size / MEGABYTE:.0f} MB", "limit": f"{limit} MB"})


def _inspect_package(package: zipfile.ZipFile, limits: Files) -> Inspection:
    members = package.infolist()
    inflated = sum(member.file_size for member in members)
    if len(members) > MEMBERS or inflated > limits.inflated_megabytes * MEGABYTE:
        raise _too_large(inflated, limits.inflated_megabytes)
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names:
            raise Refusal("FILE_OLD_FORMAT", {"format": ".xlsb"})
        raise Refusal("FILE_NOT_EXCEL")
    workbook = package.read("xl/workbook.xml")
    if re.search(rb'date1904=["\'](?:1|true|on)["\']', workbook):
        raise Refusal("FILE_DATE_1904")
    oddities: dict[str, dict[str, str]] = {}
    for part in members:
        if _SHEET.fullmatch(part.filename):
            cells = _cells(package, part)
            _refuse_far_cell(cells, limits)
            if odd := dict(_odd_cells(cells)):
                oddities[part.filename] = odd
    named = _sheet_parts(_without_names(workbook), package.read("xl/_rels/workbook.xml.rels")) if oddities else ()
    return Inspection("xl/vbaProject.bin" in names, {name: oddities[part] for name, part in named if part in oddities})


def _cells(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A sheet up to the end of its cells, inflated no further than the declared size that was judged.

    One that lied about its size is damaged. What follows the cells has no values.
    """
    with package.open(part) as stream:
        sheet = stream.read(part.file_size)
    return sheet[: sheet.rfind(b"sheetData")]


def _refuse_far_cell(sheet: bytes, limits: Files) -> None:
    corner = corner_of(sheet)
    if corner is not None and corner.area > limits.largest_area_cells:
        raise Refusal("FILE_FAR_CELL", {"cell": corner.cell})


def _odd_cells(sheet: bytes) -> Iterator[tuple[str, str]]:
    if b't="e"' in sheet:
        for match in _ERROR.finditer(sheet):
            yield (match[1] + match[2]).decode(), match[3].decode()
    if b"f>" in sheet:
        for match in _NO_RESULT.finditer(sheet):
            yield (match[1] + match[2]).decode(), NOT_CALCULATED


def _without_names(workbook: bytes) -> bytes:
    """The workbook's part without its defined names, which differ from workbook to workbook."""
    before, _, rest = workbook.partition(b"<definedNames>")
    return before + rest.rpartition(b"</definedNames>")[2]


@lru_cache(maxsize=4)
def _sheet_parts(workbook: bytes, relations: bytes) -> tuple[tuple[str, str], ...]:
    """Sheet names with the package parts that hold them: the same in all workbooks of a kind."""
    targets = {relation.get("Id"): relation.get("Target", "") for relation in fromstring(relations)}
    parts = []
    for sheet in fromstring(workbook).iterfind(".//{*}sheet"):
        relation_id = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        target = targets.get(relation_id, "")
        parts.append((sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"))
    return tuple(parts)
