"""What the overviews say: a department head's week (R2), an executive's month (R3).

Whatever names a customer says by ``code`` which one it is: by it, and not by
the name, is looked up whether the mail may go to its reader.
"""

from dataclasses import dataclass
from datetime import date, datetime

from crmflow.model import Where

FEWEST_MONTHS = 3
"""What a trend takes."""


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
class FilingLine:
    """How one person or department files; ``rate`` is the share on time of what had to be filed."""

    name: str
    on_time: int
    late: int
    missing: int
    with_errors: int
    rate: float


@dataclass(frozen=True, slots=True)
class MonthRate:
    """The share of filings on time among those due in a month, such as ``2026-07``."""

    month: str
    rate: float


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
    code: str = ""


@dataclass(frozen=True, slots=True)
class LateComplaint:
    """An open complaint whose clock (C2) has run out."""

    customer: str
    owner: str
    due_at: datetime
    where: Where
    code: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A department head's week (R2); ``week`` is ISO, such as ``2026-W30``, money in 万元.

    ``filings`` are those of the last ``months``, ``trend`` tells how punctual they were month by month.
    """

    week: str
    people: tuple[PersonLine, ...]
    filings: tuple[FilingLine, ...]
    months: int
    trend: tuple[MonthRate, ...]
    tiers: tuple[TierLine, ...]
    changes: tuple[GradeChange, ...]
    complaints: tuple[LateComplaint, ...]
    total: PersonLine


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The customers of one grade, of one region, or all of them; money in 万元.

    ``turnover`` is that of the grading window, ``expected`` and ``profit`` are
    those of the year's plan without lost projects, ``unknown`` counts
    customers one of whose figures is not certain. ``before`` is the same when
    the month began, None where nothing was known yet.
    """

    label: str
    customers: int
    turnover: float
    expected: float
    profit: float
    unknown: int = 0
    before: "Portfolio | None" = None


@dataclass(frozen=True, slots=True)
class Migration:
    """How the grades moved in the month: ``counts`` has a row for each former grade, a column for each present one.

    Both follow ``labels``, best grade first, of which ``graded`` are grades and a last one
    may stand for having none. ``joined`` were not customers yet when the month began.
    """

    labels: tuple[str, ...]
    graded: int
    counts: tuple[tuple[int, ...], ...]
    joined: int
    rose: int
    fell: int
    changes: tuple[GradeChange, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The decision makers that the archives of one grade's customers name (F4), and how many are positive (F3).

    ``nameless`` counts customers without any.
    """

    label: str
    deciders: int
    positive: int
    nameless: int


@dataclass(frozen=True, slots=True)
class Score:
    """The average of one question of the satisfaction surveys, from 1 to 5; None where nobody answered it."""

    label: str
    average: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint of the month that was late, upheld or serious; ``upheld`` is None until it is clear."""

    customer: str
    category: str
    owner: str
    serious: bool
    late: bool
    upheld: bool | None
    is_open: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class MonthComplaints:
    """The complaints received in the month (``before`` in the one before it), and all that are open today."""

    received: int
    before: int
    late: int
    upheld: int
    open: int
    lines: tuple[ComplaintLine, ...]


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A customer of an important grade that gives reason to worry; money in 万元.

    ``visit_due`` is the day by which the oldest missing visit was due. A
    ``silent`` one has not been contacted for too long, last on ``last_contact``.
    """

    customer: str
    grade: str
    manager: str
    turnover: float
    visit_due: date | None
    silent: bool
    last_contact: date | None
    overdue: float
    nameless: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Executive:
    """An executive's month (R3); ``month`` such as ``2026-07``, money in 万元.

    ``began`` is the day that the figures are held against, None where nothing
    was known then. ``risks`` has the most pressing customer first, at most as
    many as configured of ``risky``. ``surveys`` counts the answers in the
    ``window`` of months that turnover, too, is of. ``filings`` are by
    department, of what was due in the month. What rests on a form that the
    company does not use is empty, ``complaints`` None.
    """

    month: str
    began: date | None
    window: int
    total: Portfolio
    grades: tuple[Portfolio, ...]
    regions: tuple[Portfolio, ...]
    migration: Migration | None
    coverage: tuple[Coverage, ...]
    surveys: int
    scores: tuple[Score, ...]
    complaints: MonthComplaints | None
    risks: tuple[RiskLine, ...]
    risky: int
    filings: tuple[FilingLine, ...]
    trend: tuple[MonthRate, ...]


def worth_drawing(content: object) -> tuple[Migration | None, tuple[MonthRate, ...]]:
    """What of a mail's content a picture shows best: grades that moved, a trend that is long enough to be one."""
    migration = content.migration if isinstance(content, Executive) else None
    trend = content.trend if isinstance(content, Executive | Summary) else ()
    return migration if migration and migration.changes else None, trend if len(trend) >= FEWEST_MONTHS else ()
