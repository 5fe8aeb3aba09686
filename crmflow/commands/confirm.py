"""``crmflow confirm``: what waits for somebody's word, and giving it."""

import getpass
from collections.abc import Sequence
from datetime import datetime

from crmflow.codes import describe
from crmflow.commands import show
from crmflow.commands.check import document
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.config import Config
from crmflow.lock import exclusive
from crmflow.store import archive, findings
from crmflow.store.base import transaction
from crmflow.texts import phrase


def main(config: Config, now: datetime, tokens: Sequence[str], by: str, as_json: bool) -> int:
    """List the holds, or let some through: they are taken in at the next run."""
    with exclusive(config):
        store = archive.open_store(config.store_url, config.catalogue)
        with transaction(store.engine) as connection:
            if tokens:
                unknown = findings.confirm(connection, tokens, by or getpass.getuser(), now)
                if unknown:
                    raise WrongUse(phrase("cli.confirm.unknown", config.language, tokens="、".join(unknown)))
            holds = findings.pending_holds(connection)
    if as_json:
        show.as_json([{"token": hold.token} | document(hold.finding, config.catalogue) for hold in holds])
        return COMPLETED
    if tokens:
        show.line(phrase("cli.confirm.done", config.language, count=len(tokens)))
    elif not holds:
        show.line(phrase("cli.confirm.none", config.language))
    if holds:
        names = ("cli.confirm.token", "master.source", "master.cell", "master.what_to_do")
        headings = [phrase(name, config.language) for name in names]
        fields = config.catalogue.find_field
        rows = [
            (hold.token, hold.finding.where.file, f"{hold.finding.where.sheet} {hold.finding.where.cell}",
             describe(hold.finding, config.language, fields(hold.finding.block, hold.finding.field_id)))
            for hold in holds
        ]
        show.table(phrase("cli.confirm.title", config.language), headings, rows)
        show.line(phrase("cli.confirm.how", config.language))
    return COMPLETED
