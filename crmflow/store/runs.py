"""The ledger of runs, and the grades each left behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from crmflow.model import Grade
from crmflow.store.codec import dump_grade, load_grade
from crmflow.store.tables import GRADE, RUN


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """The last run that came to its end.

    ``inputs`` fingerprints all it depended on besides the time; until
    ``valid_until`` (UTC) the same inputs give the same result. ``figures`` is JSON.
    """

    id: int
    now: datetime
    inputs: str
    valid_until: datetime
    figures: str


def start_run(connection: Connection, started_at: datetime, now: datetime) -> int:
    """Enter a run; returns its number."""
    number = (connection.scalar(select(func.max(RUN.c.id))) or 0) + 1
    connection.execute(insert(RUN).values(id=number, started_at=started_at, now=now, inputs="", figures="{}"))
    return number


def finish_run(
    connection: Connection, number: int, finished_at: datetime, inputs: str, valid_until: datetime, figures: str
) -> None:
    """Enter a run's end: only then may a later run lean on it."""
    ended = {"finished_at": finished_at, "inputs": inputs, "valid_until": valid_until, "figures": figures}
    connection.execute(update(RUN).where(RUN.c.id == number).values(**ended))


def last_finished(connection: Connection) -> FinishedRun | None:
    """The newest run, if it came to its end."""
    row = connection.execute(select(RUN).order_by(RUN.c.id.desc()).limit(1)).first()
    if row is None or row.finished_at is None:
        return None
    return FinishedRun(row.id, row.now, row.inputs, row.valid_until, row.figures)


def forget_last_run(connection: Connection) -> None:
    """Make the next run work everything out, whatever the files look like."""
    connection.execute(update(RUN).values(inputs=""))


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


def tier_since(
    connection: Connection, graded: Mapping[str, Grade], scheme: str, today: date
) -> Mapping[str, date]:
    """Since when customers hold the tier of ``graded``, by code; a customer's first grade counts as held always."""
    query = select(GRADE.c.customer, GRADE.c.tier, GRADE.c.since).where(GRADE.c.scheme == scheme).order_by(GRADE.c.id)
    entries: dict[str, list[tuple[str, date]]] = {}
    for customer, tier, since in connection.execute(query):
        entries.setdefault(customer, []).append((tier, since))
    since = {}
    for customer, grade in graded.items():
        held = entries.get(customer, [])
        if held and held[-1][0] != grade.tier:
            since[customer] = today
        elif len(held) > 1:
            since[customer] = held[-1][1]
    return since


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
