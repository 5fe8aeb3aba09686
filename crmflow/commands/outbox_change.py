"""``crmflow outbox retry``, ``discard`` and ``resend``: a person's word on one message, kept with its reason."""

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.outbox import the_one
from crmflow.config import Config
from crmflow.lock import exclusive
from crmflow.store import archive, audit, mailbox
from crmflow.store.base import transaction
from crmflow.store.mailbox import Envelope, State
from crmflow.texts import phrase


@dataclass(frozen=True, slots=True)
class Verb:
    """From which states a verb moves a message, and to which; ``sends`` says that its bytes go out again."""

    of: frozenset[State]
    to: State
    sends: bool


VERBS: Mapping[str, Verb] = {
    "retry": Verb(frozenset({State.FAILED, State.HELD, State.BOUNCED}), State.PENDING, True),
    "discard": Verb(
        frozenset({State.PENDING, State.UNKNOWN, State.HELD, State.FAILED, State.BOUNCED}), State.DROPPED, False
    ),
    "resend": Verb(frozenset({State.SENT, State.UNKNOWN}), State.PENDING, True),
}


def main(config: Config, now: datetime, verb: str, message: str, reason: str, as_json: bool) -> int:
    """Do what the verb says with the one message whose id begins with ``message``."""
    if not reason.strip():
        raise WrongUse(phrase("cli.outbox.no_reason", config.language))
    with exclusive(config):
        store = archive.open_store(config.store_url, config.catalogue)
        with transaction(store.engine) as connection:
            one = the_one(connection, message, config.language)
            parcel = mailbox.show(connection, one.id)
            _refuse_wrong_state(VERBS[verb], verb, one, bool(parcel and parcel.raw), config.language)
            mailbox.move(connection, one.id, VERBS[verb].to, now)
            audit.enter(connection, audit.Line(now, getpass.getuser(), verb, reason.strip()), one.id)
    if as_json:
        show.as_json({"id": one.id, "state": VERBS[verb].to})
    else:
        show.line(phrase(f"cli.outbox.done.{verb}", config.language, name=one.name, subject=one.subject))
    return COMPLETED


def _refuse_wrong_state(verb: Verb, name: str, one: Envelope, has_body: bool, language: str) -> None:
    state = phrase(f"cli.outbox.state.{one.state}", language)
    if one.state not in verb.of:
        states = phrase("cli.joiner", language).join(
            phrase(f"cli.outbox.state.{state}", language) for state in State if state in verb.of
        )
        raise WrongUse(phrase("cli.outbox.wrong_state", language, verb=name, id=one.id[:8], state=state, states=states))
    if verb.sends and not has_body:
        raise WrongUse(phrase("cli.outbox.no_body", language, id=one.id[:8]))
