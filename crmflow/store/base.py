"""Engine, table registry and column types, shared by the parts of the store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
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

__all__ = [
    "METADATA", "Connection", "Engine", "UtcMoment", "insert_rows", "insert_tuples", "open_engine", "transaction",
]

METADATA = MetaData()
INSERTED_AT_ONCE = 5_000
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
        insert_tuples(connection, table, tuple(rows[0]), list(map(itemgetter(*rows[0]), rows)))


def insert_tuples(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows whose cells are in the order of ``names``.

    The statement and the conversion of every type are SQLAlchemy's; they are
    looked up once a call instead of once a row, which is most of what many rows cost.
    """
    if not rows:
        return
    dialect = connection.dialect
    compiled = table.insert().compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup or list(names)
    places = [names.index(name) for name in order]
    # Days and moments repeat from row to row, so each is converted once.
    converters = [
        cache(convert) if (convert := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) else None
        for name in order
    ]
    for start in range(0, len(rows), INSERTED_AT_ONCE):
        given = list(zip(*rows[start : start + INSERTED_AT_ONCE], strict=True))
        columns = (
            map(convert, given[place]) if convert else given[place]
            for convert, place in zip(converters, places, strict=True)
        )
        ready = list(zip(*columns, strict=True))
        connection.exec_driver_sql(
            str(compiled), ready if compiled.positiontup else [dict(zip(order, row, strict=True)) for row in ready]
        )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with engine.begin() as connection:
        yield connection
