"""The checks in order: schema of every block over all workbooks at once, rules a workbook, then between archives."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crmflow.catalogue import Catalogue
from crmflow.check.rules import RULES, Reference, View, at, text_of
from crmflow.codes import severity
from crmflow.declare import Block
from crmflow.model import Book, Finding, Record, Severity

UNIQUE = {
    "F0.cover": (("code", "CUSTOMER_DOUBLED"), ("credit_code", "CREDIT_CODE_DOUBLED")),
    "F30.people": (("number", "PERSON_DOUBLED"),),
}
"""Fields that no two workbooks may share, with the code that says so."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A workbook with its findings: ``faults`` those of each row, in the records' order; ``findings`` the others."""

    book: Book
    faults: tuple[tuple[Finding, ...], ...]
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> Iterator[Finding]:
        yield from self.findings
        for faults in self.faults:
            yield from faults


def has_error(findings: Sequence[Finding]) -> bool:
    """Whether any of them keeps its row out of the store."""
    return any(severity(finding) is Severity.ERROR for finding in findings)


def worst(findings: Iterable[Finding]) -> Mapping[Severity, int]:
    """How many findings there are of each severity."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[severity(finding)] += 1
    return counts


def check_books(
    books: Sequence[Book], catalogue: Catalogue, reference: Reference, today: date
) -> tuple[Checked, ...]:
    """Check workbooks; a cell is reported once, by the first check that objects to it."""
    faults = [[list(record.findings) for record in book.records] for book in books]
    loose: list[list[Finding]] = [list(book.findings) for book in books]
    for which, position, finding in _broken(books, catalogue, reference, today):
        if position < 0:
            loose[which].append(finding)
        elif not _is_told(faults[which][position], finding):
            faults[which][position].append(finding)
    return tuple(
        Checked(book, tuple(tuple(row) for row in faults[which]), tuple(loose[which]))
        for which, book in enumerate(books)
    )


def _is_told(findings: Sequence[Finding], finding: Finding) -> bool:
    return any(told.field_id == finding.field_id for told in findings)


def _broken(
    books: Sequence[Book], catalogue: Catalogue, reference: Reference, today: date
) -> Iterator[tuple[int, int, Finding]]:
    yield from _by_schema(books, catalogue, today)
    for which, book in enumerate(books):
        view = View(book, catalogue, reference, today)
        for rule in RULES:
            for position, finding in rule(view):
                yield which, position, finding
    yield from _between_workbooks(books, reference)


def load_schema() -> Callable[[str, Block, Sequence[Record], date], Iterator[tuple[int, Finding]]]:
    """The schema check. pandera takes half a second to load, and a run that finds nothing changed never needs it."""
    from crmflow.check.schema import check_block  # noqa: PLC0415

    return check_block


def _by_schema(books: Sequence[Book], catalogue: Catalogue, today: date) -> Iterator[tuple[int, int, Finding]]:
    check_block = load_schema()
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows: dict[str, list[Record]] = defaultdict(list)
    for which, book in enumerate(books):
        for position, record in enumerate(book.records):
            places[record.block].append((which, position))
            rows[record.block].append(record)
    for name, records in rows.items():
        for index, finding in check_block(name, catalogue.block(name), records, today):
            yield (*places[name][index], finding)


def _between_workbooks(books: Sequence[Book], reference: Reference) -> Iterator[tuple[int, int, Finding]]:
    """CUSTOMER_DOUBLED, CREDIT_CODE_DOUBLED, PERSON_DOUBLED: the workbook that stands was first."""
    taken = dict(_standing(reference))
    for which, book in enumerate(books):
        for position, record in enumerate(book.records):
            for field_id, code in UNIQUE.get(record.block, ()):
                if value := text_of(record.values[field_id]):
                    owner, original = taken.setdefault((code, value), (book.workbook_id, book.file))
                    if owner != book.workbook_id:
                        yield which, position, at(record, field_id, code, value, original=original)


def _standing(reference: Reference) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The workbook and file that hold each value."""
    for archive in reference.customers.values():
        for code, value in (("CUSTOMER_DOUBLED", archive.code), ("CREDIT_CODE_DOUBLED", archive.credit_code)):
            if value:
                yield (code, value), (archive.workbook_id, archive.file)
    for number, place in reference.registered.items():
        yield ("PERSON_DOUBLED", number), place
