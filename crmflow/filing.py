"""Taking the workbooks in: read what changed, check it against what stands, consolidate, enter.

Staff go first, since every other workbook names them; archives second, since
monthly reports name customers.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from uuid import uuid4

from sqlalchemy import Connection

from crmflow import __version__
from crmflow.check.books import Checked, check_books
from crmflow.check.rules import Reference
from crmflow.codes import severity
from crmflow.config import Config
from crmflow.consolidate import Changes, consolidate
from crmflow.intake import Reading, read_books
from crmflow.model import Book, FileState, Finding, Severity, Where, WorkbookKind
from crmflow.people import Directory
from crmflow.scan import Claim, Scan, settle_claims
from crmflow.store import archive
from crmflow.store.archive import KnownWorkbook, Store, Taken

KINDS = (WorkbookKind.STAFF, WorkbookKind.ARCHIVE, WorkbookKind.MONTHLY)
SUBJECT_OWNERS = (("F0.cover", "account_manager"), ("F20.report", "account_manager"))

Progress = Callable[[int, int], None]
"""Told how many of how many files have been read."""


@dataclass(frozen=True)
class Tally:
    """What the filing of one run came to, in files and in rows; every row seen is accepted, unchanged or held."""

    files: Counter[str] = field(default_factory=lambda: Counter(read=0, unchanged=0, unreadable=0))
    rows: Counter[str] = field(default_factory=lambda: Counter(accepted=0, unchanged=0, held=0, closed=0))


@dataclass(frozen=True)
class Filing:
    """One run's filing: where things are, what time it is, and the tally kept."""

    store: Store
    connection: Connection
    config: Config
    run: int
    now: datetime
    today: date
    tally: Tally = field(default_factory=Tally)


def take_in(filing: Filing, found: Scan, progress: Progress) -> None:
    """Bring the store up to the files of ``found``."""
    known = archive.workbooks(filing.connection)
    by_path = {one.path: one for one in known.values()}
    touched = [state for state in found.files if not _is_same_file(state, by_path.get(state.path))]
    books = list(_read(filing, touched, progress))
    resting = [state for state in found.files if _is_same_file(state, by_path.get(state.path))]
    _enter_loose_findings(filing, found, books, known)
    for kind in KINDS:
        _take_in_kind(filing, kind, [book for book in books if book.kind is kind], resting, known)


def _is_same_file(state: FileState, known: KnownWorkbook | None) -> bool:
    return known is not None and (state.size, state.modified_ns) == (known.size, known.modified_ns)


def _read(filing: Filing, states: Sequence[FileState], progress: Progress) -> Iterator[Book]:
    reading = Reading(filing.config.folders.workbooks, filing.config.files)
    for number, book in enumerate(read_books(states, reading), start=1):
        progress(number, len(states))
        yield book


def _enter_loose_findings(
    filing: Filing, found: Scan, books: Sequence[Book], known: Mapping[str, KnownWorkbook]
) -> None:
    """Findings that belong to no row: of copies, of files that cannot be read, of workbooks that are gone."""
    owners = {one.path: one for one in known.values()}
    present = {state.path for state in found.files} | {finding.where.file for finding in found.findings}
    loose: dict[str, list[Finding]] = {path: [] for path in archive.loose_sources(filing.connection)}
    unread = [book for book in books if book.kind is None]
    for finding in (*found.findings, *(finding for book in unread for finding in book.findings)):
        loose.setdefault(finding.where.file, []).append(_owned(filing, finding, owners.get(finding.where.file)))
    missing = {one.workbook_id: one for one in known.values() if one.path not in present}
    moved = {book.workbook_id for book in books}
    for one in missing.values():
        if one.workbook_id not in moved:
            loose.setdefault(one.path, []).append(_owned(filing, Finding("FILE_MISSING", Where(one.path)), one))
    filing.tally.files["unreadable"] += len(unread) + len(found.findings)
    archive.write_findings(filing.connection, loose)


def _owned(filing: Filing, finding: Finding, known: KnownWorkbook | None) -> Finding:
    """The finding with the person who keeps the file: as known, else whose folder it lies in."""
    if known is not None:
        return replace(finding, customer=known.customer, owner=known.owner)
    people = archive.directory(filing.store, filing.connection)
    folders = PurePosixPath(finding.where.file).parent.parts
    keeper = next((person for folder in folders if (person := people.find(folder))), None)
    return replace(finding, owner=keeper.number if keeper else "")


def _take_in_kind(
    filing: Filing, kind: WorkbookKind, books: Sequence[Book], resting: Sequence[FileState],
    known: Mapping[str, KnownWorkbook],
) -> None:
    reference = Reference(
        archive.directory(filing.store, filing.connection), archive.archives(filing.store, filing.connection)
    )
    against = fingerprint(kind, reference)
    by_path = {one.path: one for one in known.values() if one.kind == kind}
    again = [
        state for state in resting
        if (one := by_path.get(state.path)) and _must_be_checked_again(one, against, filing.today)
    ]
    rereading = {state.path for state in again}
    books = [*books, *_read(filing, again, _silent)]
    chosen = _settle(filing, books, {path: one for path, one in by_path.items() if path not in rereading}, resting)
    if chosen:
        checked = check_books(chosen, filing.store.catalogue, reference, filing.today)
        _enter(filing, kind, checked, against, reference.people)
    filing.tally.files["read"] += len(chosen)
    for state in resting:
        if state.path in by_path and state.path not in rereading:
            one = by_path[state.path]
            filing.tally.files["unchanged"] += 1
            filing.tally.rows.update(unchanged=one.rows - one.held, held=one.held)


def _silent(_done: int, _all: int) -> None:
    """Progress nobody watches."""


def _must_be_checked_again(one: KnownWorkbook, against: str, today: date) -> bool:
    return one.checked_against != against or (one.is_restless and one.checked_on != today)


def fingerprint(kind: WorkbookKind, reference: Reference) -> str:
    """Everything besides the file that decides what a check of this kind of workbook says."""
    parts: list[object] = [__version__, kind]
    if kind is not WorkbookKind.STAFF:
        parts.append(sorted(map(repr, reference.people.people.values())))
    if kind is WorkbookKind.MONTHLY:
        parts.append(sorted((one.code, one.name) for one in reference.customers.values()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _settle(
    filing: Filing, books: Sequence[Book], standing: Mapping[str, KnownWorkbook], resting: Sequence[FileState]
) -> list[Book]:
    """The books to take in, where several files claim to be the same workbook (decision 2)."""
    still_there = {state.path for state in resting} & standing.keys()
    known = {standing[path].workbook_id: standing[path] for path in still_there}
    claims: dict[str, list[Book]] = defaultdict(list)
    for book in books:
        claims[book.workbook_id].append(book)
    chosen: list[Book] = []
    for workbook_id, claimants in claims.items():
        rest = known.get(workbook_id)
        before = Claim(rest.path, rest.sha256, rest.parent) if rest else None
        offered = [_claim(book) for book in claimants]
        path, findings = settle_claims([*([before] if before else []), *offered], before)
        chosen += [book for book in claimants if book.file == path]
        by_file = {book.file: book for book in claimants}
        filing.tally.files["unreadable"] += sum(file in by_file for file in findings)
        archive.write_findings(filing.connection, {
            file: [replace(finding, owner=_owner(by_file[file], archive.directory(filing.store, filing.connection)))]
            for file, finding in findings.items() if file in by_file
        })
    return chosen


def _claim(book: Book) -> Claim:
    return Claim(book.file, book.sha256, book.identity.parent if book.identity else "")


def _enter(
    filing: Filing, kind: WorkbookKind, checked: Sequence[Checked], against: str, people: Directory
) -> None:
    ids = [one.book.workbook_id for one in checked]
    known = archive.known_rows(filing.connection, filing.store.catalogue, ids)
    confirmed = archive.confirmed(filing.connection)
    taken = [
        _taken(consolidate(one, known.get(one.book.workbook_id, []), confirmed, filing.store.catalogue, _new_id),
               kind, against, people)
        for one in checked
    ]
    archive.apply(filing.store, filing.connection, taken, filing.run, filing.now, filing.today)
    for one in taken:
        changes = one.changes
        filing.tally.rows.update(
            accepted=changes.accepted, unchanged=changes.unchanged, held=len(changes.held), closed=changes.closed
        )


def _new_id() -> str:
    return uuid4().hex


def _taken(changes: Changes, kind: WorkbookKind, against: str, people: Directory) -> Taken:
    owner = _owner(changes.book, people)
    findings = tuple(replace(finding, customer=changes.customer, owner=owner) for finding in changes.findings)
    return Taken(replace(changes, findings=findings), kind, owner, against, bool(findings))


def _owner(book: Book, people: Directory) -> str:
    """The staff number of who keeps the workbook; empty when nobody is named who is known."""
    for block, field_id in SUBJECT_OWNERS:
        for record in book.records:
            if record.block == block and (person := people.find(record.values[field_id])):
                return person.number
    return ""


def worst(findings: Iterable[Finding]) -> Mapping[Severity, int]:
    """How many findings there are of each severity."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[severity(finding)] += 1
    return counts
