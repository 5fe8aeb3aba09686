"""The configured ways out: SMTP, ``.eml`` files, and several accounts side by side."""

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

from crmflow.config import Config
from crmflow.mail.letters import sender_of
from crmflow.mail.outcome import Carrier, Letter, MailProblem, Outcome, Result
from crmflow.mail.smtp import SmtpCarrier
from crmflow.posting import Account
from crmflow.texts import os_reason, phrase


def carrier(config: Config, tls: ssl.SSLContext | None = None) -> Carrier:
    """The configured way out; ``tls`` replaces the system's trusted certificates."""
    context = tls or trusted()
    ways = {account.sender: way_of(account, config, context) for account in config.mail.accounts}
    first = ways[config.mail.sender]
    return first if len(ways) == 1 else Accounts(ways, first)


def trusted() -> ssl.SSLContext:
    """The certificates that this computer trusts, over no older TLS than 1.2."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def way_of(account: Account, config: Config, tls: ssl.SSLContext) -> Carrier:
    """By SMTP, or into files where the account has no server."""
    if not account.server:
        return FileCarrier(config.folders.output / "mail", config.language)
    return SmtpCarrier(account, config.secret, config.language, tls)


class Accounts:
    """Several accounts, one connection each: a mail goes by the one of its sender.

    What cannot be used is not tried again in the same run; nothing can leave
    only where none can be used.
    """

    def __init__(self, ways: Mapping[str, Carrier], first: Carrier) -> None:
        self._ways = ways
        self._first = first
        self._problems: dict[Carrier, MailProblem] = {}

    def ready(self) -> None:
        problems = [problem for way in self._ways.values() if (problem := self._problem(way)) is not None]
        if len(problems) == len(self._ways):
            raise problems[0]

    def _problem(self, way: Carrier) -> MailProblem | None:
        if way not in self._problems:
            try:
                way.ready()
            except MailProblem as problem:
                self._problems[way] = problem
        return self._problems.get(way)

    def send(self, letter: Letter) -> Outcome:
        way = self._ways.get(sender_of(letter.raw), self._first)
        problem = self._problem(way)
        return way.send(letter) if problem is None else Outcome(Result.UNTRIED, str(problem))

    def close(self) -> None:
        for way in self._ways.values():
            way.close()


class FileCarrier:
    """Mails as ``.eml`` files, for a company without an SMTP server and for looking at them first."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._language = language

    def ready(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailProblem(self._told(error)) from error

    def send(self, letter: Letter) -> Outcome:
        path = self._folder / file_name(letter)
        unfinished = path.with_suffix(".tmp")
        try:
            with unfinished.open("wb") as stream:
                stream.write(letter.raw)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(path)
        except OSError as error:
            return Outcome(Result.TRANSIENT, self._told(error))
        return Outcome(Result.SENT, phrase("mail.written", self._language, file=path.name))

    def _told(self, error: OSError) -> str:
        return phrase("mail.no_folder", self._language, reason=os_reason(error, self._language))

    def close(self) -> None:
        """Nothing is kept open."""


def file_name(letter: Letter) -> str:
    """``2026-07-20_王敏_0f3a….eml``: day, recipient, the message's own id."""
    name = re.sub(r"[^\w-]+", "_", letter.name)[:40]
    return f"{letter.created_at:%Y-%m-%d}_{name}_{letter.id[:12]}.eml"
