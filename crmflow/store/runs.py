"""The ledger of runs, and the grades each left behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from crmflow.model import Grade
from crmflow.store.codec import dump_grade, load_grade
from crmflow.store.tables import GRADE, JOB, RUN


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """The last run that came to its end.

    ``inputs`` fingerprints all it depended on besides the time; until
    ``valid_until`` (UTC) the same inputs give the same result. ``figures`` is
    JSON, ``told`` names the kinds of mail it could send.
    """

    id: int
    now: datetime
    inputs: str
    valid_until: datetime
    figures: str
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A job that was done for the moment ``scheduled_for``, in which run; all moments are UTC."""

    job: str
    scheduled_for: datetime
    started_at: datetime
    finished_at: datetime
    outcome: str
    run: int | None


def start_run(connection: Connection, started_at: datetime, now: datetime) -> int:
    """Enter a run; returns its number."""
    number = (connection.scalar(select(func.max(RUN.c.id))) or 0) + 1
    begun = {"id": number, "started_at": started_at, "now": now, "inputs": "", "figures": "{}"}
    connection.execute(insert(RUN).values(begun))
    return number


def scanned(connection: Connection, number: int, now: datetime) -> None:
    """Enter that at ``now`` the files were as a run found them, and that all of them have been taken in."""
    connection.execute(update(RUN).where(RUN.c.id == number).values(scanned_at=now))


def scanned_before(connection: Connection, number: int) -> datetime | None:
    """When the files were last taken in before a run (UTC): what is in them now and was not then came later."""
    before = select(RUN.c.scanned_at).where(RUN.c.id < number, RUN.c.scanned_at.is_not(None))
    return connection.scalar(before.order_by(RUN.c.id.desc()).limit(1))


def finish_run(
    connection: Connection, number: int, finished_at: datetime, inputs: str, valid_until: datetime, figures: str,
    told: Iterable[str],
) -> None:
    """Enter a run's end: only then may a later run lean on it."""
    ended = {
        "finished_at": finished_at, "inputs": inputs, "valid_until": valid_until, "figures": figures,
        "told": " ".join(sorted(told)),
    }
    connection.execute(update(RUN).where(RUN.c.id == number).values(**ended))


def last_finished(connection: Connection) -> FinishedRun | None:
    """The newest run, if it came to its end."""
    row = connection.execute(select(RUN).order_by(RUN.c.id.desc()).limit(1)).first()
    if row is None or row.finished_at is None:
        return None
    return FinishedRun(row.id, row.now, row.inputs, row.valid_until, row.figures, frozenset(row.told.split()))


def completed_for(connection: Connection) -> datetime | None:
    """The moment (UTC) of the newest run that came to its end."""
    query = select(RUN.c.now).where(RUN.c.finished_at.is_not(None))
    return connection.scalar(query.order_by(RUN.c.id.desc()).limit(1))


def begun_for(connection: Connection) -> datetime | None:
    """The moment (UTC) of the newest run, if it has not come to its end: it is at work, or was interrupted."""
    row = connection.execute(select(RUN.c.now, RUN.c.finished_at).order_by(RUN.c.id.desc()).limit(1)).first()
    return row.now if row and row.finished_at is None else None


def forget_last_run(connection: Connection) -> None:
    """Make the next run work everything out, whatever the files look like."""
    connection.execute(update(RUN).values(inputs=""))


DONE, MAIL_WAITS = "done", "mail_waits"
"""What became of a job: all its mails went out, or some wait for the next run."""


def enter_jobs(connection: Connection, entries: Iterable[Entry]) -> None:
    """Enter jobs that were done; one done twice for the same moment, by two ticks at once, has one entry."""
    for entry in entries:
        same = JOB.c.job == entry.job, JOB.c.scheduled_for == entry.scheduled_for
        connection.execute(delete(JOB).where(*same))
        connection.execute(insert(JOB).values(asdict(entry)))


def jobs_done(connection: Connection) -> Mapping[str, datetime]:
    """The last moment (UTC) that each job was done for."""
    newest = func.max(JOB.c.scheduled_for).label("newest")
    query = select(JOB.c.job, newest).group_by(JOB.c.job)
    return {row.job: row.newest for row in connection.execute(query)}


def ledger(connection: Connection) -> tuple[Entry, ...]:
    """Every entry, the oldest first."""
    return tuple(Entry(*row) for row in connection.execute(select(JOB).order_by(JOB.c.scheduled_for, JOB.c.job)))


def grades(connection: Connection, on: date | None = None) -> tuple[Grade, ...]:
    """The grades that hold, or those that held at the end of the day ``on``."""
    if on is None:
        query = select(GRADE.c.details).where(GRADE.c.is_current)
    else:
        newest = (
            select(func.max(GRADE.c.id)).where(GRADE.c.since <= on).group_by(GRADE.c.customer, GRADE.c.scheme)
        )
        query = select(GRADE.c.details).where(GRADE.c.id.in_(newest))
    found = connection.scalars(query.order_by(GRADE.c.customer, GRADE.c.scheme))
    return tuple(load_grade(details) for details in found)


def history(connection: Connection, customer: str) -> tuple[tuple[date, Grade], ...]:
    """Every grade a customer ever had, with the day since which it held, oldest first."""
    query = select(GRADE.c.since, GRADE.c.details).where(GRADE.c.customer == customer).order_by(GRADE.c.id)
    return tuple((since, load_grade(details)) for since, details in connection.execute(query))


Tiers: TypeAlias = Mapping[str, Sequence[tuple[str, date]]]
"""The tiers that customers have held in one scheme, each with its first day, by customer code."""


def tiers(connection: Connection, scheme: str, before: date = date.max) -> Tiers:
    """The tiers entered so far, or those of before a day."""
    query = select(GRADE.c.customer, GRADE.c.tier, GRADE.c.since).where(
        GRADE.c.scheme == scheme, GRADE.c.since < before
    )
    entries: dict[str, list[tuple[str, date]]] = {}
    for customer, tier, since in connection.execute(query.order_by(GRADE.c.id)):
        entries.setdefault(customer, []).append((tier, since))
    return entries


def write_grades(connection: Connection, graded: Iterable[Grade], run: int, today: date) -> None:
    """Enter grades: a new entry where the tier changed, the figures renewed where it did not."""
    columns = (GRADE.c.id, GRADE.c.customer, GRADE.c.scheme, GRADE.c.tier, GRADE.c.details)
    query = select(*columns).where(GRADE.c.is_current)
    standing = {(row.customer, row.scheme): row for row in connection.execute(query)}
    entered, renewed, ended = [], [], []
    for grade in graded:
        row = standing.get((grade.customer, grade.scheme))
        details = dump_grade(grade)
        if row is not None and row.tier == grade.tier:
            if row.details != details:
                renewed.append({"which": row.id, "new": details})
            continue
        if row is not None:
            ended.append({"which": row.id})
        entered.append({
            "customer": grade.customer, "scheme": grade.scheme, "tier": grade.tier, "since": today,
            "is_current": True, "details": details, "run": run,
        })
    which = GRADE.c.id == bindparam("which")
    if renewed:
        connection.execute(update(GRADE).where(which).values(details=bindparam("new")), renewed)
    if ended:
        connection.execute(update(GRADE).where(which).values(is_current=False), ended)
    if entered:
        connection.execute(insert(GRADE), entered)
