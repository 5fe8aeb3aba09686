"""The list that goes with a digest: a line for everything it tells, so that nothing is lost that it only counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crmflow.catalogue import Catalogue
from crmflow.config import Config
from crmflow.dates import WorkCalendar
from crmflow.declare import Kind
from crmflow.drafts import Listed, Situation, Urgency
from crmflow.gate import Gate
from crmflow.items import customer_name, due_of, place_in_mail, sentence_of
from crmflow.model import Attachment, Person, Value
from crmflow.texts import phrase, plain
from crmflow.workbook.locking import locked
from crmflow.workbook.table import Column, TableSheet, lines_of, tables

LONGEST = 1_000
"""Characters of a cell; Excel takes no more than 32,767."""
SENTENCE, SENTENCE_WIDTH = 3, 80
"""The column of what to do, and its width in characters."""
FILLS: Mapping[Urgency, str] = {
    **dict.fromkeys((Urgency.URGENT, Urgency.LATE, Urgency.PUSH), "#F8CBAD"),
    **dict.fromkeys((Urgency.TODAY, Urgency.MEND), "#FFE699"), Urgency.RESOLVED: "#E2EFDA",
}
"""The colour of a line's urgency."""


@dataclass(frozen=True, slots=True)
class Order:
    """A list that is wanted: for whom, of which day, of what; it opens with ``password``, if there is one.

    ``listed`` are the parts of ``Listed``.
    """

    reader: Person
    on: date
    listed: Sequence[tuple[Any, ...]]
    password: str = ""


def written(orders: Sequence[Order], gate: Gate, config: Config) -> list[Attachment]:
    """The lists; no name of a customer that is not for the reader's eyes leaves in one (A1)."""
    return [_written(order, gate, config.catalogue) for order in orders]


def _written(order: Order, gate: Gate, catalogue: Catalogue) -> Attachment:
    language = order.reader.language
    known = Situation(order.on, WorkCalendar(), 1, gate.directory, gate.customers, catalogue)
    rows = _calm(list(_rows(order, known)), order.reader, gate)
    lines = [lines_of(str(row[SENTENCE]), SENTENCE_WIDTH) for row in rows]
    sheet = TableSheet(phrase("todo.sheet", language), _columns(language), rows, frozen_columns=3, lines=lines)
    content = tables([sheet])
    name = f"{phrase('todo.sheet', language)} {order.on}.xlsx"
    return Attachment(name, locked(content, order.password) if order.password else content)


def _columns(language: str) -> tuple[Column, ...]:
    def titled(name: str, width: int, kind: Kind = Kind.TEXT, fills: Mapping[str, str] | None = None) -> Column:
        return Column(phrase(f"todo.{name}", language), width, kind, fills or {})

    fills = {phrase(f"todo.{urgency.name}", language): fill for urgency, fill in FILLS.items()}
    return (
        titled("urgency", 12, fills=fills), titled("due", 12, Kind.DATE), titled("customer", 26),
        titled("what", SENTENCE_WIDTH), titled("whose", 12), titled("rule", 7), titled("workbook", 42),
        titled("where", 18), titled("cell", 8), titled("told", 12),
    )


def _rows(order: Order, known: Situation) -> Iterator[tuple[Value, ...]]:
    """In the order of the mail: section by section, the most overdue first."""
    language = order.reader.language
    urgencies = {urgency: phrase(f"todo.{urgency.name}", language) for urgency in Urgency}
    told = {is_new: phrase("todo.new" if is_new else "todo.before", language) for is_new in (True, False)}
    listed = map(Listed._make, order.listed)
    for one in sorted(listed, key=lambda one: place_in_mail(one.fact, one.urgency, one.of)):
        where, due = one.fact.where, due_of(one.fact)
        yield (
            urgencies[one.urgency], due.date() if due else None, customer_name(one.fact.customer, known),
            _short(sentence_of(one.fact, one.urgency, order.reader, known)), one.of, one.rule, where.file, where.sheet,
            where.cell, told[one.is_new],
        )


def _short(text: str) -> str:
    line = plain(text)
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def _calm(rows: list[tuple[Value, ...]], reader: Person, gate: Gate) -> list[tuple[Value, ...]]:
    """The rows with other customers' names hidden that staff typed into free text."""
    said = {cell for cell in set().union(*rows) if isinstance(cell, str)}
    if not gate.named(reader, "\n".join(said)):
        return rows
    return [gate.hushed(reader, row) for row in rows]
