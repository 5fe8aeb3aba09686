"""Queue → claim → settle: a mail is on record as being sent before its first byte, and its end is written after."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmflow import mail
from crmflow.config import Config
from crmflow.model import Message
from crmflow.store import mailbox
from crmflow.store.base import Engine, transaction
from crmflow.store.mailbox import State
from crmflow.texts import phrase

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the queue in one run: ``waiting`` will be tried again, ``problem`` says why it stopped early."""

    sent: int
    failed: int
    unknown: int
    held: int
    waiting: int
    problem: str = ""


def queue(engine: Engine, messages: Iterable[Message], config: Config, now: datetime) -> int:
    """Put every message with something new in the queue, all of them or none; how many. ``now`` is aware."""
    queued = 0
    with transaction(engine) as connection:
        for message in messages:
            key = mailbox.identify(message)
            raw = mail.compose(message, key, config, now)
            queued += mailbox.queue(connection, message, mail.message_id(key, config), raw, now)
    return queued


def deliver(engine: Engine, carrier: mail.Carrier, config: Config, now: datetime) -> Delivery:
    """Try everything that is due, over one connection. ``now`` is aware."""
    recover(engine, config, now)
    with transaction(engine) as connection:
        keys = mailbox.due(connection, now)
    ended: Counter[State] = Counter()
    problem = ""
    try:
        for key in keys:
            carrier.ready()
            ended[_send(engine, carrier, key, config, now)] += 1
    except mail.MailProblem as error:
        problem = str(error)
    finally:
        carrier.close()
    return _delivery(engine, ended, problem)


def recover(engine: Engine, config: Config, now: datetime) -> int:
    """What a process that died left ``sending`` becomes unknown, or held if the company wants it so; how many."""
    with transaction(engine) as connection:
        answer = phrase("mail.interrupted", config.language)
        state = State.UNKNOWN if config.mail.on_unknown == "resend" else State.HELD
        return mailbox.interrupted(connection, state, answer, now)


def _send(engine: Engine, carrier: mail.Carrier, key: str, config: Config, now: datetime) -> State:
    with transaction(engine) as connection:
        parcel = mailbox.claim(connection, key)
    if parcel is None:
        return State.SENDING
    outcome = carrier.send(parcel)
    state = _state(outcome, parcel.attempts, config)
    with transaction(engine) as connection:
        mailbox.settle(connection, key, state, outcome.answer, now, now + wait(parcel.attempts))
    return state


def _state(outcome: mail.Outcome, attempt: int, config: Config) -> State:
    """Where an outcome leaves the message: a permanent refusal is final, nothing is tried again for ever."""
    last = attempt >= config.mail.attempts
    if outcome.result is mail.Result.SENT:
        return State.SENT
    if outcome.result is mail.Result.PERMANENT:
        return State.FAILED
    if outcome.result is mail.Result.UNKNOWN:
        return State.HELD if last or config.mail.on_unknown == "hold" else State.UNKNOWN
    return State.FAILED if last else State.PENDING


def wait(attempt: int) -> timedelta:
    """How long after a failed try the next one comes: 5 minutes, then four times as long each, at most a day."""
    return min(FIRST_WAIT * 4.0 ** min(attempt - 1, 10), LONGEST_WAIT)


def _delivery(engine: Engine, ended: Counter[State], problem: str) -> Delivery:
    with transaction(engine) as connection:
        counts = mailbox.counts(connection)
    return Delivery(
        sent=ended[State.SENT], failed=ended[State.FAILED], unknown=ended[State.UNKNOWN], held=ended[State.HELD],
        waiting=sum(counts.get(state, 0) for state in mailbox.OPEN), problem=problem,
    )
