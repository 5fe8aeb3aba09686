"""``config.yaml`` → a frozen ``Config``; the only reader of the environment and of secrets."""

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from crmflow.cadence import Contacts, Deadlines, Role, Satisfaction, Visit
from crmflow.catalogue import Catalogue
from crmflow.check.rules import Limits
from crmflow.customising.mistakes import mistakes
from crmflow.customising.own import catalogue_of
from crmflow.customising.settings import Forms
from crmflow.festivals import Festivals
from crmflow.handling import Admission, Complaints, Confidentiality, Service
from crmflow.metrics import METRICS, Unit
from crmflow.posting import Mail
from crmflow.posting import mistakes as mistakes_of_mail
from crmflow.settings import Email, Language, Mistake, Money, Name, Rate, Section, read, read_money, read_rate, wrong
from crmflow.timetable import Jobs, TimeOfDay


def _time_zone(text: object) -> object:
    try:
        ZoneInfo(str(text))
    except (ValueError, OSError) as error:
        raise wrong("time_zone") from error
    return text


class Company(Section):
    """Who we are, and the zone whose wall time the cells hold."""

    name: str
    time_zone: Annotated[str, BeforeValidator(_time_zone)] = "Asia/Shanghai"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Administrator(Section):
    """The fallback address for what nobody else can be told (decision 7)."""

    name: str
    email: Email


class Folders(Section):
    """Where things lie; relative to the folder of ``config.yaml``."""

    workbooks: Path = Path("workbooks")
    templates: Path = Path("templates")
    data: Path = Path("data")
    output: Path = Path("output")


class Files(Section):
    """How large an untrusted workbook may be."""

    largest_megabytes: int = Field(20, ge=1, le=500)
    inflated_megabytes: int = Field(300, ge=10, le=4000)
    largest_area_cells: int = Field(3_000_000, ge=100_000, le=50_000_000)
    """Last used row times last used column of a sheet."""
    workers: int = Field(0, ge=0, le=64)
    """Processes that read; 0 means one a processor."""


class Calendar(Section):
    """The company's own days, which go before the official calendar (section 5)."""

    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()


class Filing(Section):
    """Decision 9: how long after its typed date a file may still arrive in time."""

    backdating_working_days: int = Field(2, ge=0, le=30)
    error_pause_working_days: int = Field(2, ge=0, le=30)
    """For how long from the day an error is first seen the duty it stands in the way of is not passed up."""
    register_months: int = Field(12, ge=3, le=60)
    """How many months the filing register looks back."""


class OfficeHours(Section):
    """When the office is open on a working day, for the clocks that run in office hours."""

    opens: TimeOfDay = timedelta(hours=8, minutes=30)
    closes: TimeOfDay = timedelta(hours=17, minutes=30)

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise wrong("opens_first")
        return self


class Condition(Section):
    """A bound on one figure: true, false, or unknown when the figure is missing."""

    metric: str
    at_least: float | None = None
    below: float | None = None
    one_of: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: Any) -> Any:
        """Read the bound in the unit of its figure, so that no bound is without one."""
        if not isinstance(raw, dict) or raw.get("metric") not in METRICS:
            raise wrong("one_of:" + "、".join(METRICS))
        bounds = raw.keys() & {"at_least", "below", "one_of"}
        unit = METRICS[raw["metric"]].unit
        if len(bounds) != 1 or ("one_of" in bounds) != (unit is Unit.WORD):
            raise wrong("words" if unit is Unit.WORD else "condition")
        read = {Unit.MONEY: read_money, Unit.RATE: read_rate}.get(unit)
        return {key: read(value) if read and key in bounds else value for key, value in raw.items()}


class Tier(Section):
    """One grade: given when every condition of one alternative in ``when`` holds; without any, to all who are left."""

    id: str
    name: Name
    when: tuple[tuple[Condition, ...], ...] = ()


class Scheme(Section):
    """Grades from best to last; the first whose conditions hold is the customer's."""

    name: Name
    tiers: tuple[Tier, ...] = Field(min_length=2)


class Grading(Section):
    """Section 3: the schemes side by side, the primary one drives cadence."""

    primary: str
    window_months: int = Field(12, ge=1, le=60)
    schemes: Mapping[str, Scheme]

    @model_validator(mode="after")
    def _primary_exists(self) -> Self:
        if self.primary not in self.schemes:
            raise wrong("scheme")
        return self


class Expenses(Section):
    """X2, X3, X4 and X7: what is not given here has no limit."""

    X2_limits: Mapping[Literal["event", "conference", "training", "hospitality", "gift"], Money] = {}
    """The most of one application, by its kind."""
    X7_rate: Rate | None = None
    """Of the contract or the purchases, for every product ledger without a rate of its own."""
    X7_rates: Mapping[str, Rate] = {}
    X3_paid_working_days: int = Field(5, ge=0, le=60)
    """From when the sale is made, the money in and the application checked; 0 sets no time."""
    X4_check_working_days: int = Field(2, ge=0, le=30)
    """For each check, from the one before; 0 sets no time."""


class Standard(Section):
    """N2: how the visitors of one tier and rank are received; what is left out is free."""

    host: tuple[Role, ...] = ()
    met_by: tuple[Role, ...] = ()
    lodging: tuple[Literal["five_star", "four_star", "three_star", "none"], ...] = ()
    vehicles: tuple[Literal["business", "car", "none"], ...] = ()
    room: tuple[Literal["vip_room", "large", "ordinary"], ...] = ()
    chair: tuple[Role, ...] = ()
    banquet_host: tuple[Role, ...] = ()
    welcome_screen: bool | None = None
    told: tuple[str, ...] = ()
    approved_by: tuple[Role, ...] = ()

    @property
    def allowed(self) -> Mapping[str, tuple[str, ...]]:
        """What each field of F32 may hold."""
        fields = {name: value for name, value in self if isinstance(value, tuple) and value}
        if self.welcome_screen is not None:
            fields["welcome_screen"] = ("yes",) if self.welcome_screen else ("no",)
        return fields


Tiers = Literal["vip", "key", "general", "reserve"]
Ranks = Literal["executive", "head", "other"]


class Escalation(Section):
    """How long an overdue duty waits at each step before it goes one up."""

    grace_working_days: int = Field(2, ge=1, le=30)
    resolved_within_working_days: int = Field(5, ge=0, le=30)
    """What was passed up and is done is told with the next digest; alone, only so long after it was done."""


class Reports(Section):
    """R3: the executives' monthly summary."""

    R3_risk_tiers: tuple[str, ...] = ("vip", "key")
    """Whose risks the executives read of."""
    R3_risks: int = Field(10, ge=1, le=100)
    """At most so many of them are listed, the most pressing first."""


class Findings(Section):
    """How often an unmended finding is mailed again."""

    remind_every_working_days: int = Field(5, ge=1, le=60)


class Regulation(Section):
    """D14: who approved these numbers, and from when they hold."""

    approved_by: str = ""
    approved_on: date | None = None
    in_force_from: date | None = None


class Config(Section):
    """The company's regulation as data."""

    language: Language = "zh"
    company: Company
    administrator: Administrator
    regulation: Regulation = Regulation()
    folders: Folders = Folders()
    forms: Forms = Forms()
    store: str = ""
    """A database URL; empty means SQLite in the data folder."""
    files: Files = Files()
    calendar: Calendar = Calendar()
    office_hours: OfficeHours = OfficeHours()
    festivals: Festivals = ()
    filing: Filing = Filing()
    jobs: Jobs = Jobs()
    grading: Grading
    visits: Mapping[Literal["V1", "V2", "V3", "V4", "V5", "V6"], Visit]
    contacts: Contacts = Contacts()
    deadlines: Deadlines = Deadlines()
    complaints: Complaints = Complaints()
    service: Service = Service()
    admission: Admission = Admission()
    confidentiality: Confidentiality = Confidentiality()
    satisfaction: Satisfaction = Satisfaction()
    expenses: Expenses = Expenses()
    reception: Mapping[Tiers, Mapping[Ranks, Standard]] = {}
    escalation: Escalation = Escalation()
    reports: Reports = Reports()
    findings: Findings = Findings()
    mail: Mail = Mail()
    mail_secrets: Mapping[str, SecretStr] = Field(default={}, exclude=True)
    """What the environment variables named under ``mail`` hold."""

    @property
    def limits(self) -> Limits:
        """What the rules over rows are told of these numbers."""
        return Limits(
            expenses={str(kind): limit for kind, limit in self.expenses.X2_limits.items()},
            rate=self.expenses.X7_rate,
            rates=dict(self.expenses.X7_rates),
            reception={
                (tier, rank): standard.allowed
                for tier, ranks in self.reception.items() for rank, standard in ranks.items()
            },
            low_score=self.satisfaction.D13_low_score or None,
        )

    @property
    def catalogue(self) -> Catalogue:
        """The forms in force here."""
        return catalogue_of(self.forms, self.language)

    def secret(self, variable: str) -> str:
        """What an environment variable named under ``mail`` holds, or nothing."""
        return self.mail_secrets.get(variable, SecretStr("")).get_secret_value()

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{(self.folders.data / 'crmflow.db').as_posix()}"


def load(path: Path) -> Config:
    """Read the configuration; folders come back absolute.

    Raises ConfigError with one line a mistake, or about a form of the company's own.
    """
    config = _placed(read(path, Config, _mistakes), path.resolve().parent)
    catalogue_of(config.forms, config.language)
    return config


def _mistakes(config: Config) -> Iterator[Mistake]:
    yield from mistakes(config.forms)
    yield from mistakes_of_mail(config.mail)


def _placed(config: Config, base: Path) -> Config:
    folders = Folders(**{name: base / value for name, value in config.folders})
    secrets = {name: SecretStr(os.environ[name]) for name in config.mail.variables if name in os.environ}
    forms = config.forms.model_copy(update={"folder": str(base / config.forms.folder) if config.forms.folder else ""})
    placed = {"folders": folders, "forms": forms, "mail": config.mail.placed(base), "mail_secrets": secrets}
    return config.model_copy(update=placed)


def local(config: Config, now: datetime) -> datetime:
    """The wall time that cells are written in; ``now`` is aware."""
    return now.astimezone(config.company.zone).replace(tzinfo=None)
