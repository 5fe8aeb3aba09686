"""``crmflow new``: a workbook to fill in, with what is known already in it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.copies import next_report
from crmflow.declare import Values, block_id
from crmflow.model import Identity, Person, WorkbookKind
from crmflow.people import Directory
from crmflow.reports import reference
from crmflow.store import archive
from crmflow.texts import phrase
from crmflow.workbook import blank


def main(
    config: Config, now: datetime, kind: str, code: str, name: str, manager: str, month: str, language: str,
    output: Path | None,
) -> int:
    """Write a blank workbook; an existing file is never touched."""
    tongue = language or config.language
    kinds = [one for one in WorkbookKind if config.catalogue.of_kind(one)]
    if kind not in kinds:
        raise WrongUse(phrase("cli.new.kind", config.language, kind=kind, kinds=" / ".join(kinds)))
    people = reference.read(config.folders.data).people
    keeper = _keeper(people, manager, config)
    filled, place = _filled(WorkbookKind(kind), code, name, manager, keeper, month, now.date(), config)
    path = output or config.folders.workbooks / f"{phrase(f'cli.new.{kind}.path', tongue, **place)}.xlsx"
    if path.exists():
        raise WrongUse(phrase("cli.new.exists", config.language, file=path))
    forms = config.catalogue.of_kind(WorkbookKind(kind))
    if kind == WorkbookKind.MONTHLY:
        filled = {**_left_open(config, people, keeper or manager, filled, now), **filled}
    identity = Identity(uuid4().hex, WorkbookKind(kind), tongue, 1, "", {form.id: form.version for form in forms})
    blank.write(path, forms, identity, filled, [person.name for person in people.people.values()])
    show.line(phrase("cli.new.written", config.language, file=path))
    return COMPLETED


def _keeper(people: Directory, manager: str, config: Config) -> Person | None:
    """Who keeps the workbook; a name that nobody in the staff register has is refused, when there is one."""
    keeper = people.find(manager)
    if manager and people.people and keeper is None:
        raise WrongUse(phrase("cli.new.manager", config.language, manager=manager))
    return keeper


def _left_open(
    config: Config, people: Directory, keeper: Person | str, filled: Mapping[str, Sequence[Values]],
    now: datetime,
) -> Mapping[str, Sequence[Values]]:
    """What the keeper's last report before this one carries forward."""
    month, form = filled["F20.report"][0]["month"], config.catalogue.form("F20")
    assert isinstance(month, date)
    with looking(config) as (store, connection):
        rows = archive.company_rows(store, connection, (block_id(form, block) for block in form.blocks))
        known = (row for found in rows.values() for row in found)
        carried = next_report(known, form, lambda named: keeper in (named, people.find(named)), month)
        named = (str(row["customer"]) for made in carried.values() for row in made if row.get("customer"))
        entered(store, config, now, "new", named)
    return carried


def _filled(
    kind: WorkbookKind, code: str, name: str, manager: str, keeper: Person | None, month: str, today: date,
    config: Config,
) -> tuple[Mapping[str, Sequence[Values]], Mapping[str, str]]:
    """What can be filled in already, and what the file is called after."""
    who = keeper.name if keeper else manager
    if kind not in (WorkbookKind.ARCHIVE, WorkbookKind.MONTHLY):
        return {}, {}
    if not who or (kind is WorkbookKind.ARCHIVE and not (code and name)):
        raise WrongUse(phrase(f"cli.new.{kind}.needs", config.language))
    if kind is WorkbookKind.ARCHIVE:
        cover: Values = {
            "code": code, "name": name, "account_manager": who, "region": keeper.region or None if keeper else None,
            "stage": "prospective", "opened_on": today, "verified_on": today,
        }
        return {"F0.cover": [cover]}, {"code": code, "name": name, "manager": who}
    first = _month(month, today, config)
    return {"F20.report": [{"account_manager": who, "month": first}]}, {"manager": who, "month": f"{first:%Y-%m}"}


def _month(month: str, today: date, config: Config) -> date:
    try:
        return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    except ValueError as error:
        raise WrongUse(phrase("cli.new.month", config.language, month=month)) from error
