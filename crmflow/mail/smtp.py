"""Sending over one logged-in connection: what each step of the conversation comes to."""

import re
import smtplib
import socket
import ssl
from dataclasses import replace

from crmflow.mail.credentials import Credential, Secrets, credential
from crmflow.mail.outcome import Letter, MailProblem, Outcome, Result
from crmflow.mail.session import CHUNK, Session, without_secret
from crmflow.posting import Account
from crmflow.texts import os_reason, phrase, plain

LONGEST = 300
"""Characters of a server's answer that are worth keeping."""
TROUBLE = (OSError, smtplib.SMTPException, ValueError)
"""What a conversation may end in; ValueError is what cannot be said in SMTP or read from it."""
GOOD = {"MAIL": 2, "RCPT": 2, "DATA": 3}
"""The first digit by which each step is accepted."""
CERTIFICATE = {10: "expired", 18: "self_signed", 19: "unknown", 20: "unknown", 21: "unknown", 62: "other", 64: "other"}
"""OpenSSL's reasons that have words of ours."""


class SmtpCarrier:
    """One logged-in connection, opened when first needed and again after it was lost."""

    def __init__(self, account: Account, secrets: Secrets, language: str, tls: ssl.SSLContext) -> None:
        self._account = account
        self._secrets = secrets
        self._language = language
        self._tls = tls
        self._session: Session | None = None

    def ready(self) -> None:
        if self._session is not None:
            return
        known = credential(self._account, self._secrets, self._language) if self._account.user else None
        session = Session(self._account, self._tls)
        try:
            session.greet()
        except TROUBLE as error:
            session.end()
            raise self._unconnected(error) from error
        try:
            if known is not None:
                session.authenticate(known)
        except TROUBLE as error:
            session.end()
            # The error itself may hold the password.
            raise self._not_logged_in(error, known) from None
        self._session = session

    def _unconnected(self, error: Exception) -> MailProblem:
        names: dict[type[Exception], str] = {
            socket.gaierror: "mail.no_host",
            UnicodeError: "mail.no_host",
            ssl.SSLCertVerificationError: "mail.bad_certificate",
            ssl.SSLError: "mail.no_handshake",
            smtplib.SMTPNotSupportedError: "mail.no_tls",
            smtplib.SMTPResponseException: "mail.unwelcome",
        }
        name = next((name for kind, name in names.items() if isinstance(error, kind)), "mail.no_connection")
        return self._problem(name, self._reason(error))

    def _not_logged_in(self, error: Exception, known: Credential | None) -> MailProblem:
        if isinstance(error, UnicodeError):
            return self._problem("mail.not_ascii", "")
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return self._problem("mail.no_login", "")
        refused = isinstance(error, smtplib.SMTPAuthenticationError)
        if isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 500:
            name = "mail.no_login_now"
        else:
            name = "mail.refused_login" if refused else "mail.no_connection"
        secret = known.secret if known else ""
        told = without_secret(self._reason(error, whole=True), self._account.user, secret)
        return self._problem(name, told[:LONGEST])

    def _problem(self, name: str, reason: str) -> MailProblem:
        mail = self._account
        facts = {"server": mail.server, "port": mail.port, "user": mail.user, "reason": reason}
        return MailProblem(phrase(name, self._language, **facts))

    def send(self, letter: Letter) -> Outcome:
        assert self._session is not None, "ready() comes first"
        try:
            return self._offer(letter.address) or self._hand_over(letter.raw)
        except ValueError:
            self.close()
            return Outcome(Result.PERMANENT, phrase("mail.bad_address", self._language, address=letter.address))
        except TROUBLE as error:
            self.close()
            return Outcome(Result.TRANSIENT, self._reason(error))

    def admitted(self, address: str) -> Outcome:
        """Whether the server takes mail from the account's sender to ``address``; nothing is sent.

        The address is asked for because many servers refuse a sender no earlier.
        """
        assert self._session is not None, "ready() comes first"
        try:
            refused = self._step("MAIL", f"FROM:<{self._account.sender}>") or self._step("RCPT", f"TO:<{address}>")
            if refused is None:
                self._reset()
        except TROUBLE as error:
            self.close()
            return Outcome(Result.TRANSIENT, self._reason(error))
        return refused or Outcome(Result.SENT, "")

    def _offer(self, address: str) -> Outcome | None:
        """MAIL, RCPT and DATA; the outcome of the first that is refused."""
        return (
            self._step("MAIL", f"FROM:<{self._account.sender}>")
            or self._step("RCPT", f"TO:<{address}>")
            or self._step("DATA")
        )

    def _step(self, command: str, argument: str = "") -> Outcome | None:
        assert self._session is not None
        code, answer = self._session.smtp.docmd(command, argument)
        if code // 100 == GOOD[command]:
            return None
        refused = self._refused(code, answer)
        of_address = command == "RCPT" and refuses_address(code, answer)
        return replace(refused, result=Result.BOUNCED) if of_address else refused

    def _hand_over(self, raw: bytes) -> Outcome:
        """The content. Only when its last piece is on the way can the server have it, so that a loss leaves it open."""
        assert self._session is not None
        smtp, content = self._session.smtp, _dotted(raw)
        last = (len(content) - 1) // CHUNK * CHUNK
        for start in range(0, last, CHUNK):
            smtp.send(content[start:start + CHUNK])
        try:
            smtp.send(content[last:])
            code, answer = smtp.getreply()
        except TROUBLE as error:
            return self._unanswered(self._reason(error))
        if code // 100 == 2:
            return Outcome(Result.SENT, said(code, answer))
        return self._refused(code, answer) if code // 100 in (4, 5) else self._unanswered(said(code, answer))

    def _unanswered(self, reason: str) -> Outcome:
        self.close()
        return Outcome(Result.UNKNOWN, phrase("mail.no_answer", self._language, reason=reason))

    def _refused(self, code: int, answer: bytes) -> Outcome:
        """A refusal of this mail; the connection stays usable unless the server is closing it or talks nonsense."""
        if code == 421 or code // 100 not in (4, 5) or not self._reset():
            self.close()
        return Outcome(Result.PERMANENT if code // 100 == 5 else Result.TRANSIENT, said(code, answer))

    def _reset(self) -> bool:
        try:
            return self._session is not None and self._session.smtp.rset()[0] == 250
        except TROUBLE:
            return False

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.end()

    def _reason(self, error: Exception, *, whole: bool = False) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            text = error.smtp_error
            return said(error.smtp_code, text if isinstance(text, bytes) else str(text).encode(), whole=whole)
        cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else error
        if isinstance(cause, TimeoutError):
            return phrase("mail.timed_out", self._language, seconds=self._account.timeout_seconds)
        if isinstance(cause, ssl.SSLCertVerificationError):
            name = CERTIFICATE.get(cause.verify_code)
            known = phrase(f"mail.certificate.{name}", self._language, server=self._account.server) if name else ""
            return known or cause.verify_message
        if isinstance(cause, OSError):
            return os_reason(cause, self._language)
        return phrase("mail.hung_up", self._language) if cause is None else str(cause) or type(cause).__name__


def refuses_address(code: int, answer: bytes) -> bool:
    """Whether a server's answer to RCPT says that the address will never do.

    By the enhanced status (RFC 3463), where it gives one: 5.1.x is of the
    address, 5.2.1 of a mailbox that is closed, 5.7.x a rule of the server
    against us. Else by the code: no such mailbox, moved, wrongly written.
    """
    enhanced = re.match(rb"5\.(\d+)\.(\d+)", answer)
    if enhanced is None:
        return code in (550, 551, 553)
    return code // 100 == 5 and (enhanced[1] == b"1" or enhanced.groups() == (b"2", b"1"))


def _dotted(raw: bytes) -> bytes:
    """The content as it goes over the line: leading dots doubled, ended by a dot of its own (RFC 5321 4.5.2)."""
    lines = re.sub(rb"(?m)^\.", b"..", raw)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def said(code: int, answer: bytes, *, whole: bool = False) -> str:
    """A server's answer as one line that is not too long; it may be in UTF-8 or, in China, in GB 18030."""
    try:
        text = answer.decode()
    except UnicodeDecodeError:
        text = answer.decode("gb18030", "replace")
    line = plain(f"{code} {text}")
    return line if whole or len(line) <= LONGEST else line[:LONGEST] + "…"
