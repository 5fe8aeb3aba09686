"""The typed current tables: one a block, derived from the revisions, and rebuilt whenever a declaration changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    MetaData,
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.types import TypeEngine

from crmflow.catalogue import Catalogue
from crmflow.declare import Block, Kind
from crmflow.model import Accepted, Value, Where
from crmflow.store.base import insert_columns
from crmflow.store.codec import load_values
from crmflow.store.tables import META, POSITION, REVISION, WORKBOOK

_TYPES: Mapping[Kind, type[TypeEngine[Any]]] = {
    Kind.INTEGER: BigInteger, Kind.YEAR: BigInteger,
    Kind.NUMBER: Float, Kind.YUAN: Float, Kind.WAN: Float, Kind.PERCENT: Float,
    Kind.DATE: Date, Kind.MONTH: Date, Kind.MOMENT: DateTime, Kind.YES_NO: Boolean,
}
_SHARED = frozenset({str, date})
"""What many rows say alike; of numbers 1 would pass for True."""
FETCHED_AT_ONCE = 2_000
"""Rows: one by one they take twice as long, all at once their memory is needed twice."""
OWN_COLUMNS = ("row_id", "workbook_id", "customer", "period")


def tables(catalogue: Catalogue) -> Mapping[str, Table]:
    """The current table of every block, named like ``current_f8_projects``."""
    metadata = MetaData()
    return {name: _table(name, block, metadata) for name, block in catalogue.blocks.items()}


def _table(name: str, block: Block, metadata: MetaData) -> Table:
    return Table(
        f"current_{name.replace('.', '_').lower()}", metadata,
        Column("row_id", String(32), primary_key=True),
        Column("workbook_id", String(200), nullable=False),
        Column("customer", String(100), nullable=False),
        Column("period", String(10), nullable=False),
        *(Column(f"v_{field.id}", _TYPES.get(field.kind, Text)) for field in block.fields),
    )


def prepare(connection: Connection, catalogue: Catalogue) -> Mapping[str, Table]:
    """Make the current tables; those whose declaration changed are filled anew from the revisions."""
    made = tables(catalogue)
    names = select(META.c.name, META.c.value).where(META.c.name.in_([table.name for table in made.values()]))
    declared = {row.name: row.value for row in connection.execute(names)}
    for name, table in made.items():
        declaration = " ".join(f"{field.id}:{field.kind}" for field in catalogue.block(name).fields)
        if declared.get(table.name) != declaration:
            table.drop(connection, checkfirst=True)
            table.create(connection)
            _fill(connection, name, table, catalogue.block(name))
            connection.execute(delete(META).where(META.c.name == table.name))
            connection.execute(insert(META), {"name": table.name, "value": declaration})
    return made


def _fill(connection: Connection, name: str, table: Table, block: Block) -> None:
    open_rows = select(REVISION).join(POSITION, POSITION.c.revision == REVISION.c.id).where(
        REVISION.c.block == name, POSITION.c.is_open
    )
    put(connection, table, block, (), [
        (row.row_id, row.workbook_id, row.customer, row.period, load_values(row._mapping["values"], block))
        for row in connection.execute(open_rows)
    ])


Entry: TypeAlias = tuple[str, str, str, str, Mapping[str, Value]]
"""A row's id, workbook, customer and period, and its values."""


def put(
    connection: Connection, table: Table, block: Block, gone: Sequence[str], entries: Sequence[Entry]
) -> None:
    """Take rows out of a block's current table, then put others in."""
    if gone:
        connection.execute(table.delete().where(table.c.row_id == bindparam("gone")), [{"gone": one} for one in gone])
    if entries:
        *own, values = zip(*entries, strict=True)
        columns = {f"v_{field.id}": tuple(map(itemgetter(field.id), values)) for field in block.fields}
        # sqlite3 takes longer to bind nothing than something, and many columns are empty in all rows.
        filled = {name: cells for name, cells in columns.items() if any(cell is not None for cell in cells)}
        insert_columns(connection, table, dict(zip(OWN_COLUMNS, own, strict=True)) | filled)


def accepted(
    connection: Connection, made: Mapping[str, Table], catalogue: Catalogue, blocks: Iterable[str],
    fields: Mapping[str, Set[str]],
) -> Mapping[str, tuple[Accepted, ...]]:
    """The open rows of some blocks with the places they were last seen at, in a steady order; none of hidden forms.

    Of a block that ``fields`` names they have only these fields.
    """
    asked = {
        name: [field.id for field in catalogue.block(name).fields if field.id in fields.get(name, {field.id})]
        for name in made
    }
    return {name: _accepted(connection, name, made[name], asked[name]) if name in made else () for name in blocks}


def listed(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The open rows of a block one by one: customer, period, whether stale, file, sheet, cell, values."""
    cells = (column for column in table.c if column.name.startswith("v_"))
    where = POSITION.c.stale, WORKBOOK.c.path, POSITION.c.sheet, POSITION.c.row
    found = connection.execute(_standing(select(table.c.customer, table.c.period, *where, *cells), table))
    for portion in found.partitions(FETCHED_AT_ONCE):
        for customer, period, stale, file, sheet, row, *values in portion:
            yield customer, period, stale, file, sheet, _cell(row), *values


def _standing(chosen: Select[Any], table: Table) -> Select[Any]:
    """What is chosen of a block's open rows and their places, in a steady order."""
    return (
        chosen.join(POSITION, POSITION.c.row_id == table.c.row_id)
        .join(WORKBOOK, WORKBOOK.c.workbook_id == table.c.workbook_id)
        .order_by(WORKBOOK.c.path, POSITION.c.row, table.c.row_id)
    )


def _accepted(connection: Connection, name: str, table: Table, fields: Sequence[str]) -> tuple[Accepted, ...]:
    columns = (table.c[f"v_{field}"] for field in fields)
    where = POSITION.c.stale, POSITION.c.sheet, POSITION.c.row, WORKBOOK.c.path
    rows = connection.execute(
        _standing(select(table.c.row_id, table.c.customer, table.c.period, *where, *columns), table)
    )
    # The database gives the same words and days anew in every row.
    same: dict[Any, Any] = {}
    once = same.setdefault
    return tuple(
        Accepted(
            row_id, name, once(customer, customer),
            dict(zip(fields, [once(one, one) if type(one) in _SHARED else one for one in values], strict=True)),
            Where(once(path, path), once(sheet, sheet), _cell(row)), once(period, period), stale,
        )
        for portion in rows.partitions(FETCHED_AT_ONCE)
        for row_id, customer, period, stale, sheet, row, path, *values in portion
    )


def closed(connection: Connection, name: str, block: Block) -> tuple[Accepted, ...]:
    """The closed rows of a block as they last were, with the places they were last seen at."""
    rows = connection.execute(
        select(
            REVISION.c.row_id, REVISION.c.customer, REVISION.c["values"], REVISION.c.period, POSITION.c.sheet,
            POSITION.c.row, WORKBOOK.c.path,
        )
        .join(POSITION, POSITION.c.revision == REVISION.c.id)
        .join(WORKBOOK, WORKBOOK.c.workbook_id == REVISION.c.workbook_id)
        .where(REVISION.c.block == name, POSITION.c.is_open.is_(False))
        .order_by(REVISION.c.row_id)
    )
    return tuple(
        Accepted(row[0], name, row[1], load_values(row[2], block), Where(row[6], row[4], _cell(row[5])), row[3])
        for row in rows
    )


def _cell(row: int) -> str:
    return f"A{row}" if row else ""
