"""D5, D12b: customer plans are drafted, approved and filed (section 5)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from crmflow.company import COVER
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms import f09_customer_plan
from crmflow.model import Accepted, Expectation, Where

PLAN = "F9.plan"


def yearly_plans(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D5: the account manager drafts a plan a year for every important customer, by a day of the year.

    For a customer that becomes important later there is some time from then on.
    """
    company, config = situation.company, situation.config.deadlines
    plans = _plans(situation)
    for customer, cover in company.customers.items():
        if not _is_important(situation, customer, config.D5_tiers):
            continue
        since = max(day_of(cover.values.get("opened_on")) or date.min, company.tier_since.get(customer, date.min))
        for year, _ in situation.spans("year", since):
            due = date(year.start.year, *config.D5_by)
            if since > year.start:
                due = max(due, since + timedelta(days=config.D5_new_days))
            plan = plans.get((customer, year.name))
            drafted = situation.day(plan, "drafted_on") if plan else None
            where = plan.where if plan else Where(cover.where.file, f09_customer_plan.FORM.sheet.zh)
            if due <= year.end:
                yield Expectation(
                    rule, customer, "", year.name, situation.manager_of(customer), due, where,
                    {"customer": company.name_of(customer), "year": year.name}, (config.D5_ahead_working_days,),
                    met_on=drafted, evidence=plan.row_id if plan else "", last=drafted, until=year.end,
                )


def plan_approvals(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D5b: the responsible head approves a plan soon after it was drafted, and again after each revision."""
    company, days = situation.company, situation.config.deadlines.D5_approval_working_days
    for row in company.rows.get(PLAN, ()) if days else ():
        drafted, revised = (situation.day(row, field) for field in ("drafted_on", "revised_on"))
        if drafted is None or not situation.reaches(drafted):
            continue
        approver = company.people.find(row.values.get("approved_by"))
        approved = situation.day(row, "approved_on")
        counts = approved and approved >= (revised or drafted) and approver and approver.role == "department_head"
        yield Expectation(
            rule, row.customer, row.row_id, (revised or drafted).isoformat(), situation.head_for(row.customer),
            situation.within_days(revised or drafted, days), row.where,
            {"customer": company.name_of(row.customer), "year": row.period}, (days,),
            met_on=approved if counts else None, evidence=row.row_id, last=approved, until=_end_of_year(row),
        )


def half_yearly_filings(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D12b: each half-year the plan that is there goes to the superior for approval, and is filed.

    The first half's filing may lie before the year that the plan is for.
    """
    company, config = situation.company, situation.config.deadlines
    for row in company.rows.get(PLAN, ()):
        drafted = situation.day(row, "drafted_on")
        if drafted is None or not _is_important(situation, row.customer, config.D12_plan_tiers):
            continue
        filed = situation.day(row, "filed_on")
        halves = [half for half, _ in situation.spans("half_year", drafted) if half.name.startswith(row.period)]
        for half in halves:
            counts = filed and (filed >= half.start or half.name.endswith("H1"))
            yield Expectation(
                rule, row.customer, row.row_id, half.name, situation.manager_of(row.customer), half.end, row.where,
                {"customer": company.name_of(row.customer), "year": row.period},
                (config.D12_plan_ahead_working_days,), met_on=filed if counts else None, evidence=row.row_id,
                last=filed, until=_end_of_year(row) if half.name.endswith("H1") else situation.next_month_end(half.end),
            )


def _plans(situation: Situation) -> Mapping[tuple[str, str], Accepted]:
    return {(row.customer, row.period): row for row in situation.company.rows.get(PLAN, ())}


def _is_important(situation: Situation, customer: str, tiers: tuple[str, ...]) -> bool:
    grade = situation.grades.get(customer)
    return grade is not None and grade.tier in tiers


def _end_of_year(plan: Accepted) -> date:
    return date(int(plan.period), 12, 31)


RULES = {
    "D5": DutyRule(yearly_plans, (PLAN, COVER), form="F9", evidence="F9.plan.drafted_on"),
    "D5b": DutyRule(plan_approvals, (PLAN,)),
    "D12b": DutyRule(half_yearly_filings, (PLAN,)),
}
