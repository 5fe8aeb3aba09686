"""What helping processes make beside a run: pictures, marked copies, the master workbook, calendars.

They take only what can be pickled and look up the rest themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from crmflow import ics
from crmflow.check.rules import Reference
from crmflow.company import COVER, Company
from crmflow.config import Config, local
from crmflow.drafts import Draft
from crmflow.ics import Office
from crmflow.model import Attachment, Duty, FileState, Finding, Grade, Inline, Person
from crmflow.register import Line
from crmflow.reports import master, reference, return_copy
from crmflow.store import archive, findings
from crmflow.store.base import transaction
from crmflow.workbook.locking import locked
from crmflow.workbook.table import TableSheet


def pictures(drafts: Sequence[Draft]) -> list[tuple[Inline, ...]]:
    """The pictures of each overview; none where the fonts cannot be read: a mail without them says the same."""
    # It takes a third of a second to load, and only a helping process draws.
    from crmflow.charts import pictures as drawn  # noqa: PLC0415

    try:
        return [drawn(draft.content, draft.recipient.language) for draft in drafts]
    except OSError:
        return [()] * len(drafts)


def marked_copy(
    config: Config, state: FileState, wrong: Sequence[Finding], keeper: Person, password: str = ""
) -> Attachment | Path | None:
    """Where the workbook with its bad cells marked lies, for who keeps it; None when it has changed since it was read.

    What goes by mail opens with ``password`` only, when there is one.
    """
    source = config.folders.workbooks / state.path
    try:
        status = source.stat()
        if (status.st_size, status.st_mtime_ns) != (state.size, state.modified_ns):
            return None
        into = config.folders.output / "return" / keeper.number
        path = return_copy.write(source, wrong, config.catalogue, keeper.language, into)
        return Attachment(path.name, locked(path.read_bytes(), password)) if password else path
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands in the store once everything is taken in: what ``check`` must know, and what the master shows."""

    reference: Reference
    company: Company
    findings: tuple[Finding, ...]
    forms: list[TableSheet]


def list_rows(config: Config, run: int) -> None:
    """List what is accepted for the master, in the process that will write it: grades and duties are not known yet."""
    _LISTED[config.store_url, run] = _listed(config)


def write_master(
    config: Config, run: int, arisen: Sequence[Finding], grades: Sequence[Grade], duties: Sequence[Duty],
    register: Sequence[Line], now: datetime,
) -> None:
    """The master workbook, and the small file that ``check`` reads instead of the store.

    ``arisen`` are the findings that do not stand in the store, ``duties`` those that have reached a stage.
    """
    which = config.store_url, run
    known = _LISTED.pop(which) if which in _LISTED else _listed(config)
    content = master.Content(
        known.company, (*known.findings, *arisen), grades, duties, register, config.catalogue, local(config, now)
    )
    master.write(content, known.forms, config)
    reference.write(config.folders.data, known.reference)


_LISTED: dict[tuple[str, int], Listed] = {}
"""What this process has listed for the master of a run, by the store and the run's number."""


def _listed(config: Config) -> Listed:
    store = archive.open_store(config.store_url, config.catalogue)
    with transaction(store.engine) as connection:
        people = archive.directory(store, connection)
        company = Company(people, archive.company_rows(store, connection, (COVER,)))
        rows = partial(archive.listed_rows, store, connection)
        return Listed(
            reference=Reference(people, archive.archives(store, connection), usage=archive.usage(store, connection)),
            company=company,
            findings=tuple(findings.standing(connection)),
            forms=master.forms(company, store.catalogue, rows, config.language),
        )


def write_calendars(config: Config, duties: Sequence[Duty], office: Office) -> None:
    """Each person's calendar."""
    ics.write(calendar_folder(config), duties, office)


def calendar_folder(config: Config) -> Path:
    """Where each person's calendar is."""
    return config.folders.output / "calendar"
