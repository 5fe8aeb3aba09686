"""A message as the bytes that go out: built with the standard library, since yagmail does not compose here."""

import hashlib
import io
from datetime import datetime
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import PurePath
from urllib.parse import quote

from crmflow.config import Config
from crmflow.model import Message
from crmflow.texts import plain

# Not every server takes eight bits, and Chinese is shorter in base64 than quoted.
ENCODING = "base64"

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".ics": "text/calendar",
}
"""What a mail may carry, by the end of its name."""

VOLUNTARY = {"executive"}
"""Mails that nobody's duties rest on, so that who reads them may do without."""


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
    account = config.mail.account(message.kind)
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = plain(message.subject)
    mail["From"] = Address(account.sender_name, addr_spec=account.sender)
    mail["To"] = Address(plain(message.name), addr_spec=message.address)
    mail["Date"] = now
    mail["Message-ID"] = message_id(key, config)
    if message.thread:
        mail["In-Reply-To"] = mail["References"] = thread_id(message, config)
    mail["Auto-Submitted"] = "auto-generated"
    if account.reply_to:
        mail["Reply-To"] = Address(addr_spec=account.reply_to)
    if message.kind in VOLUNTARY:
        mail["List-Unsubscribe"] = f"<mailto:{quote(config.administrator.email, safe='@')}?subject=unsubscribe>"
    _fill(mail, message)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # No line of base64 begins like this, so that nobody needs to look for it.
        part.set_boundary(f"={number}={key}")
    written = io.BytesIO()
    _Generator(written, policy=policy.SMTP).flatten(mail)
    return written.getvalue()


def _fill(mail: EmailMessage, message: Message) -> None:
    mail.set_content(message.text, cte=ENCODING)
    mail.add_alternative(message.html, subtype="html", cte=ENCODING)
    for inline in message.inlines:
        html = mail.get_body(("html",))
        assert isinstance(html, EmailMessage)
        html.add_related(inline.png, "image", "png", cid=f"<{inline.content_id}>", disposition="inline")
    for attachment in message.attachments:
        kind = TYPES[PurePath(attachment.name).suffix]
        mail.add_attachment(attachment.content, *kind.split("/"), filename=attachment.name)


class _Generator(BytesGenerator):
    """Writes a body as a whole: line by line, a workbook in base64 takes longer than everything else in a mail."""

    def _write_lines(self, lines: str) -> None:
        self.write(lines.replace("\n", "\r\n"))


def sender_of(raw: bytes) -> str:
    """The address a finished mail is from."""
    head = message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=policy.SMTP)
    addresses = head["From"].addresses if "From" in head else ()
    return addresses[0].addr_spec if addresses else ""
