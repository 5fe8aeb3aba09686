"""What people did with the mails of the outbox: who, when, what and why."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, insert, select

from crmflow.store.base import METADATA, UtcMoment

AUDIT = Table(
    "audit", METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", UtcMoment, nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("why", String, nullable=False),
    Column("message", ForeignKey("message.id"), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One act: ``who`` is the user of the operating system, ``what`` the verb, ``why`` in their words."""

    at: datetime
    who: str
    what: str
    why: str


def enter(connection: Connection, line: Line, message: str) -> None:
    """Write down an act on a message, in the transaction of the act."""
    connection.execute(insert(AUDIT).values(message=message, **asdict(line)))


def lines(connection: Connection, message: str) -> tuple[Line, ...]:
    """What was done with a message, the oldest first."""
    columns = (AUDIT.c.at, AUDIT.c.who, AUDIT.c.what, AUDIT.c.why)
    rows = connection.execute(select(*columns).where(AUDIT.c.message == message).order_by(AUDIT.c.id))
    return tuple(Line(*row) for row in rows)
