"""How mail leaves, and whose it is: the section ``mail`` of ``config.yaml``."""

from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field

from crmflow.settings import EMAIL, Email, Mistake, Place, Section, wrong
from crmflow.texts import both

PLACES = ("password_file", "password_keyring", "oauth_token_command", "oauth_tenant", "password_from")
"""Where the secret of a login may be; exactly one of them is given."""
ADDRESSING = {"sender_name", "reply_to"}
"""What two accounts of one sender may differ in."""

Kind = Literal["digest", "summary", "executive", "alert"]


def _email_or_none(text: object) -> object:
    if text != "" and (not isinstance(text, str) or not EMAIL.fullmatch(text)):
        raise wrong("email")
    return text


class Account(Section):
    """One way out: the server, the login, the sender. Without ``server`` mails are written as ``.eml`` files."""

    server: str = ""
    port: int = Field(465, ge=1, le=65_535)
    security: Literal["tls", "starttls", "none"] = "tls"
    allow_plain: bool = False
    """Whether mails without a login may go to another computer unencrypted."""
    user: str = ""
    password_from: str = "CRMFLOW_SMTP_PASSWORD"  # noqa: S105 – the name of a variable
    """Name of the environment variable that holds the password."""
    password_file: str = ""
    """A file that holds the password and nothing else, and that nobody else may read."""
    password_keyring: str = ""
    """The service under which the keyring of the operating system keeps the password of ``user``."""
    oauth_token_command: tuple[str, ...] = ()
    """A program and its arguments; it prints an access token for XOAUTH2."""
    oauth_tenant: str = ""
    """For Exchange Online: the directory (tenant) id."""
    oauth_client: str = ""
    """The application (client) id."""
    oauth_secret_from: str = "CRMFLOW_OAUTH_SECRET"  # noqa: S105 – the name of a variable
    """Name of the environment variable that holds the application's secret."""
    oauth_cloud: Literal["global", "china"] = "global"
    """Microsoft's own cloud, or the one that 21Vianet operates."""
    sender: Email = "crmflow@localhost"
    sender_name: str = "客户关系管理"
    reply_to: Annotated[str, BeforeValidator(_email_or_none)] = ""
    timeout_seconds: int = Field(30, ge=1, le=300)

    @property
    def given(self) -> tuple[str, ...]:
        """Where the configuration says that the secret is."""
        return tuple(name for name in PLACES if name in self.model_fields_set and getattr(self, name))

    @property
    def place(self) -> str:
        """Where the secret is."""
        return next(iter(self.given), "password_from")

    @property
    def here(self) -> bool:
        """Whether the server is this very computer."""
        try:
            return ip_address(self.server).is_loopback
        except ValueError:
            return self.server.lower() == "localhost"

    def placed(self, base: Path) -> Self:
        """The same with the path of the password's file made absolute."""
        return self.model_copy(update={"password_file": str(base / self.password_file)}) if self.password_file else self


class Mail(Account):
    """The account of all mails, those of some kinds of mail, and how much is sent."""

    profiles: Mapping[Kind, Account] = {}
    """What differs for some kinds of mail: another sender, or a whole account."""
    per_minute: int = Field(0, ge=0, le=6000)
    """How many mails leave in a minute at most, evenly spread; 0 is as many as the server takes."""
    items_per_person: int = Field(20, ge=5, le=40)
    """What one digest lists in full, the most urgent; longer mails are cut off by mail programs."""
    copies_per_person: int = Field(3, ge=0, le=20)
    """The person's own workbooks that one digest carries, with the bad cells marked."""
    copy_passwords: str = ""
    """A file with a line ``staff number: password`` each, which alone open what goes out; empty: unencrypted."""
    calendar: bool = False
    """Whether each digest carries the person's duties as a calendar file; the files are written in any case."""
    attempts: int = Field(5, ge=1, le=20)
    on_unknown: Literal["resend", "hold"] = "resend"
    keep_bodies_days: int = Field(0, ge=0, le=36_500)
    """After so many days the body of a sent mail is emptied, who was told what stays; 0 keeps it for ever."""
    cut_over_on: date | None = None
    """Duties due before this day are never reminded of (decision 10)."""

    def account(self, kind: str = "") -> Account:
        """What mails of a kind are sent with: its profile, and for what that leaves open the settings of all."""
        profile = self.profiles.get(kind)  # type: ignore[call-overload]
        own = {name: getattr(profile, name) for name in profile.model_fields_set} if profile else {}
        common = {name: getattr(self, name) for name in Account.model_fields if name in self.model_fields_set}
        if own.keys() & set(PLACES):
            common = {name: value for name, value in common.items() if name not in PLACES}
        return Account(**(common | own))

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every account in use, one a sender, that of all mails first."""
        found: dict[str, Account] = {}
        for kind in ("", *self.profiles):
            account = self.account(kind)
            found.setdefault(account.sender, account)
        return tuple(found.values())

    @property
    def variables(self) -> frozenset[str]:
        """The environment variables that may hold a secret."""
        every = (self, *self.profiles.values())
        return frozenset(name for one in every for name in (one.password_from, one.oauth_secret_from) if name)

    def placed(self, base: Path) -> Self:
        """The same with the paths of all passwords' files made absolute."""
        profiles = {kind: profile.placed(base) for kind, profile in self.profiles.items()}
        passwords = str(base / self.copy_passwords) if self.copy_passwords else ""
        return super().placed(base).model_copy(update={"profiles": profiles, "copy_passwords": passwords})


def mistakes(mail: Mail) -> Iterator[Mistake]:
    """What no setting of the section shows by itself: two places of one secret, a login that all could read."""
    senders: dict[str, Account] = {}
    for kind in ("", *mail.profiles):
        place: Place = ("mail", "profiles", kind) if kind else ("mail",)
        account = mail.account(kind)
        if account.server:
            yield from _of_login(account, place)
            yield from _of_encryption(account, place)
        first = senders.setdefault(account.sender, account)
        if first.model_dump(exclude=ADDRESSING) != account.model_dump(exclude=ADDRESSING):
            yield Mistake((*place, "sender"), account.sender, both("config.allowed.own_sender"))


def _of_login(account: Account, place: Place) -> Iterator[Mistake]:
    if len(account.given) > 1:
        one = both("config.allowed.exactly_one_of", choices=", ".join(PLACES))
        yield Mistake((*place, account.given[0]), ", ".join(account.given), one)
    elif account.user and not getattr(account, account.place):
        yield Mistake((*place, "user"), account.user, both("config.allowed.with_secret", choices=", ".join(PLACES)))
    if account.place.startswith("oauth") and not account.user:
        yield Mistake((*place, "user"), account.user, both("config.allowed.oauth_user"))
    if account.place == "oauth_tenant" and not account.oauth_client:
        yield Mistake((*place, "oauth_client"), account.oauth_client, both("config.allowed.oauth_client"))


def _of_encryption(account: Account, place: Place) -> Iterator[Mistake]:
    """A password never travels unencrypted to another computer, mails only where the company says so."""
    if account.security == "none" and not account.here and (account.user or not account.allow_plain):
        allowed = "config.allowed.encrypted_login" if account.user else "config.allowed.encrypted"
        yield Mistake((*place, "security"), account.security, both(allowed))
