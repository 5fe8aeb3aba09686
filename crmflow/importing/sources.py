"""A company's own lists → rows that know their file and line."""

import csv
import errno
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from crmflow.codes import CATALOGUE, say
from crmflow.config import Files
from crmflow.importing.mapping import ImportMapping, Source
from crmflow.model import Text, Value
from crmflow.settings import ConfigError
from crmflow.texts import PHRASES
from crmflow.workbook.guard import Refusal
from crmflow.workbook.read import Raw, Sheet, read

ENCODINGS = ("utf-8-sig", "gb18030")
TEXT = (".csv", ".tsv", ".txt")


class SourceError(Exception):
    """A list cannot be read: the phrase that says why, and its facts."""

    def __init__(self, name: str, **facts: str | Text) -> None:
        super().__init__(name)
        self._text = PHRASES[name]
        self._facts = facts

    def tell(self, language: str) -> str:
        """The sentence in ``language``."""
        return say(self._text, language).format_map({name: say(fact, language) for name, fact in self._facts.items()})


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a list; ``n`` counts its rows from 1, ``line`` is the line or Excel row it begins at."""

    source: str
    file: str
    line: int
    n: int
    cells: Mapping[str, Value]

    def text(self, column: str) -> str:
        """The cell as text, without the blanks around it."""
        value = self.cells[column]
        return "" if value is None else str(value).strip()


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A list, read."""

    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]


Tables: TypeAlias = Mapping[str, SourceTable]


def read_tables(mapping: ImportMapping, folder: Path, limits: Files) -> Tables:
    """All lists of the mapping from ``folder``; raises ConfigError with the list that cannot be read."""
    try:
        return {name: _table(name, source, folder, limits) for name, source in mapping.sources.items()}
    except SourceError as error:
        raise ConfigError(error.tell(mapping.language)) from error


def _table(name: str, source: Source, folder: Path, limits: Files) -> SourceTable:
    if source.rows:
        return written_table(name, source)
    path = folder / source.file
    if path.suffix.lower() in TEXT:
        return csv_table(name, source.file, _decoded(path, source.encoding))
    return excel_table(name, source.file, _sheet(path, source, limits).rows)


def written_table(name: str, source: Source) -> SourceTable:
    """The rows that stand in the mapping itself."""
    columns = tuple(dict.fromkeys(column for row in source.rows for column in row))
    return SourceTable(columns, tuple(
        SourceRow(name, "", n, n, {column: row.get(column) for column in columns})
        for n, row in enumerate(source.rows, 1)
    ))


def csv_table(name: str, file: str, text: str) -> SourceTable:
    """The rows of a CSV text whose first line is its header; commas, semicolons and tabs are recognised."""
    return _from_lines(name, file, _records(text))


def excel_table(name: str, file: str, rows: Sequence[Sequence[Raw]]) -> SourceTable:
    """The rows of a sheet whose first filled row is its header."""
    return _from_lines(name, file, ((n, [_value(cell) for cell in row]) for n, row in enumerate(rows, 1)))


def _from_lines(name: str, file: str, lines: Iterator[tuple[int, Sequence[Value]]]) -> SourceTable:
    filled = ((line, cells) for line, cells in lines if any(cell not in ("", None) for cell in cells))
    _, header = next(filled, (0, ()))
    columns = tuple(str(cell).strip() for cell in header)
    doubled = next((column for column in columns if column and columns.count(column) > 1), None)
    if doubled is not None:
        raise SourceError("import.header_doubled", file=file, column=doubled)
    if not columns:
        raise SourceError("import.no_header", file=file)
    return SourceTable(columns, tuple(
        SourceRow(name, file, line, n, _cells(file, line, columns, cells)) for n, (line, cells) in enumerate(filled, 1)
    ))


def _cells(file: str, line: int, columns: Sequence[str], cells: Sequence[Value]) -> Mapping[str, Value]:
    if any(cell not in ("", None) for cell in cells[len(columns):]):
        raise SourceError("import.too_many_cells", file=file, line=str(line))
    padded = (*cells, *[None] * (len(columns) - len(cells)))
    return dict(zip(columns, padded, strict=False))


def _records(text: str) -> Iterator[tuple[int, Sequence[Value]]]:
    """Each record with the line it begins at: a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _decoded(path: Path, encoding: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError("import.unreadable", file=path.name, reason=error.strerror or str(error)) from error
    for candidate in (encoding,) if encoding else ENCODINGS:
        try:
            return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceError("import.encoding", file=path.name, encodings=encoding or ", ".join(ENCODINGS))


def _sheet(path: Path, source: Source, limits: Files) -> Sheet:
    if not path.is_file():
        raise SourceError("import.unreadable", file=path.name, reason=os.strerror(errno.ENOENT))
    try:
        sheets = read(path, limits).sheets
    except Refusal as refusal:
        text = CATALOGUE[refusal.code].text
        reason = Text(text.zh.format_map(refusal.facts), text.en.format_map(refusal.facts))
        raise SourceError("import.refused", file=path.name, reason=reason) from refusal
    found = next((sheet for sheet in sheets if source.sheet in ("", sheet.name)), None)
    if found is None:
        raise SourceError("import.no_sheet", file=path.name, sheet=source.sheet)
    return found


def _value(raw: Raw) -> Value:
    """A cell of Excel; a number that is whole is written without its decimal point."""
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, (str, int, float, bool, datetime)) else str(raw)
