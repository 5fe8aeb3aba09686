"""The mapping file: what a company's own lists mean in our forms.

``examples/maven/mapping.yaml`` shows every kind of statement, with comments.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, Field, PositiveFloat, model_validator
from pydantic_core import PydanticCustomError

from crmflow.settings import Language, Name, Section, Settings, read

Scalar: TypeAlias = bool | int | float | date | str
ORIGINS = ("column", "constant", "template", "decision")


def _words(raw: object) -> object:
    """YAML reads ``Won`` as text and ``1`` as a number, but a list of a company holds text."""
    return tuple(str(word) for word in raw) if isinstance(raw, list) else raw


Words: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_words)]
Where: TypeAlias = Mapping[str, Words]
"""Column → the values of which it must hold one."""


class Source(Section):
    """A list the company has: a CSV or Excel file, or a few rows written in the mapping itself."""

    file: str = ""
    sheet: str = ""
    """Sheet of an Excel file; empty for its first."""
    encoding: str = ""
    """Of a CSV file; empty to recognise UTF-8 and GB 18030."""
    rows: tuple[Mapping[str, Scalar], ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        return _exactly_one(self, ("file", "rows"))


class Customers(Section):
    """The source whose rows are the customers, and how the other sources name them."""

    source: str
    name: str
    """The column that the other sources repeat."""
    aliases: Mapping[str, str] = {}
    """Other spelling → the name in the customers' source."""
    path: str
    """Where an archive goes below the workbooks folder, from the fields of F0.cover."""


class Staff(Section):
    """Where the staff register goes below the workbooks folder."""

    path: str


class Decision(Section):
    """One person or word for a customer of whom the lists name several: the one with most rows.

    Among equals the larger sum of ``then_largest``, then the first by name.
    """

    source: str
    customer: str
    choose: str
    where: Where = Field(default={})
    then_largest: str = ""


class Money(Section):
    """What one unit of a money column is: ``times`` units of ``currency``."""

    currency: str
    times: PositiveFloat = 1


class Lookup(Section):
    """The column ``value`` of the row of another source whose ``key`` the cell holds."""

    source: str
    key: str
    value: str


class Rule(Section):
    """Where a field's value comes from, and what is done to it, in this order:
    ``table``, ``lookup``, ``date`` or ``money``, ``prefix``."""

    column: str = ""
    constant: Scalar | None = None
    template: str = ""
    """Text with ``{column}``, ``{column:slug}``, ``{column:or none}`` or the row's ordinal ``{n}``."""
    decision: str = ""
    table: str | Mapping[str, Scalar] = {}
    """Value → what stands for it; a name means one of ``tables``. Other values stay as they are.
    With ``template`` it is the cells in it that are translated."""
    lookup: Lookup | None = None
    date: str = ""
    """How the column writes dates, such as ``%d/%m/%Y``; empty for year-month-day."""
    money: Money | None = None
    prefix: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        """A bare word is the name of a column."""
        return {"column": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        return _exactly_one(self, ORIGINS)


class Feed(Section):
    """Rows of one source that become rows of one block."""

    source: str
    customer: str = ""
    """The column that names the customer; empty for the staff register."""
    where: Where = Field(default={})
    distinct: Words = ()
    """Columns: rows that agree in them become one row, and ``{n}`` counts those."""
    fields: Mapping[str, Rule]
    left_empty: tuple[str, ...] = ()
    """Required fields for which the company has no source and must supply the value in the archive."""


class LeftOut(Section):
    """Rows that are left out on purpose, and why."""

    source: str
    where: Where = Field(default={})
    reason: Name


class ImportMapping(Section):
    """The whole mapping file."""

    language: Language = "zh"
    sources: Mapping[str, Source]
    currencies: Mapping[str, PositiveFloat] = {}
    """Currency → 元 for one unit."""
    tables: Mapping[str, Mapping[str, Scalar]] = {}
    customers: Customers
    staff: Staff
    decisions: Mapping[str, Decision] = {}
    blocks: Mapping[str, tuple[Feed, ...]] = Field(min_length=1)
    left_out: tuple[LeftOut, ...] = ()

    def table(self, rule: Rule) -> Mapping[str, Scalar]:
        """The value table of a rule."""
        return self.tables.get(rule.table, {}) if isinstance(rule.table, str) else rule.table


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns of the source that a rule reads."""
    return (rule.column,) if rule.column else tuple(name for name in names_in(rule.template) if name != "n")


def names_in(template: str) -> tuple[str, ...]:
    """The names between the braces of a template; raises ValueError when it is malformed."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def load_mapping(path: Path) -> ImportMapping:
    """Read a mapping file; raises ConfigError with file, line and key of each mistake."""
    return read(path, ImportMapping)


def _exactly_one(model: Settings, names: tuple[str, ...]) -> Settings:
    given = [name for name in names if getattr(model, name) not in ("", (), None)]
    if len(given) != 1:
        raise PydanticCustomError("crmflow", "{allowed}", {"allowed": "exactly_one_of:" + "、".join(names)})
    return model
