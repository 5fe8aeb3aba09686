"""What the rules look at: the rows of one workbook, with what they are checked against."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.model import Book, Finding, Person, Record, Text, Value, Where, WorkbookKind
from crmflow.people import Directory


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that stands: its workbook, code, name, credit code and the file it was accepted from."""

    workbook_id: str
    code: str
    name: str
    credit_code: str
    file: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The company's numbers and standards from ``config.yaml`` that rules over rows rest on; without them none apply.

    ``expenses`` is the most of one application in 元 by its kind (X2);
    ``rates`` are fractions by product ledger, ``rate`` is for all others (X7).
    ``reception`` tells by tier and rank what each field of F32 may hold: roles
    for people, choice ids else (N2). ``low_score`` is the overall satisfaction
    from which downwards a measure is due (D13).
    """

    expenses: Mapping[str, float] = dataclasses.field(default_factory=dict)
    rate: float | None = None
    rates: Mapping[str, float] = dataclasses.field(default_factory=dict)
    reception: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = dataclasses.field(default_factory=dict)
    low_score: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How many of a spare part a service ticket used, and when (S5)."""

    part: str
    on: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What a workbook is checked against: who works here, which archives there are, what the company allows.

    ``customers`` are by code; ``registered`` gives the workbook id and the file in which a staff number
    stands; ``usage`` is what all service tickets used, None where that is not known.
    """

    people: Directory
    customers: Mapping[str, Archive]
    registered: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    limits: Limits = Limits()
    usage: tuple[Usage, ...] | None = None


@dataclass(frozen=True)
class View:
    """A workbook's rows by block, with what they are checked against."""

    book: Book
    catalogue: Catalogue
    reference: Reference
    today: date

    @cached_property
    def blocks(self) -> Mapping[str, list[tuple[int, Record]]]:
        """Each block's rows with their positions in the book."""
        rows: dict[str, list[tuple[int, Record]]] = defaultdict(list)
        for position, record in enumerate(self.book.records):
            rows[record.block].append((position, record))
        return rows

    def rows(self, block: str) -> Sequence[tuple[int, Record]]:
        """The rows of one block with their positions."""
        return self.blocks.get(block, ())

    @cached_property
    def people(self) -> Directory:
        """Everybody a name may mean; the staff register is checked against itself."""
        if self.book.kind is WorkbookKind.STAFF:
            return Directory.of(person_of(record.values) for _, record in self.blocks["F30.people"])
        return self.reference.people


Broken: TypeAlias = Iterator[tuple[int, Finding]]
"""Row positions with their findings; -1 for a finding about no one row."""
RowRule: TypeAlias = Callable[[View], Broken]

def person_of(values: Mapping[str, Value]) -> Person:
    """A row of F30 as a person."""

    def text(name: str) -> str:
        value = values.get(name)
        return value if isinstance(value, str) else ""

    def day(name: str) -> date | None:
        value = values.get(name)
        return value if isinstance(value, date) else None

    return Person(
        number=text("number"), name=text("name"), role=text("role"), superior=text("superior"),
        department=text("department"), region=text("region"), email=text("email"), language=text("language") or "zh",
        entered_on=day("entered_on"), left_on=day("left_on"),
        leave_from=day("leave_from"), leave_until=day("leave_until"),
        deputy=text("deputy"),
    )


def at(record: Record, field_id: str, code: str, value: str = "", **facts: str | Text) -> Finding:
    """A finding at a field of a row; at the sheet when the field has no column there."""
    cell = record.placement.cells.get(field_id, "")
    where = Where(record.placement.file, record.placement.sheet, f"{cell}{record.row}" if cell and record.row else cell)
    return Finding(code, where, value, record.block, field_id, facts)


def text_of(value: Value) -> str:
    """A value as text; nothing for an empty one."""
    return "" if value is None else str(value)


def shown(value: Value) -> str:
    """A value as its cell shows it: amounts without needless decimals."""
    if isinstance(value, float):
        return f"{value:.2f}".removesuffix(".00")
    return text_of(value)
