"""The pipeline on the real clock: ``run`` is the table of contents of the product."""

import gc
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context

from crmflow import __version__, mail, outbox, render
from crmflow.catalogue import catalogue
from crmflow.check.books import worst
from crmflow.check.calendar import calendar_is_official
from crmflow.check.rules import Reference
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
from crmflow.dates import WorkCalendar, start_of
from crmflow.digest import digests
from crmflow.drafts import Situation, customers_of
from crmflow.duties import duties
from crmflow.figures import figures
from crmflow.filing import Filing, Progress, Tally, take_in
from crmflow.grade import grade
from crmflow.lock import exclusive
from crmflow.model import Accepted, Duty, Finding, Grade, Message, Stage
from crmflow.reports import master, reference
from crmflow.scan import Scan, scan
from crmflow.store import archive, findings, mailbox, runs
from crmflow.store.archive import Store
from crmflow.store.base import Connection, transaction

EVIDENCE = (CONTACTS, MONTHLY)
"""What satisfies a duty even after its row has left the workbook (decision 9)."""
BLOCKS = (COVER, PERSONS, RELATIONS, ROLES, ACTIONS, PROJECTS, CONTACTS, TRANSACTIONS, COMPLAINTS, MONTHLY, CALENDAR)
"""What grades, duties and mails rest on."""
TRANSIENT = frozenset({"FILE_CHANGING", "FILE_NOT_READABLE", "FILE_BROKE_READER"})
"""Findings that pass without the file being touched."""
WEEK = timedelta(days=7)


@dataclass
class Figures:
    """What a run came to, as ``crmflow run --json`` prints it. Every row seen is accepted, unchanged or held."""

    workbooks: dict[str, int]
    rows: dict[str, int]
    findings: dict[str, int]
    grades: dict[str, dict[str, int]]
    duties: dict[str, int]
    messages: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's figures, and the messages it queued or, for a preview, would have queued."""

    figures: Figures
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What is true of the company once the workbooks are taken in."""

    company: Company
    findings: tuple[Finding, ...]
    grades: tuple[Grade, ...]
    duties: tuple[Duty, ...]


def run(config: Config, now: datetime, progress: Progress, *, preview: bool = False) -> Outcome:
    """Take the workbooks in, grade, work out the duties, tell people, write the master. ``now`` is aware.

    With ``preview`` the same is worked out, but nothing is kept, written or sent.
    """
    with exclusive(config, leave_no_trace=preview):
        watch = _Stopwatch()
        store = (archive.open_to_look if preview else archive.open_store)(config.store_url, catalogue())
        templates = render.load(config.folders.templates, config.company.name, config.language)
        with watch("scan"):
            found = scan(config.folders.workbooks)
        inputs = _inputs(config, found)
        if not preview and (standing := _still_valid(store, config, inputs, now)):
            return _deliver(store, config, now, watch, standing)
        with store.engine.connect() as connection:
            number = runs.start_run(connection, datetime.now(UTC), now)
            filing = Filing(store, connection, config, number, now, _local(config, now).date())
            with watch("read"):
                take_in(filing, found, progress)
            with watch("grade"):
                state = work_out(store, connection, config, now)
                runs.write_grades(connection, state.grades, number, filing.today)
            reached = _figures(filing.tally, state)
            if preview:
                messages = _tell(filing, state, templates)
                connection.rollback()
                return Outcome(reached, messages)
            connection.commit()
            with _elsewhere(write_reports, config, state.findings, state.grades, state.duties, now) as written:
                with watch("render"):
                    messages = _tell(filing, state, templates)
                connection.rollback()
                with watch("queue"):
                    reached.messages["queued"] = outbox.queue(store.engine, messages, config, now)
                with watch("master"):
                    written.result()
        with transaction(store.engine) as connection:
            kept = json.dumps(asdict(reached))
            runs.finish_run(connection, number, datetime.now(UTC), inputs, _valid_until(config, state, now), kept)
        return _deliver(store, config, now, watch, reached, messages)


def _local(config: Config, now: datetime) -> datetime:
    """The wall time that cells are written in."""
    return now.astimezone(config.company.zone).replace(tzinfo=None)


def calendar_of(config: Config, days: Sequence[Accepted] = ()) -> WorkCalendar:
    """The working days: the company's own, of the configuration and of F41b, go first (section 5)."""
    own = {kind: {row.values["date"] for row in days if row.values["kind"] == kind} for kind in ("off", "working")}
    off, working = ({day for day in own[kind] if isinstance(day, date)} for kind in own)
    return WorkCalendar(config.calendar.holidays | off - working, config.calendar.working_days | working)


def work_out(store: Store, connection: Connection, config: Config, now: datetime) -> State:
    """Grades and duties from everything that is accepted by now; nothing is written."""
    today = _local(config, now).date()
    rows, closed = archive.company_rows(store, connection, BLOCKS), archive.closed_rows(store, connection, EVIDENCE)
    people, calendar = archive.directory(store, connection), calendar_of(config, rows[CALENDAR])
    graded = _grades(store, connection, Company(people, rows), config, today)
    primary = {one.customer: one for one in graded if one.scheme == config.grading.primary}
    company = Company(people, rows, runs.tier_since(connection, primary, config.grading.primary, today), closed)
    due = duties(company, primary, config, calendar, _local(config, now))
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


def _tell(filing: Filing, state: State, templates: render.Templates) -> tuple[Message, ...]:
    """The mails that say what is new, to those who may know it."""
    config, told = filing.config, mailbox.known(filing.connection)
    zone = config.company.zone
    situation = Situation(
        today=filing.today,
        calendar=calendar_of(config, state.company.rows[CALENDAR]),
        remind_every=config.findings.remind_every_working_days,
        directory=state.company.people,
        customers=customers_of(state.company),
        catalogue=filing.store.catalogue,
        findings=state.findings,
        duties=state.duties,
        grades=state.grades,
        former_grades=runs.grades(filing.connection, filing.today - WEEK),
        plans=state.company.rows[PROJECTS],
        already=told.notices,
        first_told={which: at.astimezone(zone).date() for which, at in told.first_told.items()},
    )
    return tuple(render.message(draft, templates) for draft in digests(situation, config))


def write_reports(
    config: Config, findings: Sequence[Finding], grades: Sequence[Grade], duties: Sequence[Duty], now: datetime
) -> None:
    """The master workbook, and the small file that ``check`` reads instead of the store."""
    gc.disable()
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        people = archive.directory(store, connection)
        content = master.Content(
            company=Company(people, archive.company_rows(store, connection, (COVER,))),
            findings=findings, grades=grades, duties=duties,
            rows=lambda name: archive.company_rows(store, connection, (name,))[name],
            catalogue=store.catalogue, at=_local(config, now),
        )
        master.write(content, config)
        known = Reference(people, archive.archives(store, connection), usage=archive.usage(store, connection))
        reference.write(config.folders.data, known)


@contextmanager
def _elsewhere(job: Callable[..., None], *arguments: object) -> Iterator["Future[None]"]:
    """Run a job in a process of its own meanwhile."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield process.submit(job, *arguments)


def _figures(tally: Tally, state: State) -> Figures:
    counts = worst(state.findings)
    grades: dict[str, Counter[str]] = {}
    for one in state.grades:
        grades.setdefault(one.scheme, Counter())[one.tier or "ungraded"] += 1
    stages = Counter(duty.stage for duty in state.duties)
    files, rows = tally.in_files(), tally.in_rows()
    return Figures(
        workbooks={"seen": sum(files.values()), **files},
        rows={"seen": rows["accepted"] + rows["unchanged"] + rows["held"], **rows},
        findings={severity.value: number for severity, number in counts.items()},
        grades={scheme: dict(sorted(found.items())) for scheme, found in grades.items()},
        duties={stage.name.lower(): stages[stage] for stage in Stage},
    )


def _inputs(config: Config, found: Scan) -> str:
    """A fingerprint of everything a run depends on besides the store and the time."""
    parts = (__version__, config.model_dump_json(), repr(found.files), repr(found.findings))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _still_valid(store: Store, config: Config, inputs: str, now: datetime) -> Figures | None:
    """The last run's figures as this run's, when nothing can have changed since."""
    with transaction(store.engine) as connection:
        last = runs.last_finished(connection)
    if last is None or last.inputs != inputs or not last.now <= now < last.valid_until:
        return None
    if not master.path(config).exists():
        return None
    figures = Figures(**json.loads(last.figures))
    files, rows = figures.workbooks, figures.rows
    files |= {"read": 0, "unchanged": files["read"] + files["unchanged"]}
    rows |= {"accepted": 0, "unchanged": rows["accepted"] + rows["unchanged"], "closed": 0}
    figures.messages, figures.seconds = {"queued": 0}, {}
    return figures


def _valid_until(config: Config, state: State, now: datetime) -> datetime:
    """When the same inputs may give another result: at the next change of a duty's stage, at the latest at midnight.

    A file that could not be opened may be readable the next moment, without any other sign.
    """
    if any(finding.code in TRANSIENT for finding in state.findings):
        return now
    local = _local(config, now)
    changes = (duty.next_change_at for duty in state.duties if duty.next_change_at)
    return min((start_of(local.date() + timedelta(days=1)), *changes)).replace(tzinfo=config.company.zone)


def _deliver(
    store: Store, config: Config, now: datetime, watch: "_Stopwatch", figures: Figures,
    messages: Sequence[Message] = (),
) -> Outcome:
    """Send what is in the queue, from this run or an earlier one."""
    with watch("send"):
        delivery = outbox.deliver(store.engine, mail.carrier(config), config, now)
    figures.messages |= {
        "sent": delivery.sent, "failed": delivery.failed, "unknown": delivery.unknown, "waiting": delivery.waiting
    }
    figures.problem = delivery.problem
    figures.seconds = watch.seconds
    return Outcome(figures, tuple(messages))


class _Stopwatch:
    """Seconds of wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)

