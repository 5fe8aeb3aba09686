"""``crmflow new archive --verify`` and ``--year``: an archive as accepted, to confirm or correct, or with new plans."""

import re
from datetime import datetime
from pathlib import Path

from crmflow import copies
from crmflow.catalogue import Catalogue
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.commands.upgrade import opened
from crmflow.config import Config
from crmflow.consolidate.matching import Known
from crmflow.dates import span_of
from crmflow.model import Book, WorkbookKind
from crmflow.reports import reference
from crmflow.store import archive
from crmflow.store.archive import KnownWorkbook
from crmflow.texts import phrase
from crmflow.workbook.guard import Refusal
from crmflow.workbook.read import Cells

YEARS = range(2000, 2101)
_FORMER = re.compile(r" \d{4}(Q[1-4])?$")
"""What the file of the period before was called after."""


def main(
    config: Config, now: datetime, kind: str, code: str, verify: bool, year: int, output: Path | None,
) -> int:
    """Write the copy as a new file; the archive itself is not touched."""
    if kind != WorkbookKind.ARCHIVE or not code:
        raise WrongUse(phrase("cli.new.successor", config.language))
    if year and year not in YEARS:
        raise WrongUse(phrase("cli.new.year", config.language, year=year))
    forms = config.catalogue
    one, rows = _accepted(config, forms, code, now)
    cells, book = _as_accepted(config, forms, one)
    quarter = span_of("quarter", now.astimezone(config.company.zone).date()).name
    path = output or _place(config, one, str(year or quarter))
    if path.exists():
        raise WrongUse(phrase("cli.new.exists", config.language, file=path))
    people = reference.read(config.folders.data).people.people.values()
    copy = copies.verified(cells, book, rows, forms, config.language, blank_fields=verify, year=year or None)
    copies.write(path, copy, [person.name for person in people])
    show.line(phrase("cli.new.written", config.language, file=path))
    return COMPLETED


def _accepted(
    config: Config, forms: Catalogue, code: str, now: datetime
) -> tuple[KnownWorkbook, list[Known]]:
    """The archive of a customer and its accepted rows; refused while something in it waits."""
    with looking(config) as (store, connection):
        standing = archive.archives(store, connection).get(code)
        if standing is None:
            raise WrongUse(phrase("cli.new.unknown", config.language, code=code))
        one = archive.workbooks(connection)[standing.workbook_id]
        rows = archive.known_rows(connection, forms, [one.workbook_id])[one.workbook_id]
        entered(store, config, now, "new", (code,))
    accepted = [row for row in rows if row.is_open]
    if one.held or any(row.stale for row in accepted):
        raise WrongUse(phrase("cli.new.not_settled", config.language, file=one.path))
    return one, accepted


def _as_accepted(config: Config, forms: Catalogue, one: KnownWorkbook) -> tuple[Cells, Book]:
    """The file that was accepted, for what the store does not keep: its language, the company's own columns."""
    try:
        cells, book = opened(config.folders.workbooks / one.path, forms, config)
    except Refusal as refusal:
        raise WrongUse(phrase("cli.new.gone", config.language, file=one.path)) from refusal
    if cells.sha256 != one.sha256:
        raise WrongUse(phrase("cli.new.gone", config.language, file=one.path))
    return cells, book


def _place(config: Config, one: KnownWorkbook, period: str) -> Path:
    former = Path(one.path)
    name = f"{_FORMER.sub('', former.stem)} {period}.xlsx"
    return config.folders.output / phrase("cli.new.copies", config.language) / former.parent / name
