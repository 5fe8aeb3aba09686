"""The pipeline on the real clock: ``run`` is the table of contents of the product."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from crmflow import __version__, mail, outbox, outgoing, render, state, workshop
from crmflow.check.books import worst
from crmflow.codes import HELD
from crmflow.config import Config, local
from crmflow.dates import start_of
from crmflow.drafts import EVERYTHING, Situation, Telling
from crmflow.enclosures import Enclosures, passwords_of
from crmflow.filing import Filing, Progress, take_in
from crmflow.ics import Office
from crmflow.lock import exclusive
from crmflow.model import Message, Stage
from crmflow.outgoing import messages_of, office_of, preview_of
from crmflow.processes import TASKS, Processes
from crmflow.reports import master
from crmflow.scan import Scan, scan
from crmflow.state import State
from crmflow.store import archive, runs
from crmflow.store.archive import Store
from crmflow.store.base import Connection, transaction
from crmflow.tally import Tally
from crmflow.workbook.files import clear_away

TRANSIENT = frozenset({"FILE_CHANGING", "FILE_NOT_READABLE", "FILE_BROKE_READER"})
"""Findings that pass without the file being touched."""


@dataclass
class Figures:
    """What a run came to, as ``crmflow run --json`` prints it. Every row seen is accepted, unchanged or held."""

    workbooks: dict[str, int]
    rows: dict[str, int]
    findings: dict[str, int]
    grades: dict[str, dict[str, int]]
    duties: dict[str, int]
    waiting: int = 0
    """Changes that wait for ``crmflow confirm``."""
    messages: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's figures, and the messages that it would have queued if it was a preview."""

    figures: Figures
    messages: tuple[Message, ...] = ()


def run(
    config: Config, now: datetime, progress: Progress, *, tell: Set[Telling] = EVERYTHING, preview: bool = False
) -> Outcome:
    """Take the workbooks in, grade, work out the duties, tell people, write the master. ``now`` is aware.

    What it does not ``tell``, a later run will. With ``preview`` nothing is kept, written or sent.
    """
    with exclusive(config, leave_no_trace=preview):
        watch = _Stopwatch()
        store = archive.open_to_look(config.store_url, config.catalogue) if preview else _opened(config, now)
        with watch("scan"):
            found = scan(config.folders.workbooks)
        inputs = _inputs(config, found, store.catalogue.origin)
        if not preview and (standing := _still_valid(store, config, inputs, now, tell)):
            _deliver(store, config, now, watch, standing)
            return Outcome(standing)
        templates = render.load(config.folders.templates, config.company.name, config.language)
        with Processes(config.files.workers, TASKS) as processes, store.engine.connect() as connection:
            filing = _filing(store, connection, config, now, processes)
            with watch("read"):
                take_in(filing, found, progress, _nothing if preview else connection.commit)
            if not preview:
                processes.submit_apart(workshop.list_rows, config, filing.run)
            with watch("grade"):
                facts = state.load(store, connection, config)
                known = outgoing.known_so_far(filing, facts, tell)
                if not preview:
                    enclosures = _enclosures(filing, found, known)
                worked_out = state.of(facts, now, runs.tiers(connection, config.grading.primary))
                runs.write_grades(connection, worked_out.grades, filing.run, filing.today)
            reached = _figures(filing.tally, worked_out)
            if preview:
                return Outcome(reached, preview_of(known, filing, worked_out, tell, templates))
            connection.commit()
            reports = _reports(filing, worked_out, office_of(known, filing))
            with watch("render"):
                messages = messages_of(known, filing, worked_out, tell, templates, enclosures)
            connection.rollback()
            with watch("queue"):
                reached.messages["queued"] = outbox.queue(store.engine, messages, config, now)
            _deliver(store, config, now, watch, reached)
            with watch("master"):
                for report in reports:
                    report.result()
        _finish(filing, inputs, worked_out, reached, tell)
        return Outcome(reached)


def _filing(store: Store, connection: Connection, config: Config, now: datetime, processes: Processes) -> Filing:
    """A run begins."""
    number = runs.start_run(connection, datetime.now(UTC), now)
    return Filing(store, connection, config, number, now, local(config, now).date(), processes)


def _nothing() -> None:
    """How a preview keeps what it takes in: not at all."""


def _enclosures(filing: Filing, found: Scan, known: Situation) -> Enclosures:
    """What goes with the mails; the marked workbooks are begun at once."""
    enclosures = Enclosures(filing.processes, filing.config, found, known.findings, passwords_of(filing.config))
    enclosures.begin(known.copies)
    return enclosures


def _reports(filing: Filing, known: State, office: Office) -> "Sequence[Future[None]]":
    """Have the master workbook and the calendars written, the master by the process that has listed the rows.

    What stands in the store need not be handed over.
    """
    arisen = known.findings[len(known.facts.findings):]
    due = tuple(one for one in known.duties if one.stage is not Stage.LATER)
    processes, results = filing.processes, (arisen, known.grades, due, known.register)
    return (
        processes.submit_apart(workshop.write_master, filing.config, filing.run, *results, filing.now),
        processes.submit(workshop.write_calendars, filing.config, known.duties, office),
    )


def _finish(filing: Filing, inputs: str, worked_out: State, reached: Figures, tell: Set[Telling]) -> None:
    """The run comes to its end: until when its figures hold, and what has been told, stands in the ledger."""
    with transaction(filing.store.engine) as connection:
        kept, until = json.dumps(asdict(reached)), _valid_until(filing.config, worked_out, filing.now)
        runs.finish_run(connection, filing.run, datetime.now(UTC), inputs, until, kept, tell)


def _opened(config: Config, now: datetime) -> Store:
    """The store to write to, and nothing left of what a run that was killed had half written."""
    folders = config.folders
    clear_away((folders.data, folders.output, *folders.output.glob("return/*")), now.timestamp())
    return archive.open_store(config.store_url, config.catalogue)


def _figures(tally: Tally, worked_out: State) -> Figures:
    counts = worst(worked_out.findings)
    grades: dict[str, Counter[str]] = {}
    for one in worked_out.grades:
        grades.setdefault(one.scheme, Counter())[one.tier or "ungraded"] += 1
    stages = Counter(duty.stage for duty in worked_out.duties)
    files, rows = tally.in_files(), tally.in_rows()
    return Figures(
        workbooks={"seen": sum(files.values()), **files},
        rows={"seen": rows["accepted"] + rows["unchanged"] + rows["held"], **rows},
        findings={severity.value: number for severity, number in counts.items()},
        grades={scheme: dict(sorted(found.items())) for scheme, found in grades.items()},
        duties={stage.name.lower(): stages[stage] for stage in Stage},
        waiting=sum(finding.code in HELD for finding in worked_out.findings),
    )


def _inputs(config: Config, found: Scan, forms: str) -> str:
    """A fingerprint of everything a run depends on besides the store and the time."""
    words = render.wording(config.folders.templates, config.company.name)
    parts = (__version__, config.model_dump_json(), forms, words, repr(found.files), repr(found.findings))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _still_valid(
    store: Store, config: Config, inputs: str, now: datetime, tell: Set[Telling]
) -> Figures | None:
    """The last run's figures as this run's, when nothing can have changed since and all of ``tell`` has been told."""
    with transaction(store.engine) as connection:
        last = runs.last_finished(connection)
        if last is None or last.inputs != inputs or not last.now <= now < last.valid_until:
            return None
        if not tell <= last.told or not master.path(config).exists():
            return None
        runs.scanned(connection, last.id, now)
    figures = Figures(**json.loads(last.figures))
    files, rows = figures.workbooks, figures.rows
    files |= {"read": 0, "unchanged": files["read"] + files["unchanged"]}
    rows |= {"accepted": 0, "unchanged": rows["accepted"] + rows["unchanged"], "closed": 0}
    figures.messages, figures.seconds = {"queued": 0}, {}
    return figures


def _valid_until(config: Config, worked_out: State, now: datetime) -> datetime:
    """When the same inputs may give another result: at the next change of a duty's stage, at the latest at midnight.

    A file that could not be opened may be readable the next moment, without any other sign.
    """
    if any(finding.code in TRANSIENT for finding in worked_out.findings):
        return now
    here = local(config, now)
    changes = (duty.next_change_at for duty in worked_out.duties if duty.next_change_at)
    return min((start_of(here.date() + timedelta(days=1)), *changes)).replace(tzinfo=config.company.zone)


def _deliver(store: Store, config: Config, now: datetime, watch: "_Stopwatch", figures: Figures) -> None:
    """Send what is in the queue, from this run or an earlier one."""
    with watch("send"):
        delivery = outbox.deliver(store.engine, mail.carrier(config), config, now)
    figures.messages |= {
        name: getattr(delivery, name) for name in ("sent", "failed", "bounced", "unknown", "held", "waiting")
    }
    figures.problem, figures.seconds = delivery.problem, watch.seconds


class _Stopwatch:
    """Seconds of wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)

