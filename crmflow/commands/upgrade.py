"""``crmflow upgrade``: workbooks on the current version of their forms, as new files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path, PurePosixPath

from crmflow import copies
from crmflow.catalogue import Catalogue
from crmflow.codes import describe
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, FINDINGS, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.model import Book, FileState, Finding, Where
from crmflow.parse.book import parse
from crmflow.reports import reference
from crmflow.scan import scan
from crmflow.store import archive
from crmflow.texts import phrase
from crmflow.workbook.guard import Refusal
from crmflow.workbook.read import Cells, read

OUTDATED = frozenset({"FORM_OLD", "IDENTITY_MISSING"})
"""Findings of a workbook that a copy on the current version would put right."""


class Outcome(Enum):
    """What became of one workbook."""

    WRITTEN = "written"
    CURRENT = "current"
    HINDERED = "hindered"


def main(config: Config, now: datetime, files: Sequence[Path], everything: bool, into: Path) -> int:
    """Write a copy of every outdated workbook to ``into``; 1 when one of them must be mended first."""
    for file in files:
        if not file.is_file():
            raise WrongUse(phrase("cli.no_file", config.language, file=file))
    if bool(files) == everything:
        raise WrongUse(phrase("cli.upgrade.which", config.language))
    forms = config.catalogue
    staff = [person.name for person in reference.read(config.folders.data).people.people.values()]
    chosen = list(_in_folder(config) if everything else ((file, PurePosixPath(file.name)) for file in files))
    done = [_upgrade(config, forms, staff, file, into / name.with_suffix(".xlsx")) for file, name in chosen]
    with looking(config) as (store, connection):
        written = {file for (file, _), outcome in zip(chosen, done, strict=True) if outcome is Outcome.WRITTEN}
        customers = archive.archives(store, connection).values()
        copied = [one.code for one in customers if config.folders.workbooks / one.file in written]
        entered(store, config, now, "upgrade", copied)
    show.line(phrase("cli.upgrade.done", config.language, files=len(chosen), copies=done.count(Outcome.WRITTEN)))
    return FINDINGS if Outcome.HINDERED in done else COMPLETED


def _in_folder(config: Config) -> Iterator[tuple[Path, PurePosixPath]]:
    folder = config.folders.workbooks
    for state in scan(folder).files:
        yield folder / state.path, PurePosixPath(state.path)


def _upgrade(config: Config, forms: Catalogue, staff: Sequence[str], file: Path, target: Path) -> Outcome:
    """Write the copy of one workbook, unless it is current or something stands in the way, which is told."""
    try:
        cells, book = opened(file, forms, config)
    except Refusal as refusal:
        return _told(file, [Finding(refusal.code, Where(str(file)), facts=dict(refusal.facts))], forms, config.language)
    if hindrances := copies.obstacles(cells, book, forms):
        return _told(file, hindrances, forms, config.language)
    if not _is_outdated(book, forms):
        return Outcome.CURRENT
    if target.exists():
        show.line(phrase("cli.new.exists", config.language, file=target))
        return Outcome.HINDERED
    copies.write(target, copies.upgraded(cells, book, forms, config.language), staff)
    show.line(phrase("cli.new.written", config.language, file=target))
    return Outcome.WRITTEN


def _is_outdated(book: Book, forms: Catalogue) -> bool:
    """Whether a copy would put something right: an older version, or a field that the company has added since."""
    if OUTDATED & {finding.code for finding in book.findings}:
        return True
    fields = ((record, field) for record in book.records for field in forms.block(record.block).fields)
    return any(field.id not in record.placement.cells for record, field in fields)


def opened(file: Path, forms: Catalogue, config: Config) -> tuple[Cells, Book]:
    """A workbook's cells and what they say; raises Refusal for one that cannot be read."""
    cells, status = read(file, config.files), file.stat()
    return cells, parse(cells, FileState(file.as_posix(), status.st_size, status.st_mtime_ns), forms)


def _told(file: Path, findings: Sequence[Finding], forms: Catalogue, language: str) -> Outcome:
    show.line(phrase("cli.upgrade.hindered", language, file=file))
    for finding in findings:
        place = " ".join(part for part in (finding.where.sheet, finding.where.cell) if part)
        sentence = describe(finding, language, forms.find_field(finding.block, finding.field_id))
        show.line("  " + (f"{place}  {sentence}" if place else sentence))
    return Outcome.HINDERED
