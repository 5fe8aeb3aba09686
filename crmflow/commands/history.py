"""``crmflow history``: every change of a customer's rows, or how they stood on a day."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from crmflow.catalogue import Catalogue
from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse, moment
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.declare import Field, key_fields
from crmflow.model import Value
from crmflow.parse.plain import shown
from crmflow.store import history
from crmflow.store.history import Entry
from crmflow.texts import phrase


def main(config: Config, now: datetime, customer: str, block: str, as_of: str, since: str, as_json: bool) -> int:
    """Print the revisions, or those after ``since``, with what each changed; with ``as_of`` the rows of that day."""
    with looking(config) as (store, connection):
        if block and block not in store.catalogue.blocks:
            blocks = "、".join(store.catalogue.blocks)
            raise WrongUse(phrase("cli.no_block", config.language, block=block, blocks=blocks))
        if as_of:
            entries = history.as_of(connection, store.catalogue, customer, moment(as_of, config), block)
        else:
            entries = history.revisions(connection, store.catalogue, customer, block)
        entered(store, config, now, "history", (customer,) if entries else ())
    if not entries:
        raise WrongUse(phrase("cli.no_customer", config.language, customer=customer))
    told = _told(entries, store.catalogue, config, whole=bool(as_of))
    if since:
        after = moment(since, config)
        told = [row for row, entry in zip(told, entries, strict=True) if entry.accepted_at > after]
    if as_json:
        show.as_json(told)
        return COMPLETED
    names = ("accepted_at", "action", "block", "what", "values")
    show.table(
        phrase("cli.history.title", config.language, customer=customer, count=len(told)),
        [phrase(f"cli.history.{name}", config.language) for name in names],
        [[row[name] if name != "values" else _shown(row["values"]) for name in names] for row in told],
    )
    return COMPLETED


def _told(entries: Sequence[Entry], catalogue: Catalogue, config: Config, whole: bool) -> list[dict[str, object]]:
    """Each revision with what it changed; with ``whole`` all of the row."""
    before: dict[str, dict[str, Value]] = {}
    told: list[dict[str, object]] = []
    for entry in entries:
        block = catalogue.block(entry.block)
        former = {} if whole else before.get(entry.row_id, {})
        changed = {
            say(field.label, config.language): _said(field, entry.values[field.id], config.language)
            for field in block.fields if entry.values[field.id] != former.get(field.id)
        }
        before[entry.row_id] = dict(entry.values)
        told.append({
            "accepted_at": _local(entry.accepted_at, config.company.zone), "run": entry.run,
            "action": phrase(f"cli.history.{entry.action}", config.language), "block": entry.block,
            "what": " · ".join(
                shown(_said(field, value, config.language)) for name in key_fields(block)
                for field in block.fields if field.id == name and (value := entry.values[name]) is not None
            ),
            "period": entry.period,
            "values": changed, "file": entry.path, "sheet": entry.sheet, "row": entry.row,
        })
    return told


def _said(field: Field, value: Value, language: str) -> Value:
    """A value as its cell shows it."""
    if isinstance(value, bool):
        return phrase("master.yes" if value else "master.no", language)
    return next((say(choice.label, language) for choice in field.choices if choice.id == value), value)


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _shown(values: object) -> str:
    assert isinstance(values, dict)
    return "\n".join(f"{name}: {shown(value)}" for name, value in values.items())
