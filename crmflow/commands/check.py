"""``crmflow check``: what is wrong in some workbooks, without touching the store."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crmflow.catalogue import Catalogue
from crmflow.check.books import check_books
from crmflow.codes import describe, rule, severity
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, FINDINGS, WrongUse
from crmflow.config import Config
from crmflow.intake import read_books, reading_of
from crmflow.model import FileState, Finding, Severity
from crmflow.processes import Processes
from crmflow.reports import reference, return_copy
from crmflow.texts import phrase


def main(config: Config, now: datetime, files: Sequence[Path], as_json: bool, annotate: Path | None = None) -> int:
    """Print the findings, write return copies to the folder ``annotate``; 1 when there are errors."""
    found = findings(config, now, files)
    errors = sum(severity(one) is Severity.ERROR for one in found)
    copies = list(_copies(config, files, found, annotate)) if annotate else []
    if as_json:
        show.as_json({
            "files": len(files), "error": errors, "warning": len(found) - errors,
            "findings": [document(one, config.catalogue) for one in found], "copies": [str(copy) for copy in copies],
        })
    else:
        _print(found, len(files), errors, config)
        for copy in copies:
            show.line(phrase("return.written", config.language, file=copy))
    return FINDINGS if errors else COMPLETED


def _copies(config: Config, files: Sequence[Path], found: Sequence[Finding], folder: Path) -> Iterator[Path]:
    """A return copy of every workbook with findings; files of one name go to folders of their own."""
    names = Counter(file.name for file in files)
    for file in files:
        path = _state(file, config.folders.workbooks).path
        own = [one for one in found if one.where.file == path]
        into = folder / file.resolve().parent.name if names[file.name] > 1 else folder
        if own:
            yield return_copy.write(file, own, config.catalogue, config.language, into)


def findings(config: Config, now: datetime, files: Sequence[Path]) -> tuple[Finding, ...]:
    """Everything that is wrong with some workbooks, checked against what the last run knew."""
    for file in files:
        if not file.is_file():
            raise WrongUse(phrase("cli.no_file", config.language, file=file))
    states = [_state(file, config.folders.workbooks) for file in files]
    with Processes(config.files.workers) as processes:
        books = list(read_books(states, reading_of(config), processes))
    today = now.astimezone(config.company.zone).date()
    against = replace(reference.read(config.folders.data), limits=config.limits)
    checked = check_books(books, config.catalogue, against, today)
    return tuple(finding for one in checked for finding in one.all_findings)


def _state(file: Path, folder: Path) -> FileState:
    status, path = file.stat(), file.resolve()
    inside = path.is_relative_to(folder)
    return FileState((path.relative_to(folder) if inside else path).as_posix(), status.st_size, status.st_mtime_ns)


def document(finding: Finding, catalogue: Catalogue) -> dict[str, Any]:
    """A finding for programs, with its sentence in both languages."""
    field = catalogue.find_field(finding.block, finding.field_id)
    return {
        "code": finding.code, "severity": severity(finding).value, "rule": rule(finding), "file": finding.where.file,
        "sheet": finding.where.sheet, "cell": finding.where.cell, "value": finding.value, "block": finding.block,
        "field": finding.field_id, "zh": describe(finding, "zh", field), "en": describe(finding, "en", field),
    }


def _print(found: Sequence[Finding], files: int, errors: int, config: Config) -> None:
    language = config.language
    if not found:
        show.line(phrase("cli.check.clean", language, files=files))
        return
    headings = [phrase(f"master.{name}", language) for name in ("severity", "sheet", "cell", "what_to_do", "rule")]
    for file in dict.fromkeys(one.where.file for one in found):
        rows = [
            (phrase(f"master.{severity(one).value}", language), one.where.sheet, one.where.cell,
             describe(one, language, config.catalogue.find_field(one.block, one.field_id)), rule(one))
            for one in found if one.where.file == file
        ]
        show.table(file, headings, rows)
    show.line(phrase("cli.check.found", language, files=files, errors=errors, warnings=len(found) - errors))
