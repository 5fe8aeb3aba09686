"""``crmflow access``: who was sent or shown what, of which customers, and when (A4)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, moment
from crmflow.commands.known import looking
from crmflow.config import Config
from crmflow.people import Directory
from crmflow.store import accesses, archive
from crmflow.store.accesses import ALL, Access
from crmflow.texts import phrase


def main(config: Config, now: datetime, customer: str, person: str, since: str, as_json: bool) -> int:
    """Print the access log, the newest entry first: of all, of one customer, of one person, since a day."""
    with looking(config) as (store, connection):
        people = archive.directory(store, connection)
        found = people.find(person)
        names = ({found.number} if found else set()) | ({person} if person else set())
        entries = accesses.entries(connection, customer, names, _from(since, config) if since else None)
    if as_json:
        show.as_json([asdict(one) | {"at": one.at.isoformat(), "name": _name(one, people)} for one in entries])
    else:
        _print(entries, people, config)
    return COMPLETED


def _from(since: str, config: Config) -> datetime:
    """A moment, or the beginning of a day."""
    return moment(f"{since}T00:00" if len(since) == len("2026-07-15") else since, config)


def _name(one: Access, people: Directory) -> str:
    person = people.people.get(one.who)
    return person.name if person else one.who


def _print(entries: Sequence[Access], people: Directory, config: Config) -> None:
    language = config.language
    rows = [
        (f"{one.at.astimezone(config.company.zone):%Y-%m-%d %H:%M}", _name(one, people),
         phrase("cli.access.mail", language) if one.message else f"crmflow {one.what}",
         phrase("cli.access.all", language) if one.customer == ALL else one.customer, (one.message or "")[:8])
        for one in entries
    ]
    headings = [phrase(f"cli.access.{name}", language) for name in ("at", "who", "what", "customer", "message")]
    show.table(phrase("cli.access.title", language, count=len(rows)), headings, rows)
