"""Whether mail can leave, account by account, for ``crmflow doctor --mail``."""

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape

from crmflow.config import Config
from crmflow.mail.carriers import trusted, way_of
from crmflow.mail.letters import compose
from crmflow.mail.outcome import MailProblem, Outcome, Result
from crmflow.mail.smtp import SmtpCarrier
from crmflow.model import Message
from crmflow.posting import Account
from crmflow.texts import phrase


@dataclass(frozen=True, slots=True)
class Trial:
    """A test mail on its way."""

    id: str
    name: str
    address: str
    raw: bytes
    created_at: datetime


def examine(
    config: Config, now: datetime, to: str = "", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[bool, str]]:
    """For each account whether it works, and in one sentence how far it came; with ``to`` a test mail is sent there.

    ``now`` is aware; ``tls`` replaces the system's trusted certificates.
    """
    kinds = {config.mail.account(kind).sender: kind for kind in (*config.mail.profiles, "")}
    for account in config.mail.accounts:
        yield _examined(account, kinds[account.sender], config, now, to, tls or trusted())


def _examined(
    account: Account, kind: str, config: Config, now: datetime, to: str, tls: ssl.SSLContext
) -> tuple[bool, str]:
    way = way_of(account, config, tls)
    facts = {
        "sender": account.sender, "server": account.server, "port": str(account.port),
        "to": to or config.administrator.email,
    }
    try:
        way.ready()
        if isinstance(way, SmtpCarrier):
            admitted = way.admitted(facts["to"])
            if admitted.result is not Result.SENT:
                whom = "mail.refused_recipient" if admitted.result is Result.BOUNCED else "mail.refused_sender"
                return False, phrase(whom, config.language, **facts, reason=admitted.answer)
        sent = way.send(_trial(config, kind, to, now)) if to else Outcome(Result.SENT, "")
    except MailProblem as problem:
        return False, str(problem)
    finally:
        way.close()
    if sent.result is not Result.SENT:
        return False, phrase("mail.refused_trial", config.language, **facts, reason=sent.answer)
    return True, phrase(_well(account, to), config.language, **facts, answer=sent.answer)


def _well(account: Account, to: str) -> str:
    if not account.server:
        return "mail.trial_written" if to else "mail.no_server"
    return "mail.trial_sent" if to else "mail.well"


def _trial(config: Config, kind: str, to: str, now: datetime) -> Trial:
    key = hashlib.sha256(f"{kind} {to} {now.isoformat()}".encode()).hexdigest()[:32]
    text = phrase("mail.trial_text", config.language, company=config.company.name)
    message = Message(
        recipient="", name="", address=to, subject=phrase("mail.trial_subject", config.language),
        text=text + "\n", html=f"<p>{escape(text)}</p>", notices=(), kind=kind,
    )
    return Trial(key, to, to, compose(message, key, config, now), now)
