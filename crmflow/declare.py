"""What a form is made of: forms, blocks, fields, choices, row checks.

A form is declared once, in ``crmflow/forms``; the blank workbook, the parser,
the schema, the typed table, the master sheet and the documentation page all
follow from it. Nothing here knows of Excel or of a database. Two declarations
are the same only if they are one, so that what follows from one can be kept by it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from crmflow.model import Text, Value, WorkbookKind


class Kind(StrEnum):
    """What a cell holds, and thereby how it is read, shown and validated."""

    TEXT = "text"
    NOTE = "note"
    """A longer text that wraps."""
    CODE = "code"
    """A number that is a name (document no, customer code): text, leading zeros kept."""
    INTEGER = "integer"
    NUMBER = "number"
    YUAN = "yuan"
    """Money in 元."""
    WAN = "wan"
    """Money in 万元."""
    PERCENT = "percent"
    """A fraction 0–1, shown as per cent."""
    DATE = "date"
    MOMENT = "moment"
    """A date with its time of day."""
    MONTH = "month"
    """The first day of the month meant."""
    YEAR = "year"
    BIRTHDAY = "birthday"
    """Text ``MM-DD`` or ``YYYY-MM-DD``: day and month are enough."""
    YES_NO = "yes_no"
    CHOICE = "choice"
    """One of the field's choices; the value is the choice's id."""
    STAFF = "staff"
    """A person of F30, by name, number or ``name (number)``."""
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    CREDIT_CODE = "credit_code"
    """Unified social credit code, 18 characters, GB 32100."""


class Audience(StrEnum):
    """Section 8: whose eyes a field is for."""

    BUSINESS = "business"
    PERSONAL = "personal"
    """Personal data: masked for everybody who is not entitled to the customer (A3)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a closed list; ``aliases`` are other spellings that are read as this one."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One column of a table or one box of a card.

    ``minimum`` and ``maximum`` are in the field's unit, both included.
    ``formula`` names the two fields of the same block whose product the cell
    must hold; such a cell is locked and recomputed by the engine.
    ``past`` refuses days after today. ``in_block`` names ``block.field`` whose
    values this field must repeat. ``width`` is in characters of Excel's default font.
    ``since`` is the form's version that brought the field: older workbooks need not have it.
    """

    id: str
    label: Text
    kind: Kind
    help: Text
    example: str | Text
    required: bool = False
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    formula: tuple[str, str] | None = None
    past: bool = False
    in_block: str = ""
    audience: Audience = Audience.BUSINESS
    aliases: tuple[str, ...] = ()
    width: int = 14
    since: int = 1


Values: TypeAlias = Mapping[str, Value]
Roles: TypeAlias = tuple[str, ...]
"""Roles of F30, any of which will do."""

KEEPERS: Mapping[WorkbookKind, Roles] = {
    WorkbookKind.STAFF: ("information_administrator",),
    WorkbookKind.CALENDAR: ("information_administrator",),
    WorkbookKind.ARCHIVE: ("account_manager",),
    WorkbookKind.MONTHLY: ("account_manager",),
    WorkbookKind.ADMISSION: ("account_manager",),
    WorkbookKind.RECEPTION: ("account_manager",),
    WorkbookKind.EXPENSES: ("sales_staff",),
    WorkbookKind.BORROWING: ("information_administrator",),
    WorkbookKind.TRAINING: ("information_administrator",),
    WorkbookKind.SUGGESTIONS: ("information_administrator",),
    WorkbookKind.TARGETS: ("department_head",),
    WorkbookKind.DISTRIBUTORS: ("sales_staff",),
    WorkbookKind.SPARE_PARTS: ("responsible_party",),
    WorkbookKind.INCIDENTS: ("information_administrator",),
}
"""Who keeps a workbook and fills in its forms, where neither form nor block says otherwise (section 2)."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A rule over the values of one row; ``passes`` is a pure function of them.

    ``field_id`` is the cell the finding points at, ``code`` names its sentence,
    ``facts`` fills it. A check runs only when all of ``needs`` hold a value
    and none of ``reads`` holds something that could not be read.
    """

    code: str
    field_id: str
    passes: Callable[[Values], bool]
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    facts: Mapping[str, str | Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Highlight:
    """Rows that colour themselves in front of whoever fills them in: red once ``due`` has passed, amber ahead of it.

    ``due`` names a date; the row is settled, and plain, once the field ``done``
    is filled or ``settled`` (a choice and some of its ids) holds. ``ahead`` is
    in days and decides colours only, no duty.
    """

    due: str
    ahead: int
    done: str = ""
    settled: tuple[str, tuple[str, ...]] = ("", ())


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A block of label–value pairs: one record.

    ``carried`` are the fields that the next period's form takes over,
    ``blank_on_verify`` those that whoever verifies the workbook fills in anew,
    ``filled_by`` those that others than the form's keeper fill in.
    """

    id: str
    title: Text
    fields: tuple[Field, ...]
    checks: tuple[RowCheck, ...] = ()
    carried: tuple[str, ...] = ()
    blank_on_verify: tuple[str, ...] = ()
    filled_by: Mapping[Roles, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A block with a header row: one record a row, matched between two readings by ``key``.

    ``carry`` tells the rows that are still open and go into the next period's
    form; without it the table starts empty. ``blank_on_verify`` and
    ``filled_by`` as in ``Card``.
    """

    id: str
    title: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    checks: tuple[RowCheck, ...] = ()
    blank_rows: int = 30
    highlight: Highlight | None = None
    carry: Callable[[Values], bool] | None = None
    blank_on_verify: tuple[str, ...] = ()
    filled_by: Mapping[Roles, tuple[str, ...]] = field(default_factory=dict)


Block: TypeAlias = Card | Table


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One prescribed form: a sheet of a workbook of its ``kind``.

    ``id`` is the regulation's (F8), ``title`` what stands on the paper form,
    ``sheet`` the tab's name, ``note`` the filling note 填表说明.
    ``period_field`` (``plan.year``) names the card and field that say which
    year or month a periodic form is for: rows of another period are other rows.
    An ``optional`` form is for those who need it: nobody misses its sheet.
    ``filled_by`` are those who fill it in, where it is not the workbook's keeper.
    """

    id: str
    title: Text
    sheet: Text
    kind: WorkbookKind
    note: Text
    blocks: tuple[Block, ...]
    source: str
    period_field: str = ""
    version: int = 1
    landscape: bool = True
    optional: bool = False
    filled_by: Roles = ()


def fillers(form: Form, block: Block, field: Field) -> Roles:
    """Who fills in the field, by role; nobody where it is worked out."""
    if field.formula:
        return ()
    others = (roles for roles, fields in block.filled_by.items() if field.id in fields)
    return next(others, keepers(form))


def keepers(form: Form) -> Roles:
    """Who fills in the form, by role, but for some fields."""
    return form.filled_by or KEEPERS[form.kind]


def longest(field: Field) -> int:
    """How many characters a field takes."""
    return 4000 if field.kind is Kind.NOTE else 255


def block_id(form: Form, block: Block) -> str:
    """The name of a record type, such as ``F8.projects``."""
    return f"{form.id}.{block.id}"


def blocks_of(forms: tuple[Form, ...]) -> Iterator[tuple[str, Form, Block]]:
    """Every block of the forms with its name, in order."""
    for form in forms:
        for block in form.blocks:
            yield block_id(form, block), form, block


def key_fields(block: Block) -> tuple[str, ...]:
    """The fields that name a row of the block; a card has one row and needs none."""
    return block.key if isinstance(block, Table) else ()
