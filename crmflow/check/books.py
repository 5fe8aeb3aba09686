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
    faults = [[record.findings for record in book.records] for book in books]
    loose = [list(book.findings) for book in books]
    for which, position, finding in _broken(books, catalogue, reference, today):
        if position < 0:
            loose[which].append(finding)
        elif not _is_told(faults[which][position], finding):
            faults[which][position] += (finding,)
    return tuple(
        Checked(book, tuple(faults[which]), tuple(loose[which])) for which, book in enumerate(books)
    )


def _is_told(findings: Sequence[Finding], finding: Finding) -> bool:
    return any(told.field_id == finding.field_id for told in findings)


def _broken(
    books: Sequence[Book], catalogue: Catalogue, reference: Reference, today: date
) -> Iterator[tuple[int, int, Finding]]:
    views = [View(book, catalogue, reference, today) for book in books]
    yield from _by_schema(views, catalogue, today)
    for which, view in enumerate(views):
        for rule in RULES:
            for position, finding in rule(view):
                yield which, position, finding
    yield from _between_workbooks(views, reference)


def load_schema() -> Callable[[str, Block, Sequence[Record], date], Iterator[tuple[int, Finding]]]:
    """The schema check. pandera takes half a second to load, and a run that finds nothing changed never needs it."""
    from crmflow.check.schema import check_block  # noqa: PLC0415

    return check_block


def _by_schema(views: Sequence[View], catalogue: Catalogue, today: date) -> Iterator[tuple[int, int, Finding]]:
    check_block = load_schema()
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows: dict[str, list[Record]] = defaultdict(list)
    for which, view in enumerate(views):
        for name, found in view.blocks.items():
            places[name] += [(which, position) for position, _ in found]
            rows[name] += [record for _, record in found]
    for name, records in rows.items():
        for index, finding in check_block(name, catalogue.block(name), records, today):
            yield (*places[name][index], finding)


def _between_workbooks(views: Sequence[View], reference: Reference) -> Iterator[tuple[int, int, Finding]]:
    """CUSTOMER_DOUBLED, CREDIT_CODE_DOUBLED, PERSON_DOUBLED: the workbook that stands was first."""
    taken = dict(_standing(reference))
    for which, view in enumerate(views):
        own = view.book.workbook_id, view.book.file
        for position, record, field_id, code in _unique(view):
            if value := text_of(record.values[field_id]):
                owner, original = taken.setdefault((code, value), own)
                if owner != view.book.workbook_id:
                    yield which, position, at(record, field_id, code, value, original=original)


def _unique(view: View) -> Iterator[tuple[int, Record, str, str]]:
    """The cells of ``UNIQUE`` fields: row position, row, field and the code that says that it is doubled."""
    for name, fields in UNIQUE.items():
        for position, record in view.rows(name):
            yield from ((position, record, *field) for field in fields)


def _standing(reference: Reference) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The workbook and file that hold each value."""
    for archive in reference.customers.values():
        for code, value in (("CUSTOMER_DOUBLED", archive.code), ("CREDIT_CODE_DOUBLED", archive.credit_code)):
            if value:
                yield (code, value), (archive.workbook_id, archive.file)
    for number, place in reference.registered.items():
        yield ("PERSON_DOUBLED", number), place
