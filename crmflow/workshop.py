"""What helping processes make beside a run: pictures, marked copies, the master workbook, calendars.

They take only what can be pickled and look up the rest themselves.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from crmflow import ics
from crmflow.check.rules import Reference
from crmflow.company import COVER, Company
from crmflow.config import Config, local
from crmflow.drafts import Content, Draft, customers_of
from crmflow.ics import Office
from crmflow.model import Attachment, Duty, FileState, Finding, Grade, Inline, Person
from crmflow.register import Line
from crmflow.reports import master, reference, return_copy
from crmflow.store import archive
from crmflow.store.base import transaction
from crmflow.workbook.locking import locked

WRITERS = 2
"""Processes that will be needed at least: one writes the master, one the marked copies."""


def load() -> None:
    """Load what only drawing takes, before anybody waits for a picture."""
    _drawing()


def pictures(draft: Draft) -> tuple[Inline, ...]:
    """The pictures of an overview; none where the fonts cannot be read: a mail without them says the same."""
    try:
        return _drawing()(draft.content, draft.recipient.language)
    except OSError:
        return ()


def _drawing() -> Callable[[Content, str], tuple[Inline, ...]]:
    from crmflow.charts import pictures  # noqa: PLC0415 – it takes half a second to load, and only a helping process draws

    return pictures


def marked_copy(
    config: Config, state: FileState, findings: Sequence[Finding], keeper: Person, password: str = ""
) -> Attachment | None:
    """The workbook with its bad cells marked, for who keeps it; None when it has changed since it was read.

    What goes by mail opens with ``password`` only, when there is one.
    """
    source = config.folders.workbooks / state.path
    try:
        status = source.stat()
        if (status.st_size, status.st_mtime_ns) != (state.size, state.modified_ns):
            return None
        into = config.folders.output / "return" / keeper.number
        path = return_copy.write(source, findings, config.catalogue, keeper.language, into)
        content = path.read_bytes()
        return Attachment(path.name, locked(content, password) if password else content)
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
            rows=partial(archive.listed_rows, store, connection),
            catalogue=store.catalogue, at=local(config, now),
        )
        master.write(content, config)
        ics.write(calendar_folder(config), duties, office_of(config, content.company, now))
        known = Reference(people, archive.archives(store, connection), usage=archive.usage(store, connection))
        reference.write(config.folders.data, known)


def office_of(config: Config, company: Company, now: datetime) -> Office:
    """What the calendars of this company have in common."""
    customers = customers_of(company, local(config, now).date())
    return Office(config.company.name, config.company.zone, company.people, customers, now)


def calendar_folder(config: Config) -> Path:
    """Where each person's calendar is."""
    return config.folders.output / "calendar"
