"""The secret of a login, from the one place where the company keeps it; it is never shown or written down."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from crmflow.mail.outcome import MailProblem
from crmflow.posting import Account
from crmflow.texts import os_reason, phrase

OTHERS = 0o077
"""Permissions of everybody but the owner."""
CLOUDS = {
    "global": ("https://login.microsoftonline.com", "https://outlook.office365.com/.default"),
    "china": ("https://login.partner.microsoftonline.cn", "https://partner.outlook.cn/.default"),
}
"""Where each of Microsoft's clouds gives out tokens, and for what a token is asked."""


Secrets: TypeAlias = Callable[[str], str]
"""An environment variable → the secret it holds, or nothing."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A password, or an access token for XOAUTH2."""

    secret: str = field(repr=False)
    token: bool = False


def credential(account: Account, secrets: Secrets, language: str) -> Credential:
    """What the account logs in with; ``secrets`` reads the environment's. Raises MailProblem."""
    if account.place == "oauth_token_command":
        return Credential(_printed(account, language), token=True)
    if account.place == "oauth_tenant":
        return Credential(_granted(account, secrets, language), token=True)
    if account.place == "password_file":
        return Credential(_in_file(Path(account.password_file), language))
    if account.place == "password_keyring":
        return Credential(_in_keyring(account, language))
    return Credential(_in_environment(account.password_from, secrets, language))


def _in_environment(variable: str, secrets: Secrets, language: str) -> str:
    secret = secrets(variable)
    if not secret:
        raise MailProblem(phrase("mail.no_password", language, variable=variable))
    return secret


def _in_file(path: Path, language: str) -> str:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            if os.name == "posix" and os.fstat(stream.fileno()).st_mode & OTHERS:
                raise MailProblem(phrase("mail.open_password_file", language, file=path))
            secret = stream.read().rstrip("\r\n")
    except OSError as error:
        raise MailProblem(
            phrase("mail.no_password_file", language, file=path, reason=os_reason(error, language))
        ) from error
    except UnicodeDecodeError as error:
        reason = phrase("config.not_utf8", language)
        raise MailProblem(phrase("mail.no_password_file", language, file=path, reason=reason)) from error
    if not secret:
        raise MailProblem(phrase("mail.empty_password_file", language, file=path))
    return secret


def _in_keyring(account: Account, language: str) -> str:
    try:
        from keyring import errors, get_password  # noqa: PLC0415 – an optional extra
    except ModuleNotFoundError as error:
        raise MailProblem(phrase("mail.no_library", language, library="keyring")) from error
    try:
        secret = get_password(account.password_keyring, account.user)
    except errors.KeyringError as error:
        raise MailProblem(phrase("mail.no_keyring", language, reason=type(error).__name__)) from error
    if not secret:
        facts = {"service": account.password_keyring, "user": account.user}
        raise MailProblem(phrase("mail.not_in_keyring", language, **facts))
    return secret


def _printed(account: Account, language: str) -> str:
    """What the company's own program prints; what it says besides is nobody's business, it may hold secrets."""
    name = account.oauth_token_command[0]
    try:
        ended = subprocess.run(  # noqa: S603 – the company's own configuration names the program
            account.oauth_token_command, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=account.timeout_seconds, check=False,
        )
    except subprocess.TimeoutExpired:
        reason = phrase("mail.timed_out", language, seconds=account.timeout_seconds)
        raise MailProblem(phrase("mail.no_token", language, name=name, reason=reason)) from None
    except OSError as error:
        reason = os_reason(error, language)
        raise MailProblem(phrase("mail.no_token", language, name=name, reason=reason)) from error
    token = ended.stdout.strip()
    if ended.returncode != 0:
        reason = phrase("mail.exit_code", language, code=ended.returncode)
        raise MailProblem(phrase("mail.no_token", language, name=name, reason=reason))
    if not token or not token.isascii() or len(token.split()) != 1:
        raise MailProblem(phrase("mail.no_token", language, name=name, reason=phrase("mail.not_a_token", language)))
    return token.decode("ascii")


def _granted(account: Account, secrets: Secrets, language: str) -> str:
    """A token that Microsoft gives the company's registered application."""
    try:
        from msal import ConfidentialClientApplication  # noqa: PLC0415 – an optional extra
    except ModuleNotFoundError as error:
        raise MailProblem(phrase("mail.no_library", language, library="msal")) from error
    login, scope = CLOUDS[account.oauth_cloud]
    secret = _in_environment(account.oauth_secret_from, secrets, language)
    try:
        application = ConfidentialClientApplication(
            account.oauth_client, client_credential=secret, authority=f"{login}/{account.oauth_tenant}",
            timeout=account.timeout_seconds,
        )
        answer = application.acquire_token_for_client(scopes=[scope])
    except (OSError, ValueError) as error:
        raise MailProblem(phrase("mail.no_grant", language, login=login, reason=type(error).__name__)) from error
    if "access_token" not in answer:
        codes = " ".join(f"AADSTS{code}" for code in answer.get("error_codes", ()))
        reason = f"{answer.get('error', '')} {codes}".strip()
        raise MailProblem(phrase("mail.no_grant", language, login=login, reason=reason))
    return str(answer["access_token"])
