"""What goes out of a run: the mails in words, the marked workbooks they carry, the master workbook.

The workbooks are written by other processes meanwhile, so ``write_reports`` and
``marked_copy`` take only what can be pickled and look up the rest themselves.
"""

import gc
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crmflow import render
from crmflow.check.rules import Reference
from crmflow.company import CALENDAR, COVER, PROJECTS, Company
from crmflow.config import Config
from crmflow.digest import digests
from crmflow.drafts import Digest, Draft, Situation, customers_of
from crmflow.filing import Filing
from crmflow.model import Attachment, Duty, FileState, Finding, Grade, Message, Person
from crmflow.reports import master, reference, return_copy
from crmflow.scan import Scan
from crmflow.state import State, calendar_of, local
from crmflow.store import archive, mailbox, runs
from crmflow.store.base import transaction

WEEK = timedelta(days=7)


def drafts_of(filing: Filing, state: State) -> tuple[Draft, ...]:
    """The mails that say what is new, to those who may know it, before their words."""
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
    return digests(situation, config)


def messages_of(drafts: Sequence[Draft], templates: render.Templates, copies: "Copies") -> tuple[Message, ...]:
    """The drafts in words, with the marked workbooks they promise; these are made meanwhile."""
    ordered = [copies.order(draft) for draft in drafts]
    written = [render.message(draft, templates) for draft in drafts]
    return tuple(
        replace(message, attachments=tuple(made for copy in own if (made := copy.result()) is not None))
        for message, own in zip(written, ordered, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Copies:
    """Orders marked copies of workbooks from the helping processes."""

    helpers: Executor
    config: Config
    found: Scan
    state: State

    def order(self, draft: Draft) -> list["Future[Attachment | None]"]:
        files = draft.content.copies if isinstance(draft.content, Digest) else ()
        states = {state.path: state for state in self.found.files if state.path in files}
        return [
            self.helpers.submit(
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
    config: Config, findings: Sequence[Finding], grades: Sequence[Grade], duties: Sequence[Duty], now: datetime
) -> None:
    """The master workbook, and the small file that ``check`` reads instead of the store."""
    gc.disable()
    store = archive.open_store(config.store_url, config.catalogue)
    with transaction(store.engine) as connection:
        people = archive.directory(store, connection)
        content = master.Content(
            company=Company(people, archive.company_rows(store, connection, (COVER,))),
            findings=findings, grades=grades, duties=duties,
            rows=lambda name: archive.company_rows(store, connection, (name,))[name],
            catalogue=store.catalogue, at=local(config, now),
        )
        master.write(content, config)
        known = Reference(people, archive.archives(store, connection), usage=archive.usage(store, connection))
        reference.write(config.folders.data, known)
