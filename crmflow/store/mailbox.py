"""Messages, the notices they carry, and the access log (decision 10, A4)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from itertools import repeat

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    true,
    update,
)

from crmflow.model import Message, Notice
from crmflow.store.base import METADATA, UtcMoment, insert_columns


class State(StrEnum):
    """The life of a message: pending → sending → sent or failed; unknown when no answer came, held if configured.

    Bounced is what was refused for its address, dropped what a person, or a new address, made needless.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"
    BOUNCED = "bounced"
    DROPPED = "dropped"


OPEN = (State.PENDING, State.UNKNOWN)
ENDED_BADLY = (State.FAILED, State.HELD, State.BOUNCED)
OVER = (State.SENT, State.DROPPED)

MESSAGE = Table(
    "message", METADATA,
    Column("id", String(32), primary_key=True),
    Column("recipient", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("customers", JSON, nullable=False),
    Column("message_id", String, nullable=False, unique=True),
    Column("created_at", UtcMoment, nullable=False),
    Column("state", String(8), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcMoment, nullable=False),
    Column("last_answer", String, nullable=False),
)

NOTICE_KEY = Notice._fields

NOTICE = Table(
    "notice", METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("period", String, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("recipient", String, nullable=False, index=True),
    Column("message", ForeignKey("message.id"), nullable=False, index=True),
    Column("raised_at", UtcMoment, nullable=False),
    UniqueConstraint(*NOTICE_KEY),
)

ACCESS_LOG = Table(
    "access_log", METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", UtcMoment, nullable=False),
    Column("who", String, nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("customer", String, nullable=False, index=True),
    Column("message", ForeignKey("message.id")),
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message in the queue without opening it; moments are UTC."""

    id: str
    recipient: str
    name: str
    address: str
    subject: str
    message_id: str
    created_at: datetime
    state: State
    attempts: int
    next_try_at: datetime
    last_answer: str


@dataclass(frozen=True, slots=True)
class Parcel(Envelope):
    """A message as it lies in the queue; ``raw`` is the finished mail, empty when it was not to be kept longer."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """Every notice raised so far, and when each person was first told of each finding (UTC)."""

    notices: frozenset[Notice]
    first_told: dict[tuple[str, str], datetime]


def identify(message: Message) -> str:
    """The message's own id: what it tells whom. The same notices to the same person are the same message."""
    told = sorted("\x1f".join(map(str, notice)) for notice in message.notices)
    return hashlib.sha256("\x1e".join((message.recipient, *told)).encode()).hexdigest()[:32]


def known(connection: Connection, before: datetime | None = None) -> Known:
    """What has been told, for the digests of this run; or what had been told before a moment."""
    raised = NOTICE.c.raised_at < before if before else true()
    rows = connection.execute(select(*(NOTICE.c[name] for name in NOTICE_KEY)).where(raised))
    first = select(NOTICE.c.subject, NOTICE.c.recipient, func.min(NOTICE.c.raised_at)).where(
        NOTICE.c.kind == "finding", raised
    ).group_by(NOTICE.c.subject, NOTICE.c.recipient)
    told = {(subject, recipient): at for subject, recipient, at in connection.execute(first)}
    return Known(frozenset(map(Notice._make, rows)), told)


def queue(connection: Connection, key: str, message: Message, message_id: str, raw: bytes, now: datetime) -> bool:
    """Put a message and its new notices in the queue; False, and nothing done, when none of them is new.

    ``key`` is what ``identify`` calls the message.
    One whose notices were released for its address is there already, and goes out to the new one.
    """
    fresh = _fresh(connection, message)
    if not fresh:
        return False
    row = {
        "id": key, "recipient": message.recipient, "name": message.name, "address": message.address,
        "subject": message.subject, "raw": raw, "customers": list(message.customers), "message_id": message_id,
        "created_at": now, "state": State.PENDING, "attempts": 0, "next_try_at": now, "last_answer": "",
    }
    if not connection.execute(update(MESSAGE).where(MESSAGE.c.id == key).values(row)).rowcount:
        connection.execute(insert(MESSAGE).values(row))
    raised = {name: [notice[at] for notice in fresh] for at, name in enumerate(NOTICE_KEY)}
    insert_columns(connection, NOTICE, {**raised, **_same(len(fresh), message=key, raised_at=now)})
    return True


def _fresh(connection: Connection, message: Message) -> tuple[Notice, ...]:
    columns = [NOTICE.c[name] for name in NOTICE_KEY]
    kinds = {notice.kind for notice in message.notices}
    told_before = (NOTICE.c.recipient == message.recipient) & NOTICE.c.kind.in_(kinds)
    rows = connection.execute(select(*columns).where(told_before))
    told = set(map(Notice._make, rows))
    return tuple(notice for notice in dict.fromkeys(message.notices) if notice not in told)


def due(connection: Connection, now: datetime) -> tuple[str, ...]:
    """The ids of what may be tried now, the oldest first."""
    waiting = MESSAGE.c.state.in_(OPEN) & (MESSAGE.c.next_try_at <= now)
    query = select(MESSAGE.c.id).where(waiting).order_by(MESSAGE.c.created_at, MESSAGE.c.id)
    return tuple(connection.scalars(query))


def claim(connection: Connection, key: str) -> Parcel | None:
    """Mark a message as being sent; None when it is no longer to be sent. Commit before the first byte."""
    taken = connection.execute(
        update(MESSAGE).where(MESSAGE.c.id == key, MESSAGE.c.state.in_(OPEN))
        .values(state=State.SENDING, attempts=MESSAGE.c.attempts + 1).returning(MESSAGE)
    )
    row = taken.mappings().one_or_none()
    return None if row is None else _parcel(row)


def settle(
    connection: Connection, key: str, state: State, answer: str, now: datetime, next_try_at: datetime | None = None
) -> None:
    """Write down how an attempt ended; what was sent enters the access log, a row a customer."""
    connection.execute(
        update(MESSAGE).where(MESSAGE.c.id == key)
        .values(state=state, last_answer=answer, next_try_at=next_try_at or now)
    )
    if state is State.SENT:
        recipient, customers = connection.execute(
            select(MESSAGE.c.recipient, MESSAGE.c.customers).where(MESSAGE.c.id == key)
        ).one()
        log(connection, now, recipient, "mail", customers, key)


def put_back(connection: Connection, key: str, answer: str) -> None:
    """Let a message wait as if it had not been claimed: what nobody tried to send has used up no attempt."""
    connection.execute(
        update(MESSAGE).where(MESSAGE.c.id == key)
        .values(state=State.PENDING, attempts=MESSAGE.c.attempts - 1, last_answer=answer)
    )


def interrupted(connection: Connection, state: State, answer: str, now: datetime) -> int:
    """Settle what an earlier process left ``sending``, for which no answer can be known any more; how many."""
    left = connection.execute(
        update(MESSAGE).where(MESSAGE.c.state == State.SENDING)
        .values(state=state, last_answer=answer, next_try_at=now)
    )
    return left.rowcount


def counts(connection: Connection) -> Mapping[State, int]:
    """How many messages there are in each state."""
    rows = connection.execute(select(MESSAGE.c.state, func.count()).group_by(MESSAGE.c.state))
    return {State(state): count for state, count in rows}


def envelopes(connection: Connection, beginning: str = "") -> tuple[Envelope, ...]:
    """Everything in the mailbox whose id begins so, the newest first, without the mails themselves."""
    columns = [MESSAGE.c[one.name] for one in fields(Envelope)]
    query = select(*columns).where(MESSAGE.c.id.startswith(beginning, autoescape=True))
    rows = connection.execute(query.order_by(MESSAGE.c.created_at.desc(), MESSAGE.c.id)).mappings()
    return tuple(Envelope(**{**row, "state": State(row["state"])}) for row in rows)


def move(connection: Connection, key: str, state: State, now: datetime) -> None:
    """Put a message in another state by a person's word; tried again, it has all its attempts before it."""
    connection.execute(
        update(MESSAGE).where(MESSAGE.c.id == key).values(state=state, attempts=0, next_try_at=now)
    )


def empty_bodies(connection: Connection, before: datetime) -> int:
    """Empty the mails that are over and were made before a moment; what was told to whom stays. How many."""
    old = MESSAGE.c.state.in_(OVER) & (MESSAGE.c.created_at < before) & (func.length(MESSAGE.c.raw) > 0)
    return connection.execute(update(MESSAGE).where(old).values(raw=b"")).rowcount


def messages(connection: Connection, *states: State) -> tuple[Parcel, ...]:
    """Everything in the mailbox, the newest first, or only what is in some states."""
    query = select(MESSAGE).order_by(MESSAGE.c.created_at.desc(), MESSAGE.c.id)
    if states:
        query = query.where(MESSAGE.c.state.in_(states))
    return tuple(_parcel(row) for row in connection.execute(query).mappings())


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What could not be delivered to one person: how many mails, and how the last of them ended."""

    recipient: str
    name: str
    address: str
    count: int
    state: State
    answer: str


def undelivered(connection: Connection) -> tuple[Undelivered, ...]:
    """The people whose mails failed, bounced or are held and who have not been reached since, by staff number."""
    columns = (MESSAGE.c[name] for name in ("recipient", "name", "address", "state", "last_answer"))
    query = select(*columns).where(MESSAGE.c.state.in_((State.SENT, *ENDED_BADLY)))
    found: dict[str, list[RowMapping]] = {}
    for row in connection.execute(query.order_by(MESSAGE.c.created_at, MESSAGE.c.id)).mappings():
        if row["state"] == State.SENT:
            found.pop(row["recipient"], None)
        else:
            found.setdefault(row["recipient"], []).append(row)
    return tuple(
        Undelivered(number, last["name"], last["address"], len(rows), State(last["state"]), last["last_answer"])
        for number, rows in sorted(found.items()) for last in rows[-1:]
    )


def show(connection: Connection, key: str) -> Parcel | None:
    """One message by its id, or None."""
    row = connection.execute(select(MESSAGE).where(MESSAGE.c.id == key)).mappings().one_or_none()
    return None if row is None else _parcel(row)


def log(
    connection: Connection, at: datetime, who: str, what: str, customers: Iterable[str], message: str | None = None
) -> None:
    """Enter in the access log who saw which customers, and how (A4)."""
    codes = list(customers)
    seen = _same(len(codes), at=at, who=who, what=what, message=message)
    insert_columns(connection, ACCESS_LOG, {"customer": codes, **seen})


def _same(rows: int, **cells: object) -> Mapping[str, Iterable[object]]:
    """Columns that say the same in every row."""
    return {name: repeat(cell, rows) for name, cell in cells.items()}


def _parcel(row: RowMapping) -> Parcel:
    values = {one.name: row[one.name] for one in fields(Parcel)}
    return Parcel(**{**values, "state": State(row["state"])})
