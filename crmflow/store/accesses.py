"""Who saw what of which customers, and when: the access log (A4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from crmflow.store import mailbox
from crmflow.store.base import patience, transaction
from crmflow.store.mailbox import ACCESS_LOG, MESSAGE

ALL = "*"
"""Stands for every customer, where a command shows them all."""
PATIENCE_MS = 1_000
"""How long who only looks waits for a SQLite store that a run keeps to itself."""


@dataclass(frozen=True, slots=True)
class Access:
    """``who`` is a staff number or, for a command, the user of the computer; ``what`` a mail or the command."""

    at: datetime
    who: str
    what: str
    customer: str
    message: str | None


def enter(engine: Engine, at: datetime, who: str, what: str, customers: Iterable[str]) -> bool:
    """Enter what a command shows, in a transaction of its own; False when somebody else keeps the store busy."""
    try:
        with transaction(engine) as connection, patience(connection, PATIENCE_MS):
            mailbox.log(connection, at, who, what, tuple(dict.fromkeys(customers)))
    except OperationalError:
        return False
    return True


def named_in(connection: Connection, message: str) -> tuple[str, ...]:
    """The customers that a message speaks of."""
    return tuple(connection.scalar(select(MESSAGE.c.customers).where(MESSAGE.c.id == message)) or ())


def entries(
    connection: Connection, customer: str = "", who: Iterable[str] = (), since: datetime | None = None
) -> tuple[Access, ...]:
    """The log, the newest first: of one customer, of some names of one person, from a moment on."""
    columns = (ACCESS_LOG.c[name] for name in Access.__slots__)
    query = select(*columns).order_by(ACCESS_LOG.c.at.desc(), ACCESS_LOG.c.id.desc())
    if customer:
        query = query.where(ACCESS_LOG.c.customer.in_((customer, ALL)))
    if names := tuple(who):
        query = query.where(ACCESS_LOG.c.who.in_(names))
    if since:
        query = query.where(ACCESS_LOG.c.at >= since)
    return tuple(Access(*row) for row in connection.execute(query))
