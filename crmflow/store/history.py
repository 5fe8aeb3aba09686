"""History, the state as it stood, and what a customer's rows went through: queries over the revisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from crmflow.catalogue import Catalogue
from crmflow.model import Accepted, Value, Where
from crmflow.store.codec import load_values
from crmflow.store.tables import POSITION, REVISION, WORKBOOK


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision: what became of a row, when (UTC) and in which run; ``path`` and ``row`` are where it stands now."""

    row_id: str
    block: str
    period: str
    action: str
    values: Mapping[str, Value]
    accepted_at: datetime
    run: int
    path: str
    sheet: str
    row: int


_ENTRY = (
    select(
        REVISION.c.row_id, REVISION.c.block, REVISION.c.period, REVISION.c.action, REVISION.c["values"],
        REVISION.c.accepted_at, REVISION.c.run, WORKBOOK.c.path, POSITION.c.sheet, POSITION.c.row,
    )
    .join(POSITION, POSITION.c.row_id == REVISION.c.row_id)
    .join(WORKBOOK, WORKBOOK.c.workbook_id == REVISION.c.workbook_id)
)


def revisions(connection: Connection, catalogue: Catalogue, customer: str, block: str = "") -> tuple[Entry, ...]:
    """Every revision of a customer's rows, oldest first."""
    query = _ENTRY.where(REVISION.c.customer == customer).order_by(REVISION.c.id)
    return _entries(connection, catalogue, query.where(REVISION.c.block == block) if block else query)


def as_of(
    connection: Connection, catalogue: Catalogue, customer: str, moment: datetime, block: str = ""
) -> tuple[Entry, ...]:
    """A customer's rows as they stood at ``moment`` (aware)."""
    newest = (
        select(func.max(REVISION.c.id))
        .where(REVISION.c.accepted_at <= moment)
        .group_by(REVISION.c.row_id)
    )
    query = _ENTRY.where(REVISION.c.id.in_(newest), REVISION.c.customer == customer, REVISION.c.action != "close")
    query = query.order_by(REVISION.c.block, POSITION.c.row, REVISION.c.row_id)
    return _entries(connection, catalogue, query.where(REVISION.c.block == block) if block else query)


def rows_at(
    connection: Connection, catalogue: Catalogue, blocks: Iterable[str], moment: datetime
) -> Mapping[str, tuple[Accepted, ...]]:
    """The accepted rows of some blocks of all customers as they stood at ``moment`` (aware)."""
    found: dict[str, list[Accepted]] = {name: [] for name in blocks if name in catalogue.blocks}
    newest = (
        select(func.max(REVISION.c.id)).where(REVISION.c.accepted_at <= moment, REVISION.c.block.in_(found))
        .group_by(REVISION.c.row_id)
    )
    columns = REVISION.c.row_id, REVISION.c.block, REVISION.c.customer, REVISION.c["values"], REVISION.c.period
    query = select(*columns).where(REVISION.c.id.in_(newest), REVISION.c.action != "close").order_by(REVISION.c.id)
    for row_id, block, customer, values, period in connection.execute(query):
        typed = load_values(values, catalogue.block(block))
        found[block].append(Accepted(row_id, block, customer, typed, Where(""), period))
    return {name: tuple(rows) for name, rows in found.items()}


def _entries(connection: Connection, catalogue: Catalogue, query: Select[Any]) -> tuple[Entry, ...]:
    return tuple(
        Entry(row[0], row[1], row[2], row[3], load_values(row[4], catalogue.block(row[1])), *row[5:])
        for row in connection.execute(query)
        if row[1] in catalogue.blocks
    )
