"""A copy of a workbook with marks on its cells and a list of them in front (decision 15).

The package is changed part by part: whatever no mark concerns keeps its very
bytes, so charts, pictures, macros, buttons and what other programs have put
there survive. Marks of an earlier copy are taken off first.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from crmflow.workbook.patching.book import LIST_PART, has_list, insert_list, remove_list, worksheets
from crmflow.workbook.patching.identity import IDENTITY_SHEET, inherit
from crmflow.workbook.patching.listing import sheet_xml
from crmflow.workbook.patching.marks import ErrorColumn, ErrorLine, ErrorSheet, Mark, Unpatchable
from crmflow.workbook.patching.package import WORKBOOK, Package
from crmflow.workbook.patching.sheets import mark_sheet, strip_sheet
from crmflow.workbook.patching.styles import Styles, read_styles, write_styles

__all__ = ["ErrorColumn", "ErrorLine", "ErrorSheet", "Mark", "Unpatchable", "annotate", "is_untouched_copy", "stripped"]

_STRICT = b"http://purl.oclc.org/ooxml/"
_UNTOUCHABLE = {"_xmlsignatures/": "signed", "xl/revisions/": "shared, with a log of its changes"}


def annotate(data: bytes, marks: Sequence[Mark], error_sheet: ErrorSheet) -> bytes:
    """The workbook ``data`` with its bad cells marked and the error sheet in front.

    Raises Unpatchable for a signed, shared, encrypted or broken package.
    """
    with _patching(data) as package:
        styles = read_styles(package)
        _strip(package, styles)
        parts = worksheets(package)
        for name in dict.fromkeys(mark.sheet for mark in marks):
            if name in parts:
                mark_sheet(package, parts[name], styles, [mark for mark in marks if mark.sheet == name])
        content = sheet_xml(error_sheet, styles)
        write_styles(package, styles)
        insert_list(package, error_sheet.name, content)
        inherit(package, data)
        return package.to_bytes()


def stripped(data: bytes) -> bytes:
    """The workbook ``data`` without the marks and the sheet that ``annotate`` put into it."""
    with _patching(data) as package:
        styles = read_styles(package)
        if _strip(package, styles):
            write_styles(package, styles)
        return package.to_bytes()


def is_untouched_copy(data: bytes) -> bool:
    """Whether this is a marked copy that no other program has saved since."""
    try:
        return LIST_PART in Package(data)
    except Unpatchable:
        return False


@contextmanager
def _patching(data: bytes) -> Iterator[Package]:
    """The package to be changed; XML that is well-formed but against its schema counts as broken."""
    try:
        yield _open(data)
    except (ValueError, LookupError, struct.error) as error:
        raise Unpatchable("a part is not as its schema says") from error


def _open(data: bytes) -> Package:
    package = Package(data)
    for name in package.names:
        for start, why in _UNTOUCHABLE.items():
            if name.startswith(start):
                raise Unpatchable(why)
    if _STRICT in package.read(WORKBOOK):
        raise Unpatchable("strict Open XML")
    return package


def _strip(package: Package, styles: Styles) -> bool:
    """Take off what an earlier copy has put on; our name, of the list or in the styles, says that there was one."""
    had_list = has_list(package)
    if had_list:
        remove_list(package)
    if not had_list and not styles.have_memories:
        return False
    marks = styles.marks()
    for name, sheet in worksheets(package).items():
        if name != IDENTITY_SHEET:
            strip_sheet(package, sheet, styles, marks)
    return True
