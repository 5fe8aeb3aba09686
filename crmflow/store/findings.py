"""Findings and holds as they stand: each source's are put in place of its old ones."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from crmflow.codes import severity
from crmflow.consolidate.holds import Hold
from crmflow.model import Finding, Where
from crmflow.store.base import insert_rows
from crmflow.store.codec import dump_facts, dump_finding, load_facts, load_finding
from crmflow.store.runs import forget_last_run
from crmflow.store.tables import FINDING, HOLD, WORKBOOK


def write(connection: Connection, by_source: Mapping[str, Sequence[Finding]]) -> None:
    """Put the findings of some sources (workbook ids, or paths of files that could not be read) in place of the old."""
    if by_source:
        sources = [{"gone": source} for source in by_source]
        connection.execute(delete(FINDING).where(FINDING.c.source == bindparam("gone")), sources)
    insert_rows(connection, FINDING, [_finding(source, one) for source, found in by_source.items() for one in found])


def _finding(source: str, finding: Finding) -> dict[str, Any]:
    return {
        "source": source, "code": finding.code, "severity": severity(finding).value, "file": finding.where.file,
        "sheet": finding.where.sheet, "cell": finding.where.cell, "value": finding.value, "block": finding.block,
        "field_id": finding.field_id, "facts": dump_facts(finding.facts), "customer": finding.customer,
        "owner": finding.owner, "row_key": finding.row_key,
    }


def clear_loose(connection: Connection) -> None:
    """Drop the findings that belong to no workbook: each run makes them anew from what lies in the folder."""
    connection.execute(delete(FINDING).where(FINDING.c.source.not_in(select(WORKBOOK.c.workbook_id))))


def standing(connection: Connection) -> tuple[Finding, ...]:
    """Every finding that stands, in the order of its place."""
    rows = connection.execute(select(FINDING).order_by(FINDING.c.file, FINDING.c.id))
    return tuple(
        Finding(
            row.code, Where(row.file, row.sheet, row.cell), row.value, row.block, row.field_id, load_facts(row.facts),
            row.customer, row.owner, row_key=row.row_key,
        )
        for row in rows
    )


def confirmed(connection: Connection) -> Set[str]:
    """The tokens of the holds let through since their workbook was last read; each serves once."""
    through = HOLD.c.is_pending & HOLD.c.confirmed_at.is_not(None)
    return frozenset(connection.scalars(select(HOLD.c.token).where(through)))


def write_holds(connection: Connection, by_workbook: Mapping[str, Sequence[Hold]], now: datetime) -> None:
    """Put the holds of some workbooks in place of the old; what was confirmed has served."""
    if not by_workbook:
        return
    ids = [{"gone": workbook_id} for workbook_id in by_workbook]
    of_workbook, waits = HOLD.c.workbook_id == bindparam("gone"), HOLD.c.confirmed_at.is_(None)
    connection.execute(delete(HOLD).where(of_workbook, waits), ids)
    connection.execute(update(HOLD).where(of_workbook).values(is_pending=False), ids)
    insert_rows(connection, HOLD, [
        {
            "token": hold.token, "workbook_id": workbook_id, "finding": dump_finding(hold.finding), "raised_at": now,
            "confirmed_by": "", "is_pending": True,
        }
        for workbook_id, holds in by_workbook.items() for hold in holds
    ])


def pending_holds(connection: Connection) -> tuple[Hold, ...]:
    """What waits for ``crmflow confirm``."""
    waiting = HOLD.c.is_pending & HOLD.c.confirmed_at.is_(None)
    rows = connection.execute(select(HOLD.c.token, HOLD.c.finding).where(waiting).order_by(HOLD.c.token))
    return tuple(Hold(row.token, load_finding(row.finding)) for row in rows)


def confirm(connection: Connection, tokens: Iterable[str], by: str, now: datetime) -> tuple[str, ...]:
    """Let holds through at the next run; returns the tokens that name none."""
    unknown = []
    for token in tokens:
        waiting = (HOLD.c.token == token) & HOLD.c.is_pending & HOLD.c.confirmed_at.is_(None)
        workbook = connection.scalar(select(HOLD.c.workbook_id).where(waiting))
        if workbook is None:
            unknown.append(token)
            continue
        connection.execute(update(HOLD).where(waiting).values(confirmed_at=now, confirmed_by=by))
        unchecked = update(WORKBOOK).where(WORKBOOK.c.workbook_id == workbook).values(checked_against="")
        connection.execute(unchecked)
        forget_last_run(connection)
    return tuple(unknown)
