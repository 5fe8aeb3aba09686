"""Queue → claim → settle: a mail is on record as being sent before its first byte, and its end is written after."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmflow import mail
from crmflow.config import Config
from crmflow.model import Message
from crmflow.store import bounces, mailbox
from crmflow.store.base import Connection, Engine, transaction
from crmflow.store.mailbox import Parcel, State
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
    bounced: int
    waiting: int
    problem: str = ""


def queue(engine: Engine, messages: Iterable[Message], config: Config, now: datetime) -> int:
    """Put every message with something new in the queue, all of them or none; how many. ``now`` is aware.

    What an address that was refused for good should have is not queued: it is told once there is another one.
    """
    queued = 0
    with transaction(engine) as connection:
        refused = bounces.refused(connection)
        for message in messages:
            if message.address in refused:
                continue
            key = mailbox.identify(message)
            raw = mail.compose(message, key, config, now)
            queued += mailbox.queue(connection, key, message, mail.message_id(key, config), raw, now)
    return queued


def deliver(
    engine: Engine, carrier: mail.Carrier, config: Config, now: datetime, sleep: Callable[[float], None] = time.sleep
) -> Delivery:
    """Try everything that is due, over one connection, no faster than configured. ``now`` is aware."""
    recover(engine, config, now)
    with transaction(engine) as connection:
        _forget(connection, config, now)
        keys, refused = mailbox.due(connection, now), bounces.refused(connection)
    ended: Counter[State] = Counter()
    problem = ""
    try:
        for state in _send(engine, carrier, keys, refused, config, now, sleep):
            ended[state] += 1
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


def _forget(connection: Connection, config: Config, now: datetime) -> None:
    """Empty what was sent so long ago that it is not to be kept."""
    if config.mail.keep_bodies_days:
        mailbox.empty_bodies(connection, now - timedelta(days=config.mail.keep_bodies_days))


def _send(
    engine: Engine, carrier: mail.Carrier, keys: Sequence[str], refused: Set[str], config: Config, now: datetime,
    sleep: Callable[[float], None],
) -> Iterator[State]:
    """Send one after the other, each on record before its first byte; yields how each ended.

    Where nothing comes between an answer and the next mail, both are written
    in one transaction: a commit waits for the disk longer than for a server near by.
    """
    left, pace = deque(keys), _Pace(config.mail.per_minute, sleep)
    parcel: Parcel | None = None
    while parcel is not None or left:
        if parcel is None:
            pace.wait()
            carrier.ready()
            with transaction(engine) as connection:
                parcel = _claim(connection, left)
            continue
        outcome = carrier.send(parcel)
        state = _state(outcome, parcel.attempts, config)
        with transaction(engine) as connection:
            _settle(connection, parcel, state, outcome, refused, now)
            parcel = _claim(connection, left) if state is State.SENT and not pace.interval else None
        yield state


def _claim(connection: Connection, left: deque[str]) -> Parcel | None:
    """The next message that is still to be sent, marked as being sent; None when there is none."""
    while left:
        if (parcel := mailbox.claim(connection, left.popleft())) is not None:
            return parcel
    return None


def _settle(
    connection: Connection, parcel: Parcel, state: State, outcome: mail.Outcome, refused: Set[str], now: datetime
) -> None:
    """Write down how a try ended, and what it says of the address."""
    if outcome.result is mail.Result.UNTRIED:
        mailbox.put_back(connection, parcel.id, outcome.answer)
        return
    mailbox.settle(connection, parcel.id, state, outcome.answer, now, now + wait(parcel.attempts))
    if state is State.BOUNCED:
        bounces.refuse(connection, parcel.address, outcome.answer)
    elif state is State.SENT and parcel.address in refused:
        bounces.welcome(connection, parcel.address, now)


class _Pace:
    """Lets mails go evenly, so many a minute at most."""

    def __init__(self, per_minute: int, sleep: Callable[[float], None]) -> None:
        self.interval = 60 / per_minute if per_minute else 0.0
        self._sleep = sleep
        self._next = 0.0

    def wait(self) -> None:
        """Come back when the next mail may go."""
        if not self.interval:
            return
        if (rest := self._next - time.monotonic()) > 0:
            self._sleep(rest)
        self._next = time.monotonic() + self.interval


def _state(outcome: mail.Outcome, attempt: int, config: Config) -> State:
    """Where an outcome leaves the message: a permanent refusal is final, nothing is tried again for ever."""
    last = attempt >= config.mail.attempts
    if outcome.result is mail.Result.SENT:
        return State.SENT
    if outcome.result is mail.Result.PERMANENT:
        return State.FAILED
    if outcome.result is mail.Result.BOUNCED:
        return State.BOUNCED
    if outcome.result is mail.Result.UNTRIED:
        return State.PENDING
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
        bounced=ended[State.BOUNCED], waiting=sum(counts.get(state, 0) for state in mailbox.OPEN), problem=problem,
    )
