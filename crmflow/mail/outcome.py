"""How sending ends, and what a way out is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    """How a try ended; unknown when the content went out and no answer came (RFC 1047).

    Permanent is a refusal of the mail, bounced one of the address, whatever the
    mail says; untried when the account it should go by cannot be used at all.
    """

    SENT = "sent"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one try, with the server's answer."""

    result: Result
    answer: str


class MailProblem(Exception):
    """No mail can leave at all, whatever its content; the message says why in one sentence."""


class Letter(Protocol):
    """What a carrier must know of a queued message."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def created_at(self) -> datetime: ...


class Carrier(Protocol):
    """A way out. ``ready`` raises MailProblem when nothing can be sent now; ``send`` never raises for one mail."""

    def ready(self) -> None: ...
    def send(self, letter: Letter) -> Outcome: ...
    def close(self) -> None: ...
