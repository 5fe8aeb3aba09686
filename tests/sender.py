"""A run's part that sends, to be started in a process of its own and killed there."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crmflow import mail, outbox
from crmflow.config import Config, load
from crmflow.model import Message, Notice
from crmflow.posting import Mail
from crmflow.store import mailbox
from crmflow.store.base import open_engine, transaction
from crmflow.store.mailbox import State
from tests.tiny import ROOT

BASE = load(ROOT / "config.yaml")
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where the sender's store lies and what the server has written."""

    folder: Path
    on_unknown: str = "resend"

    @property
    def config(self) -> Config:
        settings = {
            "server": "127.0.0.1", "port": int((self.folder / "port").read_text()), "security": "none",
            "on_unknown": self.on_unknown, "user": "",
        }
        return BASE.model_copy(update={"mail": Mail.model_validate(BASE.mail.model_dump(exclude_unset=True) | settings)})

    @property
    def url(self) -> str:
        return f"sqlite:///{(self.folder / 'crmflow.db').as_posix()}"

    @property
    def taken(self) -> list[tuple[str, str]]:
        """Message-ID and subject of every mail that the server has stored, copies too."""
        file = self.folder / "taken"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [tuple(line.split("\t", 1)) for line in lines]  # type: ignore[misc]

    def states(self) -> dict[str, State]:
        """Message-ID → state, of everything in the store."""
        engine = open_engine(self.url)
        with transaction(engine) as connection:
            found = {one.message_id: one.state for one in mailbox.envelopes(connection)}
        engine.dispose()
        return found


def message(number: int, address: str = "wang@hengchuan.example") -> Message:
    notice = Notice("finding", "F1", str(number), "0", 0, "3")
    return Message("3", "王芳", address, f"提醒 {number}", "您好\n" * 200, "<p>您好</p>" * 200, (notice,), ("C1",))


def expected(count: int, config: Config) -> set[str]:
    return {mail.message_id(mailbox.identify(message(number)), config) for number in range(count)}


def send(place: Place, count: int, day: int) -> None:
    """What a run does with its mails: queue what has not been told yet, send what is due."""
    config, now, engine = place.config, NOW + timedelta(days=day), open_engine(place.url)
    (place.folder / "begun").touch()
    with transaction(engine) as connection:
        told = mailbox.known(connection).notices
    fresh = [one for one in map(message, range(count)) if not told.issuperset(one.notices)]
    outbox.queue(engine, fresh, config, now)
    outbox.deliver(engine, mail.carrier(config), config, now)


def send_and_stop_before_settling(place: Place, count: int, day: int) -> None:
    """The same by a sender that stands still when the first answer has come."""
    def stand_still(*_: object) -> None:
        (place.folder / "stopped").touch()
        time.sleep(3600)

    mailbox.settle = stand_still  # type: ignore[assignment]
    send(place, count, day)
