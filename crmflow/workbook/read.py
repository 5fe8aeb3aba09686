"""A workbook file → the plain cells of its sheets, by python-calamine."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from crmflow.config import Files
from crmflow.workbook.guard import Inspection, Refusal, inspect, refuse_size

Raw: TypeAlias = str | int | float | bool | date | datetime | time | timedelta
"""What calamine gives for a cell; ``""`` for an empty one."""

IDENTITY_SHEET = "_crmflow"
LISTS_SHEET = "_lists"
"""Holds the drop-down lists that we wrote: nothing that anybody said."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells from A1 on, and the cells that only look empty (see ``guard.Inspection``)."""

    name: str
    rows: Sequence[Sequence[Raw]]
    oddities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cells:
    """A workbook's cells; ``identity`` are the keys and values of its hidden sheet."""

    sha256: str
    sheets: tuple[Sheet, ...]
    identity: Mapping[str, str]
    has_macros: bool


def read(path: Path, limits: Files) -> Cells:
    """Read a workbook; raises Refusal with the finding's code when it cannot or must not be read."""
    data = _bytes_of(path, limits)
    inspection = inspect(data, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = tuple(_sheets(workbook, inspection))
    except PasswordError as error:
        raise Refusal("FILE_ENCRYPTED") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal("FILE_DAMAGED") from error
    except BaseException as error:
        # A panic of the reader's Rust code is no Exception; anything else of that kind must go on.
        if type(error).__name__ != "PanicException":
            raise
        raise Refusal("FILE_BROKE_READER") from error
    return Cells(
        sha256=hashlib.sha256(data).hexdigest(),
        sheets=tuple(sheet for sheet in sheets if sheet.name != IDENTITY_SHEET),
        identity=next((_pairs(sheet) for sheet in sheets if sheet.name == IDENTITY_SHEET), {}),
        has_macros=inspection.has_macros,
    )


def _bytes_of(path: Path, limits: Files) -> bytes:
    """The file as it stands, whole: if it changes while it is read, it is being saved."""
    try:
        before = path.stat()
        refuse_size(before.st_size, limits)
        data = path.read_bytes()
        after = path.stat()
    except FileNotFoundError as error:
        raise Refusal("FILE_CHANGING") from error
    except OSError as error:
        raise Refusal("FILE_NOT_READABLE", {"reason": error.strerror or str(error)}) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise Refusal("FILE_CHANGING")
    return data


def _sheets(workbook: CalamineWorkbook, inspection: Inspection) -> list[Sheet]:
    sheets = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ is not SheetTypeEnum.WorkSheet or metadata.name == LISTS_SHEET:
            continue
        content = workbook.get_sheet_by_name(metadata.name)
        rows = content.to_python(skip_empty_area=False)
        _fill_merged(rows, content.merged_cell_ranges or [])
        sheets.append(Sheet(metadata.name, rows, inspection.oddities.get(metadata.name, {})))
    return sheets


def _fill_merged(rows: list[list[Raw]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Repeat the value of cells merged downwards in every row they cover that holds anything else."""
    covered = sum(max(min(bottom + 1, len(rows)) - top, 0) for (top, _), (bottom, _) in ranges)
    if covered > sum(map(len, rows)):
        # Merged areas lie over each other: Excel would repair the file, and filling them could take for ever.
        raise Refusal("FILE_DAMAGED")
    for (top, left), (bottom, _) in ranges:
        if top == bottom or top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top + 1 : bottom + 1]:
            if any(cell != "" for cell in row):
                row[left] = value


def _pairs(sheet: Sheet) -> Mapping[str, str]:
    return {str(row[0]): str(row[1]) for row in sheet.rows if len(row) > 1 and row[0] != ""}
