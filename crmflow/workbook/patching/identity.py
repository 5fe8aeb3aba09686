"""The hidden identity sheet of the copy: it names the file it was made from, so that it supersedes it (decision 2)."""

import hashlib
import io
from collections.abc import Mapping

from python_calamine import CalamineError, CalamineWorkbook

from crmflow.workbook.patching.book import worksheets
from crmflow.workbook.patching.cells import At, grid, sheet_tree
from crmflow.workbook.patching.package import Package
from crmflow.workbook.patching.xml import Edit, prefixed, spliced, string, with_attribute, without_attribute

IDENTITY_SHEET = "_crmflow"


def inherit(package: Package, data: bytes) -> None:
    """Enter the file ``data`` as the copy's parent and count its serial up; a file without identity stays so."""
    part = worksheets(package).get(IDENTITY_SHEET)
    if part is None:
        return
    keys = _keys(data)
    if not {"parent", "serial"} <= keys.keys():
        return
    (parent, _), (serial, number) = keys["parent"], keys["serial"]
    values = {parent: hashlib.sha256(data).hexdigest(), serial: str(int(float(number or 0)) + 1)}
    xml = package.read(part)
    package.write(part, _with_texts(xml, values))


def _keys(data: bytes) -> Mapping[str, tuple[At, str]]:
    """Each key of the identity sheet: the cell of its value, and the value."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            rows = workbook.get_sheet_by_name(IDENTITY_SHEET).to_python(skip_empty_area=False)
    except CalamineError:
        return {}
    pairs = ((number, str(row[0]), str(row[1]) if len(row) > 1 else "") for number, row in enumerate(rows, start=1))
    return {key: ((number, 2), value) for number, key, value in pairs}


def _with_texts(xml: bytes, values: Mapping[At, str]) -> bytes:
    """Cells holding texts, whatever they held before; the shared texts are left alone."""
    cells = grid(xml, sheet_tree(xml))
    xml = spliced(xml, cells.restyled({at: lambda look: look for at in values}))
    cells = grid(xml, sheet_tree(xml))
    edits: list[Edit] = []
    for at, value in values.items():
        row = cells.row(at[0])
        cell = next(one for one in cells.cells(row) if one.number == at[1]) if row else None
        if cell is None:
            continue
        tag = without_attribute(xml[cell.start : cell.inner], "t")
        opened = with_attribute(tag, "t", "inlineStr").rstrip(b"/>") + b">"
        text = b"<is><t>" + string(value) + b"</t></is></c>"
        edits.append(Edit(cell.start, cell.end, opened + prefixed(text, cells.prefix)))
    return spliced(xml, edits)
