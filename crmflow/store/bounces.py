"""Addresses that a mail server refused for good: a message bounced there, and none has come through since."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from crmflow.store import audit
from crmflow.store.mailbox import MESSAGE, NOTICE, OPEN, State

CRMFLOW = "crmflow"
"""Who acts where no person does."""


def refused(connection: Connection) -> frozenset[str]:
    """The addresses to which nothing is sent."""
    return frozenset(connection.scalars(select(MESSAGE.c.address).where(MESSAGE.c.state == State.BOUNCED).distinct()))


def refuse(connection: Connection, address: str, answer: str) -> None:
    """Whatever else waits for a refused address has bounced, too."""
    waiting = (MESSAGE.c.address == address) & MESSAGE.c.state.in_(OPEN)
    connection.execute(update(MESSAGE).where(waiting).values(state=State.BOUNCED, last_answer=answer))


def welcome(connection: Connection, address: str, now: datetime) -> None:
    """A mail has come through: what bounced at its address is tried again."""
    bounced = (MESSAGE.c.address == address) & (MESSAGE.c.state == State.BOUNCED)
    connection.execute(update(MESSAGE).where(bounced).values(state=State.PENDING, attempts=0, next_try_at=now))


def release(connection: Connection, addresses: Mapping[str, str], now: datetime) -> int:
    """Take back what bounced for people who have another address now (by staff number): they are told anew there.

    How many messages.
    """
    columns = (MESSAGE.c.id, MESSAGE.c.recipient, MESSAGE.c.address, MESSAGE.c.last_answer)
    bounced = connection.execute(select(*columns).where(MESSAGE.c.state == State.BOUNCED)).all()
    moved = [one for one in bounced if addresses.get(one.recipient) not in (None, "", one.address)]
    for one in moved:
        connection.execute(delete(NOTICE).where(NOTICE.c.message == one.id))
        connection.execute(update(MESSAGE).where(MESSAGE.c.id == one.id).values(state=State.DROPPED))
        why = f"{one.address} → {addresses[one.recipient]} ({one.last_answer})"
        audit.enter(connection, audit.Line(now, CRMFLOW, "release", why), one.id)
    return len(moved)
