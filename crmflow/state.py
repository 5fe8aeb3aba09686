"""What is true of the company at a moment: its accepted rows, what is wrong, the grades and the duties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crmflow.check.calendar import calendar_is_official
from crmflow.company import (
    ACTIONS,
    CALENDAR,
    COMPLAINTS,
    CONTACTS,
    COVER,
    MONTHLY,
    PERSONS,
    PROJECTS,
    RELATIONS,
    ROLES,
    TRANSACTIONS,
    Company,
)
from crmflow.config import Config
from crmflow.dates import WorkCalendar
from crmflow.duties import duties
from crmflow.figures import figures
from crmflow.grade import grade
from crmflow.model import Accepted, Duty, Finding, Grade
from crmflow.store import archive, findings, runs
from crmflow.store.archive import Store
from crmflow.store.base import Connection

EVIDENCE = (CONTACTS, MONTHLY)
"""What satisfies a duty even after its row has left the workbook (decision 9)."""
BLOCKS = (COVER, PERSONS, RELATIONS, ROLES, ACTIONS, PROJECTS, CONTACTS, TRANSACTIONS, COMPLAINTS, MONTHLY, CALENDAR)
"""What grades, duties and mails rest on."""


@dataclass(frozen=True, slots=True)
class State:
    """What is true of the company once the workbooks are taken in."""

    company: Company
    findings: tuple[Finding, ...]
    grades: tuple[Grade, ...]
    duties: tuple[Duty, ...]


def work_out(store: Store, connection: Connection, config: Config, now: datetime) -> State:
    """Grades and duties from everything that is accepted by now; nothing is written."""
    today = local(config, now).date()
    rows, closed = archive.company_rows(store, connection, BLOCKS), archive.closed_rows(store, connection, EVIDENCE)
    people, calendar = archive.directory(store, connection), calendar_of(config, rows[CALENDAR])
    graded = _grades(store, connection, Company(people, rows), config, today)
    primary = {one.customer: one for one in graded if one.scheme == config.grading.primary}
    company = Company(people, rows, runs.tier_since(connection, primary, config.grading.primary, today), closed)
    unkept = frozenset(block for block in EVIDENCE if block not in store.catalogue.blocks)
    due = duties(company, primary, config, calendar, local(config, now), unkept)
    found = (*findings.standing(connection), *calendar_is_official(calendar_of(config), due, today))
    return State(company, found, graded, due)


def _grades(store: Store, connection: Connection, company: Company, config: Config, today: date) -> tuple[Grade, ...]:
    uncertain, absent = archive.uncertain(store, connection), archive.absent(connection)
    graded = []
    for code in company.customers:
        known = figures(
            company.all_of(code), today, config.grading.window_months, uncertain.get(code, {}),
            absent.get(code, frozenset()),
        )
        graded += [grade(code, known, name, scheme) for name, scheme in config.grading.schemes.items()]
    return tuple(graded)


def local(config: Config, now: datetime) -> datetime:
    """The wall time that cells are written in."""
    return now.astimezone(config.company.zone).replace(tzinfo=None)


def calendar_of(config: Config, days: Sequence[Accepted] = ()) -> WorkCalendar:
    """The working days: the company's own, of the configuration and of F41b, go first (section 5)."""
    own = {kind: {row.values["date"] for row in days if row.values["kind"] == kind} for kind in ("off", "working")}
    off, working = ({day for day in own[kind] if isinstance(day, date)} for kind in own)
    return WorkCalendar(config.calendar.holidays | off - working, config.calendar.working_days | working)
