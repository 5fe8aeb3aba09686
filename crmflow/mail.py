"""One finished mail → an outcome: by SMTP over one open connection, or as an ``.eml`` file.

The only user of yagmail, which carries and does not compose (decision 12).
"""

import hashlib
import io
import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Protocol

from yagmail import Client

from crmflow.config import Config
from crmflow.model import Message
from crmflow.texts import phrase, plain

# Not every server takes eight bits, and Chinese is shorter in base64 than quoted.
ENCODING = "base64"


TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".ics": "text/calendar",
}
"""What a mail may carry, by the end of its name."""


class Result(StrEnum):
    """How a try ended; unknown when the content went out and no answer came (RFC 1047).

    Permanent is a refusal of the mail, bounced one of the address, whatever the mail says.
    """

    SENT = "sent"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


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


def message_id(key: str, config: Config) -> str:
    """The Message-ID that belongs to a message's own id, the same at every try."""
    return f"<{key}@{config.mail.sender.rpartition('@')[2]}>"


def thread_id(message: Message, config: Config) -> str:
    """The Message-ID that all mails of one thread to one person refer to; no mail need ever have borne it."""
    root = hashlib.sha256(f"{message.recipient}\x1f{message.thread}".encode()).hexdigest()[:32]
    return f"<thread.{root}@{config.mail.sender.rpartition('@')[2]}>"


def compose(message: Message, key: str, config: Config, now: datetime) -> bytes:
    """The finished mail: plain text, HTML and its pictures. ``now`` is aware.

    Raises ValueError for an address that cannot be written in a header.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = plain(message.subject)
    mail["From"] = Address(config.mail.sender_name, addr_spec=config.mail.sender)
    mail["To"] = Address(plain(message.name), addr_spec=message.address)
    mail["Date"] = now
    mail["Message-ID"] = message_id(key, config)
    if message.thread:
        mail["In-Reply-To"] = mail["References"] = thread_id(message, config)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte=ENCODING)
    mail.add_alternative(message.html, subtype="html", cte=ENCODING)
    for inline in message.inlines:
        html = mail.get_body(("html",))
        assert isinstance(html, EmailMessage)
        html.add_related(inline.png, "image", "png", cid=f"<{inline.content_id}>", disposition="inline")
    for attachment in message.attachments:
        kind = TYPES[PurePath(attachment.name).suffix]
        mail.add_attachment(attachment.content, *kind.split("/"), filename=attachment.name)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # No line of base64 begins like this, so that nobody needs to look for it.
        part.set_boundary(f"={number}={key}")
    written = io.BytesIO()
    _Generator(written, policy=SMTP).flatten(mail)
    return written.getvalue()


class _Generator(BytesGenerator):
    """Writes a body as a whole: line by line, a workbook in base64 takes longer than everything else in a mail."""

    def _write_lines(self, lines: str) -> None:
        self.write(lines.replace("\n", "\r\n"))


def carrier(config: Config, tls: ssl.SSLContext | None = None) -> Carrier:
    """The configured way out; ``tls`` replaces the system's trusted certificates."""
    if not config.mail.server:
        return FileCarrier(config.folders.output / "mail", config.language)
    return SmtpCarrier(config, tls or ssl.create_default_context())


class _Account(Client):  # type: ignore[misc]
    """yagmail's client with certificates verified, and neither prompts nor guesses about the account."""

    def __init__(self, config: Config, tls: ssl.SSLContext) -> None:
        mail = config.mail
        context = {"context": tls} if mail.security == "tls" else {}
        super().__init__(
            user=mail.user, password=config.mail_password.get_secret_value(), host=mail.server, port=mail.port,
            smtp_ssl=mail.security == "tls", smtp_starttls={"context": tls} if mail.security == "starttls" else False,
            smtp_skip_login=not mail.user, soft_email_validation=False, timeout=mail.timeout_seconds, **context,
        )
        self.user = mail.user

    @staticmethod
    def handle_password(user: str, password: str | None) -> str:
        return password or ""


class SmtpCarrier:
    """One logged-in connection, opened when first needed and again after it was lost."""

    def __init__(self, config: Config, tls: ssl.SSLContext) -> None:
        self._config = config
        self._tls = tls
        self._account: _Account | None = None

    def ready(self) -> None:
        mail = self._config.mail
        if self._account is not None:
            return
        if mail.user and not self._config.mail_password.get_secret_value():
            raise MailProblem(phrase("mail.no_password", self._config.language, variable=mail.password_from))
        account = _Account(self._config, self._tls)
        try:
            account.login()
        except (OSError, smtplib.SMTPException) as error:
            account.close()
            raise self._problem(error) from error
        self._account = account

    def _problem(self, error: Exception) -> MailProblem:
        names: dict[type[Exception], str] = {
            ssl.SSLCertVerificationError: "mail.bad_certificate",
            smtplib.SMTPNotSupportedError: "mail.no_tls",
            smtplib.SMTPAuthenticationError: "mail.refused_login",
        }
        name = next((name for kind, name in names.items() if isinstance(error, kind)), "mail.no_connection")
        mail = self._config.mail
        facts = {"server": mail.server, "port": mail.port, "user": mail.user, "reason": _reason(error)}
        return MailProblem(phrase(name, self._config.language, **facts))

    def send(self, letter: Letter) -> Outcome:
        assert self._account is not None, "ready() comes first"
        try:
            return self._converse(self._account.smtp, letter)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(Result.TRANSIENT, _reason(error))

    def _converse(self, smtp: smtplib.SMTP, letter: Letter) -> Outcome:
        """MAIL, RCPT and DATA step by step, so that a loss before the content differs from one after it."""
        smtp.ehlo_or_helo_if_needed()
        sender = self._config.mail.sender
        for command, argument in (("MAIL", f"FROM:<{sender}>"), ("RCPT", f"TO:<{letter.address}>"), ("DATA", "")):
            code, answer = smtp.docmd(command, argument)
            if not 200 <= code < 400:
                return self._refused(code, answer, of_address=command == "RCPT" and refuses_address(code, answer))
        try:
            smtp.send(_dotted(letter.raw))
            code, answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(Result.UNKNOWN, phrase("mail.no_answer", self._config.language, reason=_reason(error)))
        return Outcome(Result.SENT, _answer(code, answer)) if code == 250 else self._refused(code, answer)

    def _refused(self, code: int, answer: bytes, *, of_address: bool = False) -> Outcome:
        """A refusal of this mail; the connection stays usable unless the server is closing it."""
        if code == 421 or not self._reset():
            self.close()
        lasting = Result.BOUNCED if of_address else Result.PERMANENT
        return Outcome(Result.TRANSIENT if 400 <= code < 500 else lasting, _answer(code, answer))

    def _reset(self) -> bool:
        try:
            return self._account is not None and self._account.smtp.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def close(self) -> None:
        account, self._account = self._account, None
        if account is not None:
            try:
                account.close()
            except (OSError, smtplib.SMTPException):
                account.smtp.close()


class FileCarrier:
    """Mails as ``.eml`` files, for a company without an SMTP server and for looking at them first."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._language = language

    def ready(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailProblem(phrase("mail.no_folder", self._language, reason=_reason(error))) from error

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
            return Outcome(Result.TRANSIENT, phrase("mail.no_folder", self._language, reason=_reason(error)))
        return Outcome(Result.SENT, phrase("mail.written", self._language, file=path.name))

    def close(self) -> None:
        """Nothing is kept open."""


def file_name(letter: Letter) -> str:
    """``2026-07-20_王敏_0f3a….eml``: day, recipient, the message's own id."""
    name = re.sub(r"[^\w-]+", "_", letter.name)[:40]
    return f"{letter.created_at:%Y-%m-%d}_{name}_{letter.id[:12]}.eml"


def refuses_address(code: int, answer: bytes) -> bool:
    """Whether a server's answer to RCPT says that the address will never do.

    By the enhanced status (RFC 3463), where it gives one: x.1.x is of the
    address, x.2.1 of a mailbox that is closed; x.7.x is a rule of the server
    against us. Else by the code: no such mailbox, moved, wrongly written.
    """
    enhanced = re.match(rb"5\.(\d+)\.(\d+)", answer)
    if enhanced is None:
        return code in (550, 551, 553)
    return code >= 500 and (enhanced[1] == b"1" or enhanced.groups() == (b"2", b"1"))


def _dotted(raw: bytes) -> bytes:
    """The content as it goes over the line: leading dots doubled, ended by a dot of its own (RFC 5321 4.5.2)."""
    lines = re.sub(rb"(?m)^\.", b"..", raw)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _answer(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}".replace("\n", " ")


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _answer(error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
    return str(error) or type(error).__name__
