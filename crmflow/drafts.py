"""What one run knows when it tells people, and the values that a mail is rendered from."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple, TypeAlias

from crmflow.access import Customer, deputy_of
from crmflow.catalogue import Catalogue
from crmflow.company import Company
from crmflow.dates import Span, WorkCalendar
from crmflow.model import Accepted, Duty, Expectation, Figure, Finding, Grade, Notice, Person, Where
from crmflow.overviews import Executive, Summary
from crmflow.people import Directory
from crmflow.register import Line


@dataclass(frozen=True, slots=True)
class Month:
    """The month that ended last, for the executives.

    ``figures`` are every customer's of today. How it was when the month began:
    ``former_grades``, ``former_plans`` (rows of F8.projects as they stood) and
    ``former_turnover`` (in 元, of customers that had a grade); all are empty
    where nothing was known yet.
    """

    span: Span
    company: Company
    figures: Mapping[str, Mapping[str, Figure]]
    former_grades: tuple[Grade, ...] = ()
    former_plans: tuple[Accepted, ...] = ()
    former_turnover: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """What one run knows: the facts, who may see them, and what has been told already.

    ``former_grades`` are those at the last summary, ``plans`` the accepted rows
    of F8.projects, ``register`` the filings and how they stand. ``first_told``
    maps (a finding's subject, a staff number) to the day that person was first
    told of it, ``remind_every`` is in working days. ``met`` are the expectations that evidence has satisfied.
    ``month`` is there when executives are to be told of it.
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
    register: tuple[Line, ...] = ()
    already: Set[Notice] = frozenset()
    passed_up: Mapping[tuple[str, str, str], Set[str]] | None = None
    """Who has been told of duties that came up to them, by rule, subject and period; None: as ``already`` says."""
    first_told: Mapping[tuple[str, str], date] = field(default_factory=dict)
    met: tuple[Expectation, ...] = ()
    month: Month | None = None
    copies: Mapping[Person, Sequence[str]] = field(default_factory=dict)
    """The workbooks that go, marked, with people's digests."""
    above: dict[tuple[str, str], tuple[Person, tuple[Person, ...]]] = field(default_factory=dict, compare=False)
    """Who acts and who stands above, already looked up, by a duty's owner and customer: thousands share both."""


def customers_of(company: Company, today: date) -> Mapping[str, Customer]:
    """What entitlement must know of every customer today, from the covers of the archives."""
    customers = {}
    for code, cover in company.customers.items():
        manager = company.manager_of(code)
        region = str(cover.values.get("region") or "")
        deputy = deputy_of(manager, company.people, today) if manager else None
        called = (str(cover.values.get(field) or "") for field in ("name", "short_name", "credit_code"))
        customers[code] = Customer(
            code, company.name_of(code), manager.number if manager else "", region, deputy.number if deputy else "",
            tuple(called),
        )
    return customers


class Telling(StrEnum):
    """What a run may tell people: urgent duties at once, digests, the heads' week, the executives' month."""

    ALERTS = "alerts"
    DIGESTS = "digests"
    SUMMARIES = "summaries"
    MONTHS = "months"


EVERYTHING = frozenset(Telling)
OVERVIEWS = frozenset({Telling.SUMMARIES, Telling.MONTHS})
"""What shows how filings stand."""


class Urgency(IntEnum):
    """The sections of a digest, in their order."""

    URGENT = 0
    """Cannot wait for the next digest (D3, C3)."""
    LATE = 1
    PUSH = 2
    """A colleague's, overdue: the person is asked to get it done."""
    TODAY = 3
    MEND = 4
    SOON = 5
    LOOK = 6
    FYI = 7
    """A colleague's, overdue, for information."""
    RESOLVED = 8
    """A colleague's that had been passed up, done since."""


Fact: TypeAlias = Finding | Duty | Expectation
"""What people are told of; an expectation is told once it is met."""


class Listed(NamedTuple):
    """A fact as a line of the list that goes with a mail; ``of`` names whose it is for anybody else."""

    fact: Fact
    rule: str
    urgency: Urgency
    of: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing told to one person, in their language.

    ``of`` names whose duty it is when it has come up to a superior, else "";
    ``above`` names who knows of it besides its owner. ``customer`` is the name,
    ``code`` the customer code; ``value`` what was read; ``arithmetic`` how the
    due day came about, as far as the sentence does not say so.
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
    above: tuple[str, ...] = ()
    arithmetic: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """So many things under one heading: a matter, a person or a workbook.

    ``rule`` is there where it is a matter, ``earliest`` is the first moment that any of them was or is due.
    """

    label: str
    count: int
    earliest: datetime | None = None
    rule: str = ""


class About(StrEnum):
    """What is summed up, and by what."""

    OWN = "own"
    """The person's own duties by matter."""
    PUSHED = "pushed"
    """Those of colleagues that the person is asked to get done, by colleague."""
    PUSHED_MATTERS = "pushed_matters"
    """The same by matter."""
    CELLS = "cells"
    """Entries to mend or to look at, by workbook."""
    INFORMED = "informed"
    """What of colleagues is only to be known, by colleague."""
    DONE = "done"
    """What colleagues have done since it was passed up, by colleague."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Many things in few lines, the most numerous first; ``more`` lines with ``rest`` things are left out."""

    about: About
    lines: tuple[Tally, ...] = ()
    more: int = 0
    rest: int = 0

    @property
    def headings(self) -> int:
        """How many matters, persons or workbooks there are in all."""
        return len(self.lines) + self.more


NOBODY = Sums(About.PUSHED)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told now.

    ``items`` are new, section by section, the most urgent of them; ``beyond``
    counts the new ones that these leave out, and ``sums`` gives all new ones
    in few lines where there are such. ``pushed`` are always the colleagues whom
    the person is asked to push. ``still_open`` sums up what was told before,
    ``before`` counts it. The numbers are of all new
    ones, by section. ``copies`` are the person's own workbooks that go with the
    mail, marked, ``listed`` says that everything goes with it as a list, and
    ``locked`` that these open with the person's password;
    ``calendar`` says that their duties go with it as a calendar file.
    """

    items: tuple[Item, ...]
    sums: tuple[Sums, ...] = ()
    still_open: tuple[Sums, ...] = ()
    beyond: int = 0
    before: int = 0
    pushed: Sums = NOBODY
    urgent: int = 0
    late: int = 0
    push: int = 0
    today: int = 0
    mend: int = 0
    soon: int = 0
    look: int = 0
    fyi: int = 0
    resolved: int = 0
    copies: tuple[str, ...] = ()
    listed: bool = False
    calendar: bool = False
    locked: bool = False


Content: TypeAlias = Digest | Summary | Executive


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before its words: who it is for, what it says, the new notices it carries, the customers it names.

    ``listed`` is what goes with it as a list: everything new and everything told before, in no order.
    """

    recipient: Person
    kind: str
    on: date
    notices: tuple[Notice, ...]
    customers: tuple[str, ...]
    content: Content
    listed: tuple[Listed, ...] = ()

    @property
    def account(self) -> str:
        """The kind of mail whose account sends it: alerts, digests of what cannot wait, may have one of their own."""
        items = self.content.items if isinstance(self.content, Digest) else ()
        return "alert" if items and all(one.urgency is Urgency.URGENT for one in items) else self.kind

    @property
    def thread(self) -> str:
        """What the mail belongs to: alerts on one matter stay together for their reader, so do a month's digests."""
        items = self.content.items if isinstance(self.content, Digest) else ()
        matters = {f"{one.notice.rule} {one.notice.subject}" for one in items}
        if self.account == "alert" and len(matters) == 1:
            return matters.pop()
        return f"{self.kind} {self.on:%Y-%m}"
