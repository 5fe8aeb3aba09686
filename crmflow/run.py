"""The pipeline on the real clock: ``run`` is the table of contents of the product."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from crmflow import __version__, mail, outbox, outgoing, render, workshop
from crmflow.check.books import worst
from crmflow.codes import HELD
from crmflow.config import Config, local
from crmflow.dates import start_of
from crmflow.drafts import EVERYTHING, Telling
from crmflow.enclosures import Enclosures, passwords_of
from crmflow.filing import Filing, Progress, Tally, take_in
from crmflow.lock import exclusive
from crmflow.model import Message, Stage
from crmflow.outgoing import messages_of, preview_of, situation_of
from crmflow.processes import TASKS, Processes
from crmflow.reports import master
from crmflow.scan import Scan, scan
from crmflow.state import State, work_out
from crmflow.store import archive, runs
from crmflow.store.archive import Store
from crmflow.store.base import transaction
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
        store = (archive.open_to_look if preview else archive.open_store)(config.store_url, config.catalogue)
        with watch("scan"):
            found = scan(config.folders.workbooks)
        inputs = _inputs(config, found, store.catalogue.origin)
        if not preview and (standing := _still_valid(store, config, inputs, now, tell)):
            return _deliver(store, config, now, watch, standing)
        templates = render.load(config.folders.templates, config.company.name, config.language)
        with Processes(config.files.workers, TASKS) as processes, store.engine.connect() as connection:
            number = runs.start_run(connection, datetime.now(UTC), now)
            filing = Filing(store, connection, config, number, now, local(config, now).date(), processes)
            with watch("read"):
                take_in(filing, found, progress)
            if not preview:
                processes.wake(workshop.load, at_most=workshop.WRITERS)
            with watch("grade"):
                state = work_out(store, connection, config, now)
                runs.write_grades(connection, state.grades, number, filing.today)
                outgoing.readdress(filing, state)
            reached = _figures(filing.tally, state)
            if preview:
                return Outcome(reached, preview_of(situation_of(filing, state, tell), config, tell, templates))
            connection.commit()
            written = processes.submit(
                workshop.write_reports, config, state.findings, state.grades, state.duties, state.register, now
            )
            with watch("render"):
                enclosures = Enclosures(processes, config, found, state, passwords_of(config))
                messages = messages_of(situation_of(filing, state, tell), tell, templates, enclosures, now)
            connection.rollback()
            with watch("queue"):
                reached.messages["queued"] = outbox.queue(store.engine, messages, config, now)
            with watch("master"):
                written.result()
        with transaction(store.engine) as connection:
            kept = json.dumps(asdict(reached))
            runs.finish_run(connection, number, datetime.now(UTC), inputs, _valid_until(config, state, now), kept, tell)
        return _deliver(store, config, now, watch, reached)


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
        waiting=sum(finding.code in HELD for finding in state.findings),
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
        runs.scanned_again(connection, last.id, now)
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
    here = local(config, now)
    changes = (duty.next_change_at for duty in state.duties if duty.next_change_at)
    return min((start_of(here.date() + timedelta(days=1)), *changes)).replace(tzinfo=config.company.zone)


def _deliver(store: Store, config: Config, now: datetime, watch: "_Stopwatch", figures: Figures) -> Outcome:
    """Send what is in the queue, from this run or an earlier one, and clear away what a killed one left."""
    folders = config.folders
    clear_away((folders.data, folders.output, *folders.output.glob("return/*")), now.timestamp())
    with watch("send"):
        delivery = outbox.deliver(store.engine, mail.carrier(config), config, now)
    figures.messages |= {
        name: getattr(delivery, name) for name in ("sent", "failed", "bounced", "unknown", "held", "waiting")
    }
    figures.problem = delivery.problem
    figures.seconds = watch.seconds
    return Outcome(figures)


class _Stopwatch:
    """Seconds of wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)

