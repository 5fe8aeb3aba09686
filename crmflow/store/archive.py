"""What the store knows of workbooks and rows, and how a run changes it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, inspect, select, update

from crmflow.catalogue import Catalogue
from crmflow.check.rules import Archive, Usage, person_of, usage_of
from crmflow.consolidate import Action, Changes, Revision
from crmflow.consolidate.matching import Known
from crmflow.model import Accepted
from crmflow.people import Directory
from crmflow.store import audit, current, findings, mailbox, runs
from crmflow.store.base import METADATA, exists, insert_columns, insert_rows, open_engine
from crmflow.store.codec import dump_facts, dump_values, load_values
from crmflow.store.evidence import KeptRow, arrivals, first_seen
from crmflow.store.migrations import SCHEMA, migrate
from crmflow.store.tables import FINDING, HELD, META, POSITION, REVISION, WORKBOOK

EVERY_FIELD: Mapping[str, Set[str]] = MappingProxyType({})
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


def workbooks(connection: Connection, kind: str = "") -> Mapping[str, KnownWorkbook]:
    """Every workbook ever taken in, or every one of a kind, by id."""
    query = select(*(WORKBOOK.c[name] for name in KnownWorkbook.__dataclass_fields__))
    rows = connection.execute(query.where(WORKBOOK.c.kind == kind) if kind else query)
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
    arrived = arrivals(connection, [one.changes.book for one in taken], since, now)
    seen = first_seen(connection, [one.changes.book.workbook_id for one in taken])
    _write_rows(store, connection, taken, run, now, arrived)
    ids = [{"gone": one.changes.book.workbook_id} for one in taken]
    for table in (HELD, FINDING, WORKBOOK):
        column = table.c.source if table is FINDING else table.c.workbook_id
        connection.execute(delete(table).where(column == bindparam("gone")), ids)
    insert_rows(connection, HELD, [row for one in taken for row in _held(one, seen, now)])
    insert_rows(connection, WORKBOOK, [_workbook(one, run, today, arrived) for one in taken])
    findings.write(connection, {one.changes.book.workbook_id: one.changes.findings for one in taken})
    findings.write_holds(connection, {one.changes.book.workbook_id: one.changes.holds for one in taken}, now)


def _write_rows(
    store: Store, connection: Connection, taken: Sequence[Taken], run: int, now: datetime,
    arrived: Mapping[str, datetime | None],
) -> None:
    first = (connection.scalar(select(func.max(REVISION.c.id))) or 0) + 1
    revisions = [revision for one in taken for revision in one.changes.revisions]
    if revisions:
        _write_revisions(connection, taken, revisions, first, run, now, arrived)
    _write_current(store, connection, taken)
    numbers = {revision.row_id: number for number, revision in enumerate(revisions, first)}
    actions = {revision.row_id: revision.action for revision in revisions}
    _write_positions(connection, taken, numbers, actions, run)


def _write_revisions(
    connection: Connection, taken: Sequence[Taken], revisions: Sequence[Revision], first: int, run: int, now: datetime,
    arrived: Mapping[str, datetime | None],
) -> None:
    """Enter revisions under the numbers from ``first`` on."""
    counts = [len(one.changes.revisions) for one in taken]

    def of_each(values: Iterable[Any]) -> Iterable[Any]:
        return chain.from_iterable(map(repeat, values, counts))

    row_ids, blocks, periods, keys, ordinals, actions, values = zip(*revisions, strict=True)
    workbooks = [one.changes.book.workbook_id for one in taken]
    number = len(revisions)
    insert_columns(connection, REVISION, {
        "id": range(first, first + number), "row_id": row_ids, "workbook_id": of_each(workbooks), "block": blocks,
        "customer": of_each(one.changes.customer for one in taken), "period": periods, "key": keys,
        "ordinal": ordinals, "action": map(str, actions), "values": map(dump_values, values),
        "accepted_at": repeat(now, number), "run": repeat(run, number),
        "arrived_at": of_each(arrived[workbook_id] for workbook_id in workbooks),
    })


def _write_current(store: Store, connection: Connection, taken: Sequence[Taken]) -> None:
    gone: dict[str, list[str]] = defaultdict(list)
    entered: dict[str, list[current.Entry]] = defaultdict(list)
    for one in taken:
        workbook_id, customer = one.changes.book.workbook_id, one.changes.customer
        for row_id, block, period, _, _, action, values in one.changes.revisions:
            if action is not Action.CLOSE:
                entered[block].append((row_id, workbook_id, customer, period, values))
            if action in (Action.CHANGE, Action.CLOSE):
                gone[block].append(row_id)
    for name in gone.keys() | entered.keys():
        current.put(connection, store.tables[name], store.catalogue.block(name), gone[name], entered[name])


def _write_positions(
    connection: Connection, taken: Sequence[Taken], numbers: Mapping[str, int], actions: Mapping[str, Action], run: int
) -> None:
    """Enter where rows stand; ``numbers`` and ``actions`` are those of the revisions, by the ids of their rows."""
    new: list[tuple[Any, ...]] = []
    seen: list[dict[str, Any]] = []
    for one in taken:
        workbook_id, sha256 = one.changes.book.workbook_id, one.changes.book.sha256
        for row_id, sheet, row, stale in one.changes.positions:
            if actions.get(row_id) is Action.OPEN:
                new.append((row_id, workbook_id, numbers[row_id], True, sheet, row, stale, sha256, run))
            else:
                seen.append({"which": row_id} | dict(zip(SEEN, (sheet, row, stale, sha256, run), strict=True)))
    if new:
        insert_columns(connection, POSITION, dict(zip(POSITION.c.keys(), zip(*new, strict=True), strict=True)))
    which = update(POSITION).where(POSITION.c.row_id == bindparam("which"))
    if seen:
        connection.execute(which.values({name.removeprefix("new_"): bindparam(name) for name in SEEN}), seen)
    revised = [
        {"which": row_id, "new_revision": numbers[row_id], "new_open": action is not Action.CLOSE}
        for row_id, action in actions.items() if action is not Action.OPEN
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
    store: Store, connection: Connection, blocks: Iterable[str], fields: Mapping[str, Set[str]] = EVERY_FIELD
) -> Mapping[str, tuple[Accepted, ...]]:
    """The accepted rows of some blocks; of a block that ``fields`` names only these fields."""
    return current.accepted(connection, store.tables, store.catalogue, blocks, fields)


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
