"""From a former schema to today's: named steps, each in a transaction, after a backup (decision 6)."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, func, select, update
from sqlalchemy.schema import CreateColumn

from crmflow.store.tables import HELD, META, REVISION, RUN, WORKBOOK


class StoreTooNew(Exception):
    """The store was written by a newer crmflow; nothing is read and nothing written."""


def _the_clock(connection: Connection) -> None:
    """Runs say what they told; before the clock every run told everything."""
    _add(connection, RUN.c.told)
    connection.execute(update(RUN).values(told="alerts digests summaries"))


def _the_register(connection: Connection) -> None:
    """Revisions, workbooks and rows kept out say when they came: for those of before it is when they were read.

    Of what lay there at the first run nobody knows when it came.
    """
    for column in (RUN.c.scanned_at, REVISION.c.arrived_at, WORKBOOK.c.arrived_at, HELD.c.period, HELD.c.first_seen_at):
        _add(connection, column)
    connection.execute(update(RUN).values(scanned_at=RUN.c.now))
    first = select(func.min(RUN.c.id)).scalar_subquery()
    connection.execute(update(REVISION).where(REVISION.c.run > first).values(arrived_at=REVISION.c.accepted_at))
    read_at = select(RUN.c.now).where(RUN.c.id == WORKBOOK.c.last_run).scalar_subquery()
    connection.execute(update(WORKBOOK).where(WORKBOOK.c.last_run > first).values(arrived_at=read_at))
    of_workbook = WORKBOOK.c.workbook_id == HELD.c.workbook_id
    seen_at = select(RUN.c.now).join(WORKBOOK, WORKBOOK.c.last_run == RUN.c.id).where(of_workbook).scalar_subquery()
    connection.execute(update(HELD).values(first_seen_at=seen_at))


STEPS: Mapping[int, Callable[[Connection], None]] = {2: _the_clock, 3: _the_register}
"""What makes a store of the schema before into one of this number; new tables need no step."""
SCHEMA = max(STEPS)


def schema_of(connection: Connection) -> int:
    """The schema that a store was last written with."""
    return int(connection.scalar(select(META.c.value).where(META.c.name == "schema")) or SCHEMA)


def migrate(engine: Engine) -> None:
    """Bring a store up to today's schema; raises StoreTooNew for one of a newer schema, which is left alone."""
    with engine.connect() as connection:
        found = schema_of(connection)
    if found > SCHEMA:
        raise StoreTooNew(found)
    if found < SCHEMA:
        back_up(engine, f"schema-{found}")
    for number in range(found + 1, SCHEMA + 1):
        with engine.begin() as connection:
            # Entered first, so that of two programs that open the store at once only one takes the step.
            entered = update(META).where(META.c.name == "schema", META.c.value == str(number - 1))
            if connection.execute(entered.values(value=str(number))).rowcount:
                STEPS[number](connection)


def back_up(engine: Engine, name: str) -> Path | None:
    """Copy a SQLite store to ``crmflow.<name>.db`` beside it; a server's backups are its administrator's."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return None
    path = Path(database)
    copy = path.with_suffix(f".{name}{path.suffix}")
    with engine.connect() as connection:
        target = sqlite3.connect(copy)
        try:
            connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
        finally:
            target.close()
    return copy


def _add(connection: Connection, column: Column[Any]) -> None:
    described = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {described}")
