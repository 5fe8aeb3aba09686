"""What goes out of a run: the mails in words, what they carry, the master workbook, the calendar files.

The workbooks are written by other processes meanwhile, so ``write_reports`` and
``marked_copy`` take only what can be pickled and look up the rest themselves.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from crmflow import ics, render
from crmflow.check.rules import Reference
from crmflow.company import COVER, PROJECTS, TRANSACTIONS, Company
from crmflow.config import Config
from crmflow.dates import ONE_DAY, span_of, start_of
from crmflow.digest import digests
from crmflow.drafts import Digest, Draft, Month, Telling, customers_of
from crmflow.executive import untold
from crmflow.figures import figures
from crmflow.filing import Filing
from crmflow.ics import Office
from crmflow.model import Attachment, Duty, FileState, Finding, Grade, Inline, Message, Person, Where
from crmflow.overviews import Executive, Summary
from crmflow.processes import Processes
from crmflow.register import Line
from crmflow.reports import master, reference, return_copy
from crmflow.scan import Scan
from crmflow.state import State, local, to_tell
from crmflow.store import archive, history, mailbox, runs
from crmflow.store.base import Connection, transaction

WEEK = timedelta(days=7)
WRITERS = 2
"""Processes that will be needed at least: one writes the master, one the marked copies."""


def wake(processes: Processes) -> None:
    """Have processes load what they will write with, while this one is grading."""
    processes.wake(_load, at_most=WRITERS)


def _load() -> None:
    """Nothing is left to do for a process that has loaded this module."""


def drafts_of(filing: Filing, state: State, tell: Set[Telling]) -> tuple[Draft, ...]:
    """The mails that say what is new, to those who may know it, before their words."""
    config, told = filing.config, mailbox.known(filing.connection)
    zone = config.company.zone
    told_all = Telling.MONTHS not in tell or not untold(state.company.people, told.notices, filing.today)
    first_told = {which: at.astimezone(zone).date() for which, at in told.first_told.items()}
    situation = replace(
        to_tell(state, tell, told.notices, first_told),
        findings=(*state.findings, *_undelivered(filing.connection)),
        former_grades=runs.grades(filing.connection, filing.today - WEEK),
        month=None if told_all else _month(filing, state),
    )
    return digests(situation, config, tell)


def _undelivered(connection: Connection) -> Iterator[Finding]:
    """For the administrator: whom mail does not reach."""
    for one in mailbox.undelivered(connection):
        facts = {"person": one.name, "count": str(one.count), "answer": one.answer}
        code = "MAIL_HELD" if one.state is mailbox.State.HELD else "MAIL_FAILED"
        yield Finding(code, Where(""), one.address, "F30.people", "email", facts, row_key=one.recipient)


def _month(filing: Filing, state: State) -> Month:
    """The month before today's, and what is known of how the company stood when it began."""
    config, connection = filing.config, filing.connection
    span = span_of("month", filing.today.replace(day=1) - ONE_DAY)
    before, window = span.start - ONE_DAY, config.grading.window_months
    began = start_of(span.start).replace(tzinfo=config.company.zone)
    grades = tuple(one for one in runs.grades(connection, before) if one.scheme == config.grading.primary)
    turnover = {
        code: figures({TRANSACTIONS: state.company.of(code, TRANSACTIONS)}, before, window, {}, frozenset())["turnover"]
        for code in {one.customer for one in grades} & state.company.customers.keys()
        if state.figures[code]["turnover"].value is not None
    }
    return Month(
        span, state.company, state.figures, grades,
        former_plans=history.rows_at(connection, filing.store.catalogue, (PROJECTS,), began).get(PROJECTS, ()),
        former_turnover={
            code: float(one.value) for code, one in turnover.items() if isinstance(one.value, int | float)
        },
    )


def messages_of(
    drafts: Sequence[Draft], templates: render.Templates, copies: "Copies", now: datetime
) -> tuple[Message, ...]:
    """The drafts in words, with the calendars and the marked workbooks they promise; these are made meanwhile."""
    ordered = [copies.order(draft) for draft in drafts]
    pictured = [
        copies.processes.submit(pictures, draft) if isinstance(draft.content, Summary | Executive) else None
        for draft in drafts
    ]
    written = [
        render.message(draft, templates, drawn.result() if drawn else ())
        for draft, drawn in zip(drafts, pictured, strict=True)
    ]
    calendars = _calendars(drafts, copies.config, copies.state, now)
    return tuple(
        replace(message, attachments=(
            *calendars.get(index, ()), *(made for copy in own if (made := copy.result()) is not None)
        ))
        for index, (message, own) in enumerate(zip(written, ordered, strict=True))
    )


def pictures(draft: Draft) -> tuple[Inline, ...]:
    """The pictures of an overview; none where the fonts cannot be read: a mail without them says the same."""
    from crmflow.charts import pictures as drawn  # noqa: PLC0415 – drawing takes a second to load, and only a helping process draws

    try:
        return drawn(draft.content, draft.recipient.language)
    except OSError:
        return ()


def _calendars(
    drafts: Sequence[Draft], config: Config, state: State, now: datetime
) -> Mapping[int, tuple[Attachment, ...]]:
    """The calendar files that digests promise, by the draft's place."""
    promised = [
        (index, draft.recipient) for index, draft in enumerate(drafts)
        if isinstance(draft.content, Digest) and draft.content.calendar
    ]
    if not promised:
        return {}
    office, own = _office(config, state.company, now), ics.by_owner(state.duties)
    made = (
        (index, ics.feed(person, own[person.number], ics.read(ics.path_of(_calendar_folder(config), person)), office))
        for index, person in promised if person.number in own
    )
    return {index: (Attachment("crmflow.ics", text.encode()),) for index, text in made}


def _office(config: Config, company: Company, now: datetime) -> Office:
    customers = customers_of(company, local(config, now).date())
    return Office(config.company.name, config.company.zone, company.people, customers, now)


def _calendar_folder(config: Config) -> Path:
    return config.folders.output / "calendar"


@dataclass(frozen=True, slots=True)
class Copies:
    """Orders marked copies of workbooks from the other processes."""

    processes: Processes
    config: Config
    found: Scan
    state: State

    def order(self, draft: Draft) -> list["Future[Attachment | None]"]:
        files = draft.content.copies if isinstance(draft.content, Digest) else ()
        states = {state.path: state for state in self.found.files if state.path in files}
        return [
            self.processes.submit(
                marked_copy, self.config, states[file],
                tuple(one for one in self.state.findings if one.where.file == file), draft.recipient,
            )
            for file in files if file in states
        ]


def marked_copy(config: Config, state: FileState, findings: Sequence[Finding], keeper: Person) -> Attachment | None:
    """The workbook with its bad cells marked, for who keeps it; None when it has changed since it was read."""
    source = config.folders.workbooks / state.path
    try:
        status = source.stat()
        if (status.st_size, status.st_mtime_ns) != (state.size, state.modified_ns):
            return None
        into = config.folders.output / "return" / keeper.number
        path = return_copy.write(source, findings, config.catalogue, keeper.language, into)
        return Attachment(path.name, path.read_bytes())
    except OSError:
        return None


def write_reports(
    config: Config, findings: Sequence[Finding], grades: Sequence[Grade], duties: Sequence[Duty],
    register: Sequence[Line], now: datetime,
) -> None:
    """The master workbook, each person's calendar, and the small file that ``check`` reads instead of the store."""
    store = archive.open_store(config.store_url, config.catalogue)
    with transaction(store.engine) as connection:
        people = archive.directory(store, connection)
        content = master.Content(
            company=Company(people, archive.company_rows(store, connection, (COVER,))),
            findings=findings, grades=grades, duties=duties, register=register,
            rows=lambda name: archive.company_rows(store, connection, (name,))[name],
            catalogue=store.catalogue, at=local(config, now),
        )
        master.write(content, config)
        ics.write(_calendar_folder(config), duties, _office(config, content.company, now))
        known = Reference(people, archive.archives(store, connection), usage=archive.usage(store, connection))
        reference.write(config.folders.data, known)
