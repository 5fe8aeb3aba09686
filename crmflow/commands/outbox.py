"""``crmflow outbox list`` and ``show``."""

from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import looking
from crmflow.config import Config
from crmflow.store import mailbox
from crmflow.store.mailbox import Parcel
from crmflow.texts import phrase


def main(config: Config, now: datetime, message: str, as_json: bool) -> int:
    """List all messages, or show the one whose id begins with ``message``."""
    with looking(config) as (_, connection):
        parcels = [one for one in mailbox.messages(connection) if one.id.startswith(message)]
    if message:
        if len(parcels) != 1:
            raise WrongUse(phrase("cli.outbox.unknown", config.language, message=message))
        return _show(parcels[0], as_json)
    if as_json:
        show.as_json([_document(one) for one in parcels])
    else:
        _list(parcels, config)
    return COMPLETED


def _document(one: Parcel) -> dict[str, object]:
    names = ("id", "recipient", "name", "address", "subject", "message_id", "state", "attempts", "last_answer")
    return {name: getattr(one, name) for name in names} | {"created_at": one.created_at.isoformat()}


def _show(one: Parcel, as_json: bool) -> int:
    mail = message_from_bytes(one.raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    text = plain.get_content() if plain else ""
    if as_json:
        show.as_json(_document(one) | {"text": text})
    else:
        show.line(f"{one.name} <{one.address}>\n{one.subject}\n{one.state} {one.last_answer}\n\n{text}")
    return COMPLETED


def _list(parcels: Sequence[Parcel], config: Config) -> None:
    names = ("id", "created_at", "name", "subject", "state", "answer")
    rows = [
        (one.id[:8], f"{one.created_at.astimezone(config.company.zone):%Y-%m-%d %H:%M}", one.name, one.subject,
         phrase(f"cli.outbox.state.{one.state}", config.language), one.last_answer)
        for one in parcels
    ]
    headings = [phrase(f"cli.outbox.{name}", config.language) for name in names]
    show.table(phrase("cli.outbox.title", config.language, count=len(rows)), headings, rows)
