"""What one run knows when it tells people, and the values that a mail is rendered from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import TypeAlias

from crmflow.access import Customer
from crmflow.catalogue import Catalogue
from crmflow.company import Company
from crmflow.dates import WorkCalendar
from crmflow.model import Accepted, Duty, Finding, Grade, Notice, Person, Where
from crmflow.people import Directory


@dataclass(frozen=True, slots=True)
class Situation:
    """What one run knows: the facts, who may see them, and what has been told already.

    ``former_grades`` are those at the last summary, ``plans`` the accepted rows
    of F8.projects. ``first_told`` maps (a finding's subject, a staff number) to
    the day that person was first told of it, ``remind_every`` is in working days.
    """

    today: date
    calendar: WorkCalendar
    remind_every: int
    directory: Directory
    customers: Mapping[str, Customer]
    catalogue: Catalogue
    findings: tuple[Finding, ...] = ()
    duties: tuple[Duty, ...] = ()
    grades: tuple[Grade, ...] = ()
    former_grades: tuple[Grade, ...] = ()
    plans: tuple[Accepted, ...] = ()
    already: frozenset[Notice] = frozenset()
    first_told: Mapping[tuple[str, str], date] = field(default_factory=dict)


def customers_of(company: Company) -> Mapping[str, Customer]:
    """What entitlement must know of every customer, from the covers of the archives."""
    customers = {}
    for code, cover in company.customers.items():
        manager = company.manager_of(code)
        region = str(cover.values.get("region") or "")
        customers[code] = Customer(code, company.name_of(code), manager.number if manager else "", region)
    return customers


class Urgency(IntEnum):
    """The order of a digest: what is late comes first."""

    LATE = 0
    TODAY = 1
    MEND = 2
    SOON = 3
    LOOK = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One thing told to one person, in their language.

    ``of`` names whose duty it is when it has come up to a superior, else "".
    ``customer`` is the name, ``code`` the customer code; ``value`` what was read.
    """

    notice: Notice
    urgency: Urgency
    sentence: str
    rule: str
    article: str
    where: Where
    value: str = ""
    code: str = ""
    customer: str = ""
    of: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """So many things in one sheet."""

    file: str
    sheet: str
    count: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told now.

    ``items`` are new, the most urgent first; ``overflow`` counts the new ones
    beyond the cap, ``still_open`` what was told before. The counts are of all new ones.
    ``copies`` are the person's own workbooks that go with the mail, marked.
    """

    items: tuple[Item, ...]
    overflow: tuple[Tally, ...]
    still_open: tuple[Tally, ...]
    late: int
    today: int
    soon: int
    mend: int
    look: int
    from_others: int
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One member of a head's department: open matters, and this year's plan in 万元."""

    name: str
    customers: int
    overdue: int
    errors: int
    warnings: int
    expected: float
    profit: float


@dataclass(frozen=True, slots=True)
class TierLine:
    """How many customers have a grade."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class GradeChange:
    """A customer whose grade moved; ``rose`` is None when it was or became ungraded."""

    customer: str
    before: str
    after: str
    rose: bool | None


@dataclass(frozen=True, slots=True)
class LateComplaint:
    """An open complaint whose clock (C2) has run out."""

    customer: str
    owner: str
    due_at: datetime
    where: Where


@dataclass(frozen=True, slots=True)
class Summary:
    """A department head's week (R2); ``week`` is ISO, such as ``2026-W30``, money in 万元."""

    week: str
    people: tuple[PersonLine, ...]
    tiers: tuple[TierLine, ...]
    changes: tuple[GradeChange, ...]
    complaints: tuple[LateComplaint, ...]
    total: PersonLine


Content: TypeAlias = Digest | Summary


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before its words: who it is for, what it says, the new notices it carries, the customers it names."""

    recipient: Person
    kind: str
    on: date
    notices: tuple[Notice, ...]
    customers: tuple[str, ...]
    content: Content
