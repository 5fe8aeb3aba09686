"""Taking the workbooks in: read what changed, check it against what stands, consolidate, enter.

Staff go first, since every other workbook names them; archives second, since
monthly reports name customers.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count, islice
from pathlib import PurePosixPath
from threading import Thread
from typing import TypeAlias
from uuid import uuid4

from crmflow import __version__
from crmflow.check.books import Checked, check_books, load_schema
from crmflow.check.rules import Reference
from crmflow.config import Config
from crmflow.consolidate import Action, Changes, consolidate
from crmflow.consolidate.matching import Known
from crmflow.intake import GROUP, hints_of, in_groups, read_books, reading_of
from crmflow.model import Book, FileState, Finding, Value, Where, WorkbookKind
from crmflow.people import Directory, in_service
from crmflow.processes import Processes
from crmflow.scan import Claim, Scan, settle_claims
from crmflow.store import archive, findings, runs
from crmflow.store.archive import KnownWorkbook, Store, Taken
from crmflow.store.base import Connection
from crmflow.tally import Tally

KINDS = tuple(WorkbookKind)
"""In this order: staff, whom all others name, then archives, then what names customers."""
SUBJECT_OWNERS = {"F0.cover": "account_manager", "F20.report": "account_manager", "F33a.statement": "prepared_by"}
"""The block and field that say who keeps a workbook."""

Seen: TypeAlias = tuple[str, int, int]
"""A file's path, size and time."""
Progress = Callable[[int, int], None]
"""Told how many of how many files have been read."""
Keep = Callable[[], None]
"""Makes what has been entered stand, whatever comes then."""


@dataclass(frozen=True)
class Filing:
    """One run's filing: where things are, what time it is, and the tally kept."""

    store: Store
    connection: Connection
    config: Config
    run: int
    now: datetime
    today: date
    processes: Processes
    tally: Tally = field(default_factory=Tally)


def take_in(filing: Filing, found: Scan, progress: Progress, keep: Keep) -> None:
    """Bring the store up to the files of ``found``.

    What changed is entered group by group while the next ones are read; then
    comes what did not change but must be checked again, since something else did.
    Each group is kept as soon as it is entered: a run that dies has not read in vain.
    """
    known = archive.workbooks(filing.connection)
    there = {_seen_at(state) for state in found.files}
    standing = {_was_at(one) for one in known.values()}
    touched = [state for state in found.files if _seen_at(state) not in standing]
    findings.clear_loose(filing.connection)
    unread: list[Book] = []
    present: set[str] = set()
    for own in _read_in_groups(filing, touched, known, progress):
        present |= {book.workbook_id for book in own}
        unread += [book for book in own if book.kind is None]
        for kind in KINDS:
            _take_in_kind(filing, kind, [book for book in own if book.kind is kind], there, known)
        keep()
        del own  # What has been entered would take memory while the next group is read.
    for kind in KINDS:
        unread += _check_again(filing, kind, there, known)
        keep()
    present |= filing.tally.resting.keys() | filing.tally.rows.keys()
    _enter_loose_findings(filing, found, unread, known, present)
    runs.scanned(filing.connection, filing.run, filing.now)
    keep()


def _read_in_groups(
    filing: Filing, states: Sequence[FileState], known: Mapping[str, KnownWorkbook], progress: Progress
) -> Iterator[list[Book]]:
    """The files group by group, the next ones of which are read meanwhile."""
    if not states:
        return
    # It takes half a second to load, as long as the readers take to start.
    loading = Thread(target=load_schema)
    loading.start()
    try:
        hints = hints_of(states, reading_of(filing.config), filing.processes)
        groups = tuple(in_groups(states, hints, KINDS, filing.store.catalogue))
        books = _read(filing, [state for group in groups for state in group], progress)
        for group in groups:
            yield _with_identity(islice(books, len(group)), known)
    finally:
        # Python cannot end while something is loaded.
        loading.join()


def _seen_at(state: FileState) -> Seen:
    """A file that has the same place, size and time is the same as when it was last read."""
    return state.path, state.size, state.modified_ns


def _was_at(one: KnownWorkbook) -> Seen:
    return one.path, one.size, one.modified_ns


def _with_identity(books: Iterable[Book], known: Mapping[str, KnownWorkbook]) -> list[Book]:
    """The books; one that has lost its identity sheet is the workbook that was at its place."""
    there = {(one.path, one.kind): one.workbook_id for one in known.values()}
    read = list(books)
    claimed = {book.workbook_id for book in read if book.identity}
    return [
        replace(book, workbook_id=former)
        if book.kind and not book.identity and (former := there.get((book.file, book.kind), "")) not in {"", *claimed}
        else book
        for book in read
    ]


def _read(filing: Filing, states: Sequence[FileState], progress: Progress) -> Iterator[Book]:
    for number, book in enumerate(read_books(states, reading_of(filing.config), filing.processes), start=1):
        progress(number, len(states))
        yield book


def _enter_loose_findings(
    filing: Filing, found: Scan, books: Sequence[Book], known: Mapping[str, KnownWorkbook], present: Set[str]
) -> None:
    """Findings that belong to no row: of copies, of files that cannot be read, of workbooks that are gone."""
    owners = {one.path: one for one in known.values()}
    unread = [book for book in books if book.kind is None]
    told = (*found.findings, *(finding for book in unread for finding in book.findings))
    files = {finding.where.file for finding in told}
    missing = (
        Finding("FILE_MISSING", Where(one.path)) for one in known.values()
        if one.workbook_id not in present and one.path not in files
    )
    loose: dict[str, list[Finding]] = defaultdict(list)
    for finding in (*told, *missing):
        loose[finding.where.file].append(_owned(filing, finding, owners.get(finding.where.file)))
    filing.tally.unreadable.update(files)
    findings.write(filing.connection, loose)


def _owned(filing: Filing, finding: Finding, known: KnownWorkbook | None) -> Finding:
    """The finding with the person who keeps the file: as known, else whose folder it lies in."""
    if known is not None:
        return finding._replace(customer=known.customer, owner=known.owner)
    people = archive.directory(filing.store, filing.connection)
    folders = PurePosixPath(finding.where.file).parent.parts
    keeper = next((person for folder in folders if (person := people.find(folder))), None)
    return finding._replace(owner=keeper.number if keeper else "")


def _take_in_kind(
    filing: Filing, kind: WorkbookKind, books: Sequence[Book], there: Set[Seen], known: Mapping[str, KnownWorkbook]
) -> None:
    """Check and enter what was read of a kind; ``there`` are the files seen, ``known`` the workbooks before the run."""
    if not books:
        return
    reference = _reference(filing, kind)
    entered = archive.workbooks(filing.connection)
    read = {book.file for book in books}
    left = {
        one.workbook_id: one for one in entered.values()
        if one.kind == kind and _was_at(one) in there and one.path not in read
    }
    chosen = _settle(filing, books, left, known, reference.people)
    if chosen:
        checked = check_books(chosen, filing.store.catalogue, reference, filing.today)
        against = fingerprint(kind, reference, filing.today, filing.store.catalogue.origin)
        _enter(filing, kind, checked, against, reference.people, entered.keys())


def _reference(filing: Filing, kind: WorkbookKind) -> Reference:
    what = filing.store, filing.connection
    usage = archive.usage(*what) if kind is WorkbookKind.SPARE_PARTS else None
    known = archive.directory(*what), archive.archives(*what), archive.registered(*what)
    return Reference(*known, filing.config.limits, usage)


def _check_again(
    filing: Filing, kind: WorkbookKind, there: Set[Seen], known: Mapping[str, KnownWorkbook]
) -> list[Book]:
    """Read again what rests but was checked against something that changed, and count what truly rests.

    Returns the books that turned out not to be of the kind any more.
    """
    resting = [one for one in archive.workbooks(filing.connection, kind).values() if _was_at(one) in there]
    if not resting:
        return []
    against = fingerprint(kind, _reference(filing, kind), filing.today, filing.store.catalogue.origin)
    outdated = {one for one in resting if _must_be_checked_again(one, against, filing.today)}
    again = _read(filing, [FileState(*_was_at(one)) for one in resting if one in outdated], _silent)
    others: list[Book] = []
    while books := list(islice(again, GROUP)):
        _take_in_kind(filing, kind, [book for book in books if book.kind is kind], there, known)
        others += [book for book in books if book.kind is not kind]
    for one in resting:
        if one not in outdated and one.workbook_id not in filing.tally.rows:
            filing.tally.resting[one.workbook_id] = Counter(unchanged=one.rows - one.held, held=one.held)
    return others


def _silent(_done: int, _all: int) -> None:
    """Progress nobody watches."""


def _must_be_checked_again(one: KnownWorkbook, against: str, today: date) -> bool:
    return one.checked_against != against or (one.is_restless and one.checked_on != today)


def fingerprint(kind: WorkbookKind, reference: Reference, today: date, forms: str = "") -> str:
    """Everything besides the file that decides what a check of this kind of workbook says.

    ``forms`` is the origin of the catalogue in force.
    """
    parts: list[object] = [__version__, kind, forms]
    if kind is not WorkbookKind.STAFF:
        people = reference.people.people.values()
        parts += [sorted(map(repr, people)), sorted(one.number for one in people if not in_service(one, today))]
        parts += [reference.limits, reference.usage]
    if kind not in (WorkbookKind.STAFF, WorkbookKind.CALENDAR, WorkbookKind.ARCHIVE):
        parts.append(sorted((one.code, one.name) for one in reference.customers.values()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _settle(
    filing: Filing, books: Sequence[Book], left: Mapping[str, KnownWorkbook], known: Mapping[str, KnownWorkbook],
    people: Directory,
) -> list[Book]:
    """The books to take in, where several files claim to be the same workbook (decision 2).

    ``left`` are the workbooks whose files rest and are not read; the findings
    about files that are not taken in stand under their paths.
    """
    claimants: dict[str, list[Book]] = defaultdict(list)
    for book in books:
        claimants[book.workbook_id].append(book)
    chosen: list[Book] = []
    for workbook_id, rivals in claimants.items():
        resting = [_standing(left[workbook_id])] if workbook_id in left else []
        claims = [*resting, *(_claim(book) for book in rivals)]
        path, told = settle_claims(claims, _found_again(known.get(workbook_id), claims))
        chosen += [book for book in rivals if book.file == path]
        filing.tally.unreadable.update(book.file for book in rivals if book.file in told)
        if path is not None and path not in {claim.path for claim in resting}:
            filing.tally.unreadable.update(claim.path for claim in resting)
        former = known.get(workbook_id)
        owner = former.owner if former else _owner(_said(rivals[0]), people)
        findings.write(filing.connection, {file: [one._replace(owner=owner)] for file, one in told.items()})
    return chosen


def _standing(one: KnownWorkbook) -> Claim:
    return Claim(one.path, one.sha256, one.parent)


def _found_again(one: KnownWorkbook | None, claims: Sequence[Claim]) -> Claim | None:
    """The file that was accepted last: where it was, else where its unchanged content has moved to."""
    if one is None:
        return None
    there = [claim for claim in claims if claim.path == one.path]
    moved = [claim for claim in claims if claim.sha256 == one.sha256]
    return _standing(one) if there or not moved else moved[0]


def _claim(book: Book) -> Claim:
    return Claim(book.file, book.sha256, book.identity.parent if book.identity else "")


def _enter(
    filing: Filing, kind: WorkbookKind, checked: Sequence[Checked], against: str, people: Directory,
    entered: Set[str],
) -> None:
    ids = [one.book.workbook_id for one in checked if one.book.workbook_id in entered]
    known = archive.known_rows(filing.connection, filing.store.catalogue, ids)
    confirmed, new_id = findings.confirmed(filing.connection), _fresh_ids()
    taken = []
    for one in checked:
        standing = known.get(one.book.workbook_id, [])
        changes = consolidate(one, standing, confirmed, filing.store.catalogue, new_id)
        taken.append(_taken(changes, _governing(changes, standing), kind, against, people))
        filing.tally.rows[one.book.workbook_id] = Counter(
            accepted=changes.accepted, unchanged=changes.unchanged, held=len(changes.held), closed=changes.closed
        )
    archive.apply(filing.store, filing.connection, taken, filing.run, filing.now, filing.today)


def _fresh_ids() -> Callable[[], str]:
    """Ids that no other row has: a random beginning, then a number."""
    beginning, numbers = uuid4().hex[:24], count()
    return lambda: f"{beginning}{next(numbers):08x}"


Said: TypeAlias = Iterable[tuple[str, Mapping[str, Value]]]
"""Rows as their block and values."""


def _governing(changes: Changes, standing: Sequence[Known]) -> Said:
    """What the store will hold, then what the file says: a keeper who waits for confirmation is told nothing yet."""
    yield from ((one.block, one.values) for one in changes.revisions if one.action is not Action.CLOSE)
    revised = {revision.row_id for revision in changes.revisions}
    yield from ((one.block, one.values) for one in standing if one.is_open and one.row_id not in revised)
    yield from _said(changes.book)


def _said(book: Book) -> Said:
    return ((record.block, record.values) for record in book.records)


def _taken(changes: Changes, governing: Said, kind: WorkbookKind, against: str, people: Directory) -> Taken:
    owner = _owner(governing, people)
    told = tuple(finding._replace(customer=changes.customer, owner=owner) for finding in changes.findings)
    return Taken(replace(changes, findings=told), kind, owner, against, bool(told))


def _owner(said: Said, people: Directory) -> str:
    """The staff number of who keeps the workbook; empty when nobody is named who is known."""
    for block, values in said:
        if block in SUBJECT_OWNERS and (person := people.find(values[SUBJECT_OWNERS[block]])):
            return person.number
    return ""
