"""What the store knows of workbooks and rows, and how a run changes it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, inspect, select, update

from crmflow.catalogue import Catalogue
from crmflow.check.rules import Archive, Usage, person_of, usage_of
from crmflow.consolidate import Action, Changes
from crmflow.consolidate.matching import Known
from crmflow.model import Accepted
from crmflow.people import Directory
from crmflow.store import audit, current, findings, mailbox, runs
from crmflow.store.base import METADATA, exists, insert_rows, insert_tuples, open_engine
from crmflow.store.codec import dump_facts, dump_values, load_values
from crmflow.store.evidence import KeptRow, arrivals, first_seen
from crmflow.store.migrations import SCHEMA, migrate
from crmflow.store.tables import FINDING, HELD, META, POSITION, REVISION, WORKBOOK

WRITTEN_AT_ONCE = 50
"""Workbooks whose rows are laid out in memory for the database at a time."""


SEEN = ("new_sheet", "new_row", "new_stale", "new_sha256", "new_last_run")


@dataclass(frozen=True, slots=True)
class KnownWorkbook:
    """A workbook as it was when it was last read.

    ``checked_against`` fingerprints everything the check depended on;
    ``is_restless`` says that time alone may change its outcome: it has
    findings or waits for a confirmation.
    """

    workbook_id: str
    path: str
    kind: str
    customer: str
    owner: str
    sha256: str
    parent: str
    size: int
    modified_ns: int
    checked_against: str
    checked_on: date
    rows: int
    held: int
    is_restless: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A workbook's changes with what is entered beside them."""

    changes: Changes
    kind: str
    owner: str
    checked_against: str
    is_restless: bool


@dataclass(frozen=True)
class Store:
    """An open store: the engine, the forms it keeps and their current tables."""

    engine: Engine
    catalogue: Catalogue
    tables: Mapping[str, Table]


def open_store(url: str, catalogue: Catalogue) -> Store:
    """Open the store, making what is missing and bringing an older one up to today's schema.

    Raises StoreTooNew for one of a newer schema, which is left alone.
    """
    assert mailbox.MESSAGE.metadata is audit.AUDIT.metadata is METADATA
    engine = open_engine(url)
    if inspect(engine).has_table(META.name):
        migrate(engine)
    with engine.begin() as connection:
        METADATA.create_all(connection)
        if connection.scalar(select(META.c.value).where(META.c.name == "schema")) is None:
            connection.execute(insert(META), {"name": "schema", "value": str(SCHEMA)})
        made = current.prepare(connection, catalogue)
    return Store(engine, catalogue, made)


def open_to_look(url: str, catalogue: Catalogue) -> Store:
    """The store that is there, else an empty one in memory, so that looking leaves nothing behind."""
    return open_store(url if exists(url) else "sqlite://", catalogue)


def workbooks(connection: Connection) -> Mapping[str, KnownWorkbook]:
    """Every workbook ever taken in, by id."""
    names = KnownWorkbook.__dataclass_fields__
    rows = connection.execute(select(*(WORKBOOK.c[name] for name in names)))
    return {row[0]: KnownWorkbook(*row) for row in rows}


def known_rows(connection: Connection, catalogue: Catalogue, workbook_ids: Iterable[str]) -> Mapping[str, list[Known]]:
    """All rows, open and closed, of some workbooks."""
    known: dict[str, list[Known]] = defaultdict(list)
    query = (
        select(
            POSITION.c.workbook_id, POSITION.c.row_id, REVISION.c.block, REVISION.c.period, REVISION.c.key,
            REVISION.c.ordinal, REVISION.c["values"], POSITION.c.is_open, POSITION.c.stale, POSITION.c.sheet,
            POSITION.c.row, REVISION.c.customer,
        )
        .join(REVISION, REVISION.c.id == POSITION.c.revision)
        .where(POSITION.c.workbook_id == bindparam("wanted"))
        .order_by(POSITION.c.row, POSITION.c.row_id)
    )
    for workbook_id in workbook_ids:
        for row in connection.execute(query, {"wanted": workbook_id}):
            if row.block in catalogue.blocks:
                values = load_values(row[6], catalogue.block(row.block))
                known[workbook_id].append(Known(*row[1:6], values, *row[7:]))
    return known


def apply(store: Store, connection: Connection, taken: Sequence[Taken], run: int, now: datetime, today: date) -> None:
    """Make the changes of some workbooks true, in the caller's transaction."""
    since = runs.scanned_before(connection, run)
    arrived: dict[str, datetime | None] = {}
    seen: dict[KeptRow, datetime] = {}
    for start in range(0, len(taken), WRITTEN_AT_ONCE):
        some = taken[start : start + WRITTEN_AT_ONCE]
        arrived |= arrivals(connection, [one.changes.book for one in some], since, now)
        seen |= first_seen(connection, [one.changes.book.workbook_id for one in some])
        _write_rows(store, connection, some, run, now, arrived)
    ids = [{"gone": one.changes.book.workbook_id} for one in taken]
    for table in (HELD, FINDING, WORKBOOK):
        column = table.c.source if table is FINDING else table.c.workbook_id
        connection.execute(delete(table).where(column == bindparam("gone")), ids)
    _insert(connection, HELD, [row for one in taken for row in _held(one, seen, now)])
    _insert(connection, WORKBOOK, [_workbook(one, run, today, arrived) for one in taken])
    findings.write(connection, {one.changes.book.workbook_id: one.changes.findings for one in taken})
    findings.write_holds(connection, {one.changes.book.workbook_id: one.changes.holds for one in taken}, now)


def _write_rows(
    store: Store, connection: Connection, taken: Sequence[Taken], run: int, now: datetime,
    arrived: Mapping[str, datetime | None],
) -> None:
    number = connection.scalar(select(func.max(REVISION.c.id))) or 0
    revisions: list[tuple[Any, ...]] = []
    latest: dict[str, tuple[int, bool]] = {}
    gone: dict[str, list[str]] = defaultdict(list)
    entered: dict[str, list[current.Entry]] = defaultdict(list)
    for one in taken:
        workbook_id, customer = one.changes.book.workbook_id, one.changes.customer
        for revision in one.changes.revisions:
            number += 1
            row_id, block, period, values = revision.row_id, revision.block, revision.period, revision.values
            revisions.append((
                number, row_id, workbook_id, block, customer, period, revision.key, revision.ordinal,
                revision.action.value, dump_values(values), now, run, arrived[workbook_id],
            ))
            is_open = revision.action is not Action.CLOSE
            latest[row_id] = (number, is_open)
            if revision.action in (Action.CHANGE, Action.CLOSE):
                gone[block].append(row_id)
            if is_open:
                entered[block].append((row_id, workbook_id, customer, period, values))
    insert_tuples(connection, REVISION, REVISION.c.keys(), revisions)
    for name in gone.keys() | entered.keys():
        current.put(connection, store.tables[name], store.catalogue.block(name), gone[name], entered[name])
    _write_positions(connection, taken, latest, run)


def _write_positions(
    connection: Connection, taken: Sequence[Taken], latest: Mapping[str, tuple[int, bool]], run: int
) -> None:
    opened = {
        revision.row_id for one in taken for revision in one.changes.revisions if revision.action is Action.OPEN
    }
    new: list[tuple[Any, ...]] = []
    seen: list[dict[str, Any]] = []
    for one in taken:
        book = one.changes.book
        for position in one.changes.positions:
            row_id, place = position.row_id, (position.sheet, position.row, position.stale, book.sha256, run)
            if row_id in opened:
                new.append((row_id, book.workbook_id, *latest[row_id], *place))
            else:
                seen.append({"which": row_id} | dict(zip(SEEN, place, strict=True)))
    insert_tuples(connection, POSITION, POSITION.c.keys(), new)
    which = update(POSITION).where(POSITION.c.row_id == bindparam("which"))
    if seen:
        connection.execute(which.values({name.removeprefix("new_"): bindparam(name) for name in SEEN}), seen)
    revised = [
        {"which": row_id, "new_revision": revision, "new_open": is_open}
        for row_id, (revision, is_open) in latest.items() if row_id not in opened
    ]
    if revised:
        connection.execute(which.values(revision=bindparam("new_revision"), is_open=bindparam("new_open")), revised)


def _held(one: Taken, seen: Mapping[KeptRow, datetime], now: datetime) -> list[dict[str, Any]]:
    workbook_id = one.changes.book.workbook_id
    return [
        {
            "workbook_id": workbook_id, "customer": one.changes.customer, "block": held.block,
            "key": held.key, "sheet": held.record.placement.sheet, "row": held.record.row,
            "values": dump_values(held.record.values), "unread": dump_facts(held.record.unread),
            "period": held.record.period, "first_seen_at": seen.get((workbook_id, held.block, held.key), now),
        }
        for held in one.changes.held
    ]


def _workbook(one: Taken, run: int, today: date, arrived: Mapping[str, datetime | None]) -> dict[str, Any]:
    book = one.changes.book
    return {
        "workbook_id": book.workbook_id, "path": book.file, "kind": one.kind, "customer": one.changes.customer,
        "owner": one.owner, "sha256": book.sha256, "parent": book.identity.parent if book.identity else "",
        "size": book.state.size, "modified_ns": book.state.modified_ns, "checked_against": one.checked_against,
        "checked_on": today, "rows": len(book.records), "held": len(one.changes.held),
        "is_restless": one.is_restless, "absent": " ".join(sorted(book.absent)), "last_run": run,
        "arrived_at": arrived[book.workbook_id],
    }


def company_rows(
    store: Store, connection: Connection, blocks: Iterable[str]
) -> Mapping[str, tuple[Accepted, ...]]:
    """The accepted rows of some blocks."""
    return current.accepted(connection, store.tables, store.catalogue, blocks)


def listed_rows(store: Store, connection: Connection, block: str) -> Iterator[tuple[Any, ...]]:
    """The accepted rows of a block as a list shows them: customer, period, whether stale, file, sheet, cell, values.

    They come one by one and as bare cells, since whoever lists all rows of a company keeps none of them.
    """
    return current.listed(connection, store.tables[block]) if block in store.tables else iter(())


def closed_rows(
    store: Store, connection: Connection, blocks: Iterable[str]
) -> Mapping[str, tuple[Accepted, ...]]:
    """The rows of some blocks that left their workbooks: they stay evidence (decision 9)."""
    kept = [name for name in blocks if name in store.tables]
    return {name: current.closed(connection, name, store.catalogue.block(name)) for name in kept}


def directory(store: Store, connection: Connection) -> Directory:
    """Everybody of F30, as accepted (decision 7)."""
    people = company_rows(store, connection, ("F30.people",))["F30.people"]
    return Directory.of(person_of(row.values) for row in people)


def registered(store: Store, connection: Connection) -> Mapping[str, tuple[str, str]]:
    """The workbook id and the file in which each staff number stands."""
    table = store.tables["F30.people"]
    rows = connection.execute(
        select(table.c.v_number, table.c.workbook_id, WORKBOOK.c.path)
        .join(WORKBOOK, WORKBOOK.c.workbook_id == table.c.workbook_id)
    )
    return {number: (workbook_id, path) for number, workbook_id, path in rows}


def archives(store: Store, connection: Connection) -> Mapping[str, Archive]:
    """The archives that stand, by customer code."""
    table = store.tables["F0.cover"]
    rows = connection.execute(
        select(table.c.workbook_id, table.c.v_code, table.c.v_name, table.c.v_credit_code, WORKBOOK.c.path)
        .join(WORKBOOK, WORKBOOK.c.workbook_id == table.c.workbook_id)
    )
    return {row[1]: Archive(row[0], row[1], row[2] or "", row[3] or "", row[4]) for row in rows}


def usage(store: Store, connection: Connection) -> tuple[Usage, ...]:
    """The spare parts that all service tickets used (S5)."""
    tickets = company_rows(store, connection, ("F16.tickets",))["F16.tickets"]
    return tuple(one for ticket in tickets for one in usage_of(ticket.values))


def uncertain(store: Store, connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """How many rows of each block are kept out of each customer's archive: figures from those blocks are not certain.

    A second archive under the same code is not the customer's and says nothing of it.
    """
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    standing = select(store.tables["F0.cover"].c.workbook_id)
    query = select(HELD.c.customer, HELD.c.block, func.count()).where(HELD.c.workbook_id.in_(standing))
    for customer, block, number in connection.execute(query.group_by(HELD.c.customer, HELD.c.block)):
        counts[customer][block] = number
    return counts


def absent(connection: Connection) -> Mapping[str, Set[str]]:
    """The blocks whose sheet or headings are missing, by customer."""
    rows = connection.execute(select(WORKBOOK.c.customer, WORKBOOK.c.absent).where(WORKBOOK.c.absent != ""))
    return {customer: frozenset(blocks.split()) for customer, blocks in rows}


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    insert_rows(connection, table, rows)
