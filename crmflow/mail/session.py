"""One connection to a server: bounded in time and size at every step, its certificate verified.

The only user of yagmail, whose client keeps the account; it neither prompts,
nor guesses, nor sends (decision 12).
"""

import errno
import smtplib
import socket
import ssl
import time
from base64 import b64encode

from yagmail import Client

from crmflow.mail.credentials import Credential
from crmflow.posting import Account

LONGEST_ANSWER = 64 * 1024
"""Bytes of one answer, all its lines together."""
CHUNK = 64 * 1024
"""Bytes of content that go out within one time-out."""
READ = 4096


class _Answers:
    """What a server says, each answer within a time and a size; smtplib by itself waits anew for every byte."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._kept = b""
        self.expect()

    def expect(self) -> None:
        """From now on the time and the size of the next answer count."""
        self._until = time.monotonic() + self._seconds
        self._room = LONGEST_ANSWER

    def readline(self, limit: int) -> bytes:
        """The next line, or as much of it as ``limit``; empty at the end of the connection."""
        while b"\n" not in self._kept and len(self._kept) < limit:
            more = self._more()
            if not more:
                break
            self._kept += more
        end = min(self._kept.find(b"\n") + 1 or len(self._kept), limit)
        line, self._kept = self._kept[:end], self._kept[end:]
        self._room -= len(line)
        if self._room < 0:
            raise OSError(errno.EMSGSIZE, "")
        return line

    def _more(self) -> bytes:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        try:
            return self._connection.recv(READ)
        finally:
            self._connection.settimeout(self._seconds)

    def close(self) -> None:
        """The connection is closed by who opened it."""


class _Smtp(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock, self.timeout)
        if self.file is not None:
            self.file.expect()
        return super().getreply()


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Session(Client):  # type: ignore[misc]
    """yagmail's client: connects as the account says, and logs in only when asked to."""

    def __init__(self, account: Account, tls: ssl.SSLContext) -> None:
        context = {"context": tls} if account.security == "tls" else {}
        super().__init__(
            user=account.user, host=account.server, port=account.port, smtp_ssl=account.security == "tls",
            smtp_starttls={"context": tls} if account.security == "starttls" else False,
            smtp_skip_login=True, soft_email_validation=False, timeout=account.timeout_seconds, **context,
        )
        self.user = account.user

    @property
    def connection(self) -> type[smtplib.SMTP]:
        return _SmtpOverTls if self.ssl else _Smtp

    def greet(self) -> None:
        """Connect, encrypt as the account says, and learn what the server can do."""
        self.login()
        self.smtp.ehlo_or_helo_if_needed()

    def authenticate(self, known: Credential) -> None:
        """Log in by password or token; raises what smtplib raises, and ValueError for what cannot be sent."""
        if not known.token:
            self.smtp.login(self.user, known.secret)
            return
        if not self.smtp.has_extn("auth"):
            raise smtplib.SMTPNotSupportedError
        text = bearer(self.user, known.secret)
        # A server that refuses the token says why in a challenge, which is answered by nothing.
        self.smtp.auth("XOAUTH2", lambda challenge=None: "" if challenge is not None else text)

    def end(self) -> None:
        """Take leave if there is anybody to take leave of; whatever happens, the connection is closed."""
        try:
            self.close()
        except (OSError, smtplib.SMTPException, ValueError):
            self.smtp.close()


def bearer(user: str, token: str) -> str:
    """A token as XOAUTH2 sends it."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def without_secret(text: str, user: str, secret: str) -> str:
    """The text without what was sent to log in: some servers repeat the line they did not like."""
    for sent in (f"\0{user}\0{secret}", bearer(user, secret), secret):
        text = text.replace(b64encode(sent.encode()).decode(), "***").replace(sent, "***")
    return text
