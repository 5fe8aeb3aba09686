"""The executives' monthly summary (R3), built from values."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from crmflow.company import COMPLAINTS, RELATIONS, ROLES
from crmflow.config import Config
from crmflow.dates import ONE_DAY, day_of, span_of
from crmflow.drafts import Draft, Month, Situation
from crmflow.executive import care
from crmflow.executive.view import View, in_wan, keeps, value_of, view_of
from crmflow.model import Accepted, Notice, Person
from crmflow.overviews import Executive, FilingLine, Migration, Portfolio
from crmflow.people import EXECUTIVES, Directory, in_service
from crmflow.summary import changes, filing_lines, in_plan, label_of, sum_of, trend
from crmflow.texts import phrase

SHOWN = ("turnover", "expected_revenue", "overdue_amount")
"""The metrics of which a month shows the figures."""


def notice_of(executive: Person, today: date) -> Notice:
    """What an executive is told of the month before ``today``, once."""
    month = span_of("month", today.replace(day=1) - ONE_DAY)
    return Notice("executive", "R3", "", month.name, 0, executive.number)


def untold(directory: Directory, already: Iterable[Notice], today: date) -> tuple[Person, ...]:
    """The executives in service who have not been told of the month before."""
    told = frozenset(already)
    executives = directory.with_role(*EXECUTIVES)
    return tuple(one for one in executives if in_service(one, today) and notice_of(one, today) not in told)


def months(situation: Situation, month: Month, config: Config) -> Iterator[Draft]:
    """One summary of the month for each executive who has not had it."""
    for executive in untold(situation.directory, situation.already, situation.today):
        view = view_of(executive, situation, month, config)
        if view.customers:
            notice = notice_of(executive, situation.today)
            named = tuple(sorted(view.customers))
            yield Draft(executive, "executive", situation.today, (notice,), named, _executive(view))


def _executive(view: View) -> Executive:
    risky = care.risks(view)
    surveys = tuple(care.surveys_of(view, view.situation.today))
    return Executive(
        month=view.month.span.name,
        began=view.month.span.start if view.former else None,
        window=view.config.grading.window_months,
        total=_portfolio("", view, view.customers, view.former),
        grades=tuple(_grades(view)),
        regions=tuple(sorted(_regions(view), key=lambda line: (-line.turnover, line.label))),
        migration=_migration(view) if view.former else None,
        coverage=tuple(care.coverage(view)) if keeps(view, ROLES, RELATIONS) else (),
        surveys=len(surveys),
        scores=tuple(care.scores(view, surveys)) if surveys else (),
        complaints=care.complaints(view) if keeps(view, COMPLAINTS) else None,
        risks=tuple(risky[: view.config.reports.R3_risks]),
        risky=len(risky),
        filings=tuple(_filings(view)),
        trend=trend(view.register, view.month.span.end),
    )


def _grades(view: View) -> Iterator[Portfolio]:
    """From the best grade to the last as configured, ungraded customers at the end."""
    for tier in (*view.scheme, None):
        id = tier.id if tier else ""
        now = [code for code in view.customers if view.tiers.get(code, "") == id]
        before = [code for code, former in view.former.items() if former == id]
        if now or before:
            yield _portfolio(label_of(tier, view.language), view, now, before)


def _regions(view: View) -> Iterator[Portfolio]:
    for region in {customer.region for customer in view.customers.values()}:
        now = [code for code, customer in view.customers.items() if customer.region == region]
        before = [code for code in now if code in view.former]
        yield _portfolio(region or phrase("mail.no_region", view.language), view, now, before)


def _portfolio(label: str, view: View, now: Iterable[str], before: Iterable[str]) -> Portfolio:
    month, codes = view.month, list(now)
    figures = [month.figures[code] for code in codes if code in month.figures]
    plan = _plan(view, view.situation.plans, codes)
    return Portfolio(
        label, len(codes), in_wan(value_of(one["turnover"]) for one in figures),
        sum_of(plan, "expected_revenue"), sum_of(plan, "profit"),
        unknown=sum(one["turnover"].value is None or one["expected_revenue"].value is None for one in figures),
        before=_former(label, view, list(before)) if view.former else None,
    )


def _former(label: str, view: View, codes: list[str]) -> Portfolio:
    plan = _plan(view, view.month.former_plans, codes)
    turnover = in_wan(view.month.former_turnover.get(code, 0.0) for code in codes)
    return Portfolio(label, len(codes), turnover, sum_of(plan, "expected_revenue"), sum_of(plan, "profit"))


def _plan(view: View, rows: Iterable[Accepted], codes: Iterable[str]) -> list[Accepted]:
    wanted = {code: view.customers[code] for code in codes}
    return [row for row in rows if in_plan(row, wanted, view.month.span.end.year)]


def _migration(view: View) -> Migration:
    moves = Counter(
        (view.former[code], tier) for code, tier in view.tiers.items() if code in view.former
    )
    ids = [id for id in (*(tier.id for tier in view.scheme), "") if any(id in pair for pair in moves)]
    by_id = {tier.id: tier for tier in view.scheme}
    moved = tuple(changes(view.grades, view.former, view.customers, view.scheme, view.language))
    return Migration(
        labels=tuple(label_of(by_id.get(id), view.language) for id in ids),
        graded=sum(bool(id) for id in ids),
        counts=tuple(tuple(moves[before, after] for after in ids) for before in ids),
        joined=len(view.tiers.keys() - view.former.keys()),
        rose=sum(one.rose is True for one in moved),
        fell=sum(one.rose is False for one in moved),
        changes=tuple(sorted(moved, key=lambda one: (one.rose is not False, one.rose is not True))),
    )


def _filings(view: View) -> Iterator[FilingLine]:
    """What was due in the month by department of who answers for it, the least punctual first."""
    people, span = view.situation.directory.people, view.month.span
    due = [line for line in view.register if span.start <= (day_of(line.due) or date.max) <= span.end]
    teams = {person.department: person.department for person in people.values() if person.department}
    return filing_lines(due, lambda line: one.department if (one := people.get(line.owner)) else "", teams)
