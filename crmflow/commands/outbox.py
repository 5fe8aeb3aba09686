"""``crmflow outbox list`` and ``show``."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.store import accesses, audit, mailbox
from crmflow.store.audit import Line
from crmflow.store.base import Connection
from crmflow.store.mailbox import Envelope, Parcel
from crmflow.texts import phrase


def main(config: Config, now: datetime, message: str, as_json: bool) -> int:
    """List all messages, or show the one whose id begins with ``message`` and what people did with it."""
    with looking(config) as (store, connection):
        if message:
            parcel = mailbox.show(connection, the_one(connection, message, config.language).id)
            assert parcel is not None
            entered(store, config, now, "outbox show", accesses.named_in(connection, parcel.id))
            _show(parcel, audit.lines(connection, parcel.id), config, as_json)
            return COMPLETED
        envelopes = mailbox.envelopes(connection)
    if as_json:
        show.as_json([_document(one) for one in envelopes])
    else:
        _list(envelopes, config)
    return COMPLETED


def the_one(connection: Connection, beginning: str, language: str) -> Envelope:
    """The one message whose id begins so; raises WrongUse when there is none, or more than one."""
    found = mailbox.envelopes(connection, beginning)
    if len(found) != 1:
        raise WrongUse(phrase("cli.outbox.unknown", language, message=beginning))
    return found[0]


def _document(one: Envelope) -> dict[str, object]:
    names = ("id", "recipient", "name", "address", "subject", "message_id", "state", "attempts", "last_answer")
    return {name: getattr(one, name) for name in names} | {"created_at": one.created_at.isoformat()}


def _show(one: Parcel, lines: Sequence[Line], config: Config, as_json: bool) -> None:
    text = _text(one.raw) if one.raw else phrase("cli.outbox.emptied", config.language)
    if as_json:
        acts = [asdict(line) | {"at": line.at.isoformat()} for line in lines]
        show.as_json(_document(one) | {"text": text, "audit": acts})
        return
    state = phrase(f"cli.outbox.state.{one.state}", config.language)
    show.line(f"{one.name} <{one.address}>\n{one.subject}\n{state} {one.last_answer}")
    for line in lines:
        what = phrase(f"cli.outbox.did.{line.what}", config.language)
        show.line(f"{_at(line.at, config)} {line.who} {what}：{line.why}")
    show.line(f"\n{text}")


def _text(raw: bytes) -> str:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    return str(plain.get_content()) if plain else ""


def _list(envelopes: Sequence[Envelope], config: Config) -> None:
    names = ("id", "created_at", "name", "subject", "state", "answer")
    rows = [
        (one.id[:8], _at(one.created_at, config), one.name, one.subject,
         phrase(f"cli.outbox.state.{one.state}", config.language), one.last_answer)
        for one in envelopes
    ]
    headings = [phrase(f"cli.outbox.{name}", config.language) for name in names]
    show.table(phrase("cli.outbox.title", config.language, count=len(rows)), headings, rows)


def _at(moment: datetime, config: Config) -> str:
    return f"{moment.astimezone(config.company.zone):%Y-%m-%d %H:%M}"
