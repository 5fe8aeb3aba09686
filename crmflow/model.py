"""The central values of crmflow: frozen, without behaviour.

Cells hold wall time of the company's zone, so every ``date`` and ``datetime``
below is naive local time unless its docstring says UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

Value: TypeAlias = str | int | float | bool | date | datetime | None
"""What a cell holds once it has been read: money in the unit its field declares, percent as a fraction."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of users' text in both languages."""

    zh: str
    en: str


class Severity(StrEnum):
    """An error keeps its row out of the store; a warning only tells."""

    ERROR = "error"
    WARNING = "warning"


class Where(NamedTuple):
    """A place in a staff file: path relative to the workbooks folder, sheet, cell such as ``B7``."""

    file: str
    sheet: str = ""
    cell: str = ""


class Finding(NamedTuple):
    """Something staff can mend, with its place; ``codes.describe`` turns it into a sentence.

    ``facts`` fills the placeholders of the code's sentence. ``customer`` is the
    customer code whose archive it concerns and ``owner`` the staff number of
    who must mend it; both are empty where nobody is known. ``row_key`` is the
    key of its row as text, by which it stays the same finding when rows move.
    """

    code: str
    where: Where
    value: str = ""
    block: str = ""
    field_id: str = ""
    facts: Mapping[str, str | Text] = {}
    customer: str = ""
    owner: str = ""
    row_key: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a block's fields stand in one sheet.

    ``cells`` maps a field id to a column letter for a table, to a full
    address for a card.
    """

    file: str
    sheet: str
    cells: Mapping[str, str]


class Record(NamedTuple):
    """One row of a table, or one card, as staff wrote it.

    ``values`` has every field of the block (None when empty); ``unread`` keeps
    the text of cells that could not be read; ``row`` is 0 for a card;
    ``period`` is the year or month of a periodic form (``2026``, ``2026-07``);
    ``findings`` are those of the reading, the checks' come later.
    """

    block: str
    values: Mapping[str, Value]
    placement: Placement
    row: int = 0
    period: str = ""
    findings: tuple[Finding, ...] = ()
    unread: Mapping[str, str] = {}


class WorkbookKind(StrEnum):
    """The workbooks of section 2 of the regulation; every register is one."""

    STAFF = "staff"
    CALENDAR = "calendar"
    ARCHIVE = "archive"
    MONTHLY = "monthly"
    ADMISSION = "admission"
    RECEPTION = "reception"
    EXPENSES = "expenses"
    BORROWING = "borrowing"
    TRAINING = "training"
    SUGGESTIONS = "suggestions"
    TARGETS = "targets"
    DISTRIBUTORS = "distributors"
    SPARE_PARTS = "spare_parts"
    INCIDENTS = "incidents"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a workbook says of itself in its hidden sheet.

    ``parent`` is the sha256 of the file it was made from, empty for a blank one.
    """

    workbook_id: str
    kind: WorkbookKind
    language: str
    serial: int
    parent: str
    forms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FileState:
    """What the scan saw of a file: path relative to the workbooks folder, size in bytes, mtime in ns."""

    path: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook, read: every row seen, and what was found outside the rows."""

    state: FileState
    sha256: str
    kind: WorkbookKind | None
    identity: Identity | None
    records: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = ()
    absent: frozenset[str] = frozenset()
    """Blocks whose sheet or headings are not there: their rows are not closed."""

    workbook_id: str = ""
    """Its own id; without an identity sheet, what it is about, so that a moved file keeps its rows."""

    @property
    def file(self) -> str:
        return self.state.path


class Accepted(NamedTuple):
    """A row the store holds as true, with the place it was last seen at; ``stale`` when the file now says otherwise."""

    row_id: str
    block: str
    customer: str
    values: Mapping[str, Value]
    where: Where
    period: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One row of F30; ``superior`` and ``deputy`` are as written there."""

    number: str
    name: str
    role: str
    superior: str = ""
    department: str = ""
    region: str = ""
    email: str = ""
    language: str = "zh"
    entered_on: date | None = None
    left_on: date | None = None
    leave_from: date | None = None
    leave_until: date | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or word that a grade rests on; ``value`` None means it is not known, and ``why`` says so.

    Money is in 元, rates are fractions, spans are days.
    """

    metric: str
    value: float | str | None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A customer's grade under one scheme; ``tier`` is empty when it cannot be graded."""

    customer: str
    scheme: str
    tier: str
    label: Text
    rule: Text
    figures: tuple[Figure, ...]
    raised_by: tuple[Text, ...] = ()
    lowered_by: tuple[Text, ...] = ()


class Stage(IntEnum):
    """How far a duty has come, each mailed once. COPIED: the superior knows; ESCALATED: they are asked to act."""

    LATER = 0
    AHEAD = 1
    DUE = 2
    OVERDUE = 3
    COPIED = 4
    ESCALATED = 5
    AT_HEAD = 6
    AT_EXECUTIVE = 7


class Expectation(NamedTuple):
    """What a rule asks of a person for one period, met or not (decision 9).

    ``owner`` is the staff number of who answers for it, leave not looked at.
    ``due`` is a day, until whose end there is time, or a moment of local time.
    ``ahead`` says how long before it is announced, once or several times, in
    the unit of the rule's pace. ``met_on`` is the typed day or moment of the
    evidence, None while there is none, and ``evidence`` the id of its row;
    ``last`` is the day of the newest evidence of any period. ``where`` is the
    form or the very cell that takes it. After the day ``until`` it is no
    longer asked for: a visit of two quarters ago cannot be made up.
    ``subject`` names what it is about within the customer, ``period`` the span
    it belongs to, ``facts`` fill the rule's sentence while it is not met. ``exempt`` is the reason
    why it need not be met (F41a); ``error_since`` the day on which a row that
    would be its evidence was first seen to be kept out with errors.
    """

    rule: str
    customer: str
    subject: str
    period: str
    owner: str
    due: date | datetime
    where: Where
    facts: Mapping[str, str | Text]
    ahead: tuple[int, ...] = ()
    met_on: date | datetime | None = None
    evidence: str = ""
    last: date | None = None
    until: date | None = None
    exempt: str = ""
    error_since: date | None = None


class Duty(NamedTuple):
    """Something a person must do, worked out from a rule.

    ``subject`` names what it is about within the customer (a row id, a month);
    ``due_at`` is local time, and ``period`` the span it belongs to, such as
    ``2026Q3``. ``where`` is the form or the very cell that takes the evidence,
    ``last_evidence`` the day of the last one, ``next_change_at`` the moment the
    stage will move on. ``facts`` fills the rule's sentence. ``stands_in_for``
    is the staff number of whose duty it is, where ``owner`` acts for somebody
    who is away; else it is empty.
    """

    rule: str
    customer: str
    subject: str
    period: str
    owner: str
    due_at: datetime
    stage: Stage
    where: Where
    last_evidence: date | None = None
    next_change_at: datetime | None = None
    facts: Mapping[str, str | Text] = MappingProxyType({})
    urgent: bool = False
    """It reaches its people at the next tick rather than with the digest."""
    announced: int = 0
    """Which of several announcements it stands at, as ``period`` then says too at its end; else 0."""
    stands_in_for: str = ""


class Notice(NamedTuple):
    """The unit of telling: unique, so that raising it twice is harmless (decision 10)."""

    kind: str
    rule: str
    subject: str
    period: str
    stage: int
    recipient: str


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture inside a mail, shown by its content id."""

    content_id: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person; ``recipient`` is a staff number, ``name`` the person's, ``address`` where it goes.

    ``customers`` are codes, for the access log (A4); ``kind`` decides who sends it, ``thread`` what stays together.
    """

    recipient: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    notices: tuple[Notice, ...]
    customers: tuple[str, ...] = ()
    inlines: tuple[Inline, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    kind: str = ""
    thread: str = ""
