"""When evidence came, what it once said, and what is kept out of it (decision 9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, or_, select

from crmflow.catalogue import Catalogue
from crmflow.company import COVER, KeptOut
from crmflow.model import Book
from crmflow.store.codec import load_values
from crmflow.store.tables import HELD, REVISION, WORKBOOK

KeptRow: TypeAlias = tuple[str, str, str]
"""A row kept out, by its workbook, block and key."""
DAY = len("2026-07-31")


def arrivals(
    connection: Connection, books: Iterable[Book], since: datetime | None, now: datetime
) -> Mapping[str, datetime | None]:
    """When the content of each workbook came, by workbook id: its modification time as far as that can be believed.

    It lies between the former scan and this one. Content that was here before, under another
    name or waiting for a confirmation, came when it first did. Of what lay here at the very
    first scan nobody knows when it came: a file saved today may have held its rows for years.
    """
    ids = {book.workbook_id: book for book in books}
    columns = WORKBOOK.c.workbook_id, WORKBOOK.c.sha256, WORKBOOK.c.arrived_at
    rows = connection.execute(select(*columns).where(WORKBOOK.c.workbook_id.in_(ids)))
    known = {workbook_id: at for workbook_id, sha256, at in rows if ids[workbook_id].sha256 == sha256}
    if since is None:
        return dict.fromkeys(ids)
    return {id: known[id] if id in known else _clamped(book, since, now) for id, book in ids.items()}


def _clamped(book: Book, since: datetime, now: datetime) -> datetime:
    moment = min(max(book.state.modified_ns / 1e9, since.timestamp()), now.timestamp())
    return datetime.fromtimestamp(moment, UTC)


def first_seen(connection: Connection, workbook_ids: Sequence[str]) -> Mapping[KeptRow, datetime]:
    """Since when (UTC) the rows of some workbooks are kept out."""
    columns = HELD.c.workbook_id, HELD.c.block, HELD.c.key, HELD.c.first_seen_at
    rows = connection.execute(select(*columns).where(HELD.c.workbook_id.in_(workbook_ids)))
    return {(workbook_id, block, key): at for workbook_id, block, key, at in rows}


@dataclass(frozen=True, slots=True)
class Said:
    """A day that a field of a row says or once said, and when the row first came with it (UTC), if that is known."""

    row_id: str
    block: str
    customer: str
    day: date
    arrived_at: datetime | None


def said(connection: Connection, fields: Iterable[str]) -> Iterator[Said]:
    """Every day that some date fields, such as ``F0.cover.verified_on``, ever said, each once a row.

    That another field was corrected later, or that the row was closed, changes nothing. Of rows none of whose
    revisions came at a known time nothing is told, but of covers, whose former words are evidence too.
    """
    named: dict[str, list[str]] = {}
    for field in fields:
        named.setdefault(field.rpartition(".")[0], []).append(field.rpartition(".")[2])
    columns = REVISION.c.row_id, REVISION.c.block, REVISION.c.customer, REVISION.c["values"], REVISION.c.arrived_at
    dated = select(REVISION.c.row_id).where(REVISION.c.block.in_(named), REVISION.c.arrived_at.is_not(None))
    telling = or_(REVISION.c.block == COVER, REVISION.c.row_id.in_(dated))
    query = select(*columns).where(REVISION.c.block.in_(named), telling).order_by(REVISION.c.id)
    known: set[tuple[str, str]] = set()
    for row_id, block, customer, text, arrived_at in connection.execute(query):
        values = orjson.loads(text)
        for written in (values[name][:DAY] for name in named[block] if name in values):
            if (row_id, written) not in known:
                known.add((row_id, written))
                yield Said(row_id, block, customer, date.fromisoformat(written), arrived_at)


def kept_out(
    connection: Connection, catalogue: Catalogue, blocks: Iterable[str], zone: ZoneInfo
) -> tuple[KeptOut, ...]:
    """The rows of some blocks that are kept out of the store; days in ``zone``."""
    known = [name for name in blocks if name in catalogue.blocks]
    query = (
        select(HELD.c.block, HELD.c.customer, WORKBOOK.c.owner, HELD.c.period, HELD.c["values"], HELD.c.first_seen_at)
        .join(WORKBOOK, WORKBOOK.c.workbook_id == HELD.c.workbook_id)
        .where(HELD.c.block.in_(known)).order_by(HELD.c.id)
    )
    return tuple(
        KeptOut(*row[:4], load_values(row[4], catalogue.block(row[0])), row[5].astimezone(zone).date())
        for row in connection.execute(query)
    )
