"""The weekly summary of a department head (R2), built from values."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crmflow import codes
from crmflow.access import Customer, admit, may_see
from crmflow.config import Config, Tier
from crmflow.dates import shift_months
from crmflow.drafts import Draft, Situation
from crmflow.model import Accepted, Duty, Finding, Grade, Notice, Person, Severity, Stage
from crmflow.overviews import (
    FilingLine,
    GradeChange,
    LateComplaint,
    MonthRate,
    PersonLine,
    Summary,
    TierLine,
)
from crmflow.people import in_service
from crmflow.register import Line, rates
from crmflow.texts import phrase

PROJECTS = "F8.projects"
MONTH = len("2026-07")
TREND_MONTHS = 6
"""How many months a trend shows."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a situation that one head may see."""

    head: Person
    customers: Mapping[str, Customer]
    findings: tuple[Finding, ...]
    duties: tuple[Duty, ...]
    grades: tuple[Grade, ...]
    former: Mapping[str, str]
    plans: tuple[Accepted, ...]
    register: tuple[Line, ...]


def summaries(situation: Situation, config: Config) -> Iterator[Draft]:
    """One summary for each department head who has not had that of this ISO week."""
    for head, notice in untold(situation):
        view = _view(head, situation, config.grading.primary)
        summary = _summary(view, situation, config, notice.period)
        yield Draft(head, "summary", situation.today, (notice,), tuple(sorted(view.customers)), summary)


def untold(situation: Situation) -> Iterator[tuple[Person, Notice]]:
    """The department heads in service with customers who have not been told of this ISO week, and the notice of it."""
    week = f"{situation.today:%G-W%V}"
    for head in situation.directory.with_role("department_head"):
        notice = Notice("summary", "R2", head.department, week, 0, head.number)
        customers = situation.customers.values()
        if in_service(head, situation.today) and notice not in situation.already \
                and any(may_see(head, one, situation.directory) for one in customers):
            yield head, notice


def _view(head: Person, situation: Situation, scheme: str) -> View:
    directory = situation.directory
    customers = {
        code: customer for code, customer in situation.customers.items() if may_see(head, customer, directory)
    }
    return View(
        head=head,
        customers=customers,
        findings=admit(head, situation.findings, situation.customers, directory),
        duties=admit(head, situation.duties, situation.customers, directory),
        grades=tuple(grade for grade in situation.grades if grade.customer in customers and grade.scheme == scheme),
        former={
            grade.customer: grade.tier for grade in situation.former_grades
            if grade.customer in customers and grade.scheme == scheme
        },
        plans=tuple(row for row in situation.plans if in_plan(row, customers, situation.today.year)),
        register=admit(head, situation.register, situation.customers, directory),
    )


def in_plan(row: Accepted, customers: Mapping[str, Customer], year: int) -> bool:
    """Whether the row is a project of one of the customers in the year's revenue plan that has not been lost."""
    counts = row.block == PROJECTS and row.period == str(year) and row.values.get("status") != "lost"
    return counts and row.customer in customers


def _summary(view: View, situation: Situation, config: Config, week: str) -> Summary:
    people = tuple(_people(view, situation))
    tiers = config.grading.schemes[config.grading.primary].tiers
    names = {number: person.name for number, person in situation.directory.people.items()}
    return Summary(
        week=week,
        people=people,
        filings=tuple(filing_lines(view.register, lambda line: line.owner, names)),
        trend=trend(view.register, situation.today),
        months=config.filing.register_months,
        tiers=tuple(_tiers(view, tiers)),
        changes=tuple(changes(view.grades, view.former, view.customers, tiers, view.head.language)),
        complaints=tuple(_complaints(view, situation)),
        total=_total(people),
    )


def _people(view: View, situation: Situation) -> Iterator[PersonLine]:
    """Who keeps the head's customers, or has a late duty or an open finding with them; most overdue first."""
    plans = defaultdict(list)
    for row in view.plans:
        plans[view.customers[row.customer].manager].append(row)
    customers = Counter(customer.manager for customer in view.customers.values())
    overdue = Counter(duty.owner for duty in view.duties if duty.stage >= Stage.OVERDUE)
    found = Counter((finding.owner, codes.severity(finding)) for finding in view.findings)
    numbers = {*customers, *overdue, *(owner for owner, _ in found)} & situation.directory.people.keys()
    for number in sorted(numbers, key=lambda number: (-overdue[number], number)):
        yield PersonLine(
            name=situation.directory.people[number].name,
            customers=customers[number],
            overdue=overdue[number],
            errors=found[number, Severity.ERROR],
            warnings=found[number, Severity.WARNING],
            expected=sum_of(plans[number], "expected_revenue"),
            profit=sum_of(plans[number], "profit"),
        )


def filing_lines(
    register: Iterable[Line], by: Callable[[Line], str], names: Mapping[str, str]
) -> Iterator[FilingLine]:
    """How those who are told apart ``by`` a key and have a name had to file and did, the least punctual first."""
    lines = [
        (one.on_time_rate, key, one) for key, one in rates(register, by).items()
        if key in names and one.on_time_rate is not None
    ]
    for rate, key, one in sorted(lines, key=lambda line: line[:2]):
        yield FilingLine(names[key], one.on_time, one.late, one.missing, one.with_errors, rate)


def trend(register: Iterable[Line], until: date) -> tuple[MonthRate, ...]:
    """How punctually was filed what was due in the last months up to that of ``until``, as far as anything was."""
    earliest, last = f"{shift_months(until.replace(day=1), 1 - TREND_MONTHS):%Y-%m}", f"{until:%Y-%m}"
    by_month = rates(register, lambda line: line.due.isoformat()[:MONTH])
    return tuple(
        MonthRate(month, one.on_time_rate) for month, one in by_month.items()
        if earliest <= month <= last and one.on_time_rate is not None
    )


def sum_of(rows: Iterable[Accepted], field: str) -> float:
    """The sum of one column, in its unit."""
    values = (row.values.get(field) for row in rows)
    return round(sum(value for value in values if isinstance(value, int | float)), 2)


def _total(people: Iterable[PersonLine]) -> PersonLine:
    lines = tuple(people)
    return PersonLine(
        name="",
        customers=sum(line.customers for line in lines),
        overdue=sum(line.overdue for line in lines),
        errors=sum(line.errors for line in lines),
        warnings=sum(line.warnings for line in lines),
        expected=round(sum(line.expected for line in lines), 2),
        profit=round(sum(line.profit for line in lines), 2),
    )


def _tiers(view: View, tiers: tuple[Tier, ...]) -> Iterator[TierLine]:
    """From best to last as configured, ungraded customers at the end."""
    count = Counter(grade.tier for grade in view.grades)
    for tier in (*tiers, None):
        number = count[tier.id if tier else ""]
        if number:
            yield TierLine(label_of(tier, view.head.language), number)


def changes(
    grades: Iterable[Grade], former: Mapping[str, str], customers: Mapping[str, Customer], tiers: tuple[Tier, ...],
    language: str,
) -> Iterator[GradeChange]:
    """The customers whose tier is not the ``former`` one, in the order of their codes."""
    by_id = {tier.id: tier for tier in tiers}
    rank = {tier.id: place for place, tier in enumerate(tiers)}
    for grade in sorted(grades, key=lambda grade: grade.customer):
        before = former.get(grade.customer, grade.tier)
        if before == grade.tier:
            continue
        comparable = before in rank and grade.tier in rank
        yield GradeChange(
            customer=customers[grade.customer].name,
            before=label_of(by_id.get(before), language),
            after=label_of(by_id.get(grade.tier), language),
            rose=rank[grade.tier] < rank[before] if comparable else None,
            code=grade.customer,
        )


def label_of(tier: Tier | None, language: str) -> str:
    """What a tier is called, or that there is none."""
    return codes.say(tier.name.text, language) if tier else phrase("grade.ungraded", language)


def _complaints(view: View, situation: Situation) -> Iterator[LateComplaint]:
    late = (duty for duty in view.duties if duty.rule == "C2" and duty.stage >= Stage.OVERDUE)
    for duty in sorted(late, key=lambda duty: (duty.due_at, duty.customer, duty.subject)):
        owner = situation.directory.people.get(duty.owner)
        customer = situation.customers.get(duty.customer)
        yield LateComplaint(
            customer=customer.name if customer else duty.customer,
            owner=owner.name if owner else duty.owner,
            due_at=duty.due_at,
            where=duty.where,
            code=duty.customer,
        )
