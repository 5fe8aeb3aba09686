"""Engine, table registry and column types, shared by the parts of the store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.types import TypeEngine

__all__ = [
    "METADATA", "Connection", "Engine", "UtcMoment", "insert_columns", "insert_rows", "open_engine", "transaction",
]

METADATA = MetaData()
INSERTED_AT_ONCE = 5_000
PAGE = 16_384
"""Bytes of a page of a new SQLite store: many rows are written faster than with 4,096, and small commits no slower."""
PATIENCE_MS = 10_000
"""How long a program waits for another one that is writing to a SQLite store."""
ADVISORY_KEY = 0x63726D666C6F77
"""The lock's number in PostgreSQL: “crmflow” in ASCII."""


class UtcMoment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def open_engine(url: str) -> Engine:
    """The engine for ``url``; a SQLite file's folder is made, and each commit is on the disk when it returns."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
        event.listen(engine, "connect", _durable)
        return engine
    return create_engine(parsed)


def exists(url: str) -> bool:
    """Whether there is a store at ``url``; a SQLite file is not made by asking."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return inspect(open_engine(url)).has_table("meta")
    return bool(parsed.database) and parsed.database != ":memory:" and Path(str(parsed.database)).exists()


@contextmanager
def advisory_lock(url: str) -> Iterator[bool]:
    """Whether the database lets us be the only writer, for as long as the block lasts; SQLite has no such lock."""
    engine = open_engine(url)
    try:
        if engine.dialect.name != "postgresql":
            yield True
            return
        with engine.connect() as connection:
            yield bool(connection.scalar(select(func.pg_try_advisory_lock(ADVISORY_KEY))))
    finally:
        engine.dispose()


def _durable(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA page_size={PAGE}")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def patience(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Wait only so long for a SQLite store that another program is writing to."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE_MS}")


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name their columns, all the same ones."""
    if rows:
        insert_columns(connection, table, {name: map(itemgetter(name), rows) for name in rows[0]})


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert many rows, given column by column.

    The statement and the conversion of every type are SQLAlchemy's; they are
    looked up once a call instead of once a row, which is most of what many rows cost.
    """
    dialect = connection.dialect
    compiled = table.insert().compile(dialect=dialect, column_keys=list(columns))
    order = compiled.positiontup or list(columns)
    cells = zip(*(_converted(columns[name], table.c[name].type, dialect) for name in order), strict=True)
    while rows := list(islice(cells, INSERTED_AT_ONCE)):
        ready = rows if compiled.positiontup else [dict(zip(order, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(compiled), ready)


def _converted(cells: Iterable[Any], kind: TypeEngine[Any], dialect: Dialect) -> Iterable[Any]:
    """Cells as the driver takes them; days and moments repeat from row to row, so each is converted once."""
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return map(cache(convert), cells) if convert else cells


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with engine.begin() as connection:
        yield connection
