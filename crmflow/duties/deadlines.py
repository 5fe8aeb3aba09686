"""D1, D2, D6: reports, verifications and actions by their days (section 5)."""

from collections.abc import Iterator, Mapping
from datetime import date

from crmflow.company import ACTIONS, COVER, MONTHLY
from crmflow.dates import ONE_DAY, day_of, first_monday
from crmflow.duties.rule import SETTLED, DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms import f20_monthly_report
from crmflow.model import Accepted, Expectation, Where
from crmflow.people import in_service


def monthly_reports(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D1: every account manager in service reports on each month by the first Monday of the next."""
    reports = _reports(situation)
    ahead = situation.config.deadlines.D1_ahead_working_days
    managers = situation.company.people.with_role("account_manager")
    for manager in (one for one in managers if in_service(one, situation.today)):
        filed = reports.get(manager.number, {})
        newest = max(filed.values(), key=lambda report: report[0], default=None)
        where = newest[1].where if newest else Where("", f20_monthly_report.FORM.sheet.zh)
        for month, until in situation.spans("month", manager.entered_on or date.min):
            following = month.end + ONE_DAY
            due = situation.calendar.on_or_after(first_monday(following.year, following.month))
            met_on, report = filed.get(month.start, (None, None))
            yield Expectation(
                rule, "", manager.number, month.name, manager.number, due, where, {"month": month.name}, (ahead,),
                met_on=met_on, evidence=report.row_id if report else "", last=newest[0] if newest else None,
                until=situation.next_month_end(until),
            )


def _reports(situation: Situation) -> Mapping[str, Mapping[date, tuple[date, Accepted]]]:
    """When and where each account manager first filed the report of each month."""
    found: dict[str, dict[date, tuple[date, Accepted]]] = {}
    for row in situation.company.evidence(MONTHLY):
        manager = situation.company.people.find(row.values.get("account_manager"))
        month, submitted = day_of(row.values.get("month")), day_of(row.values.get("submitted_on"))
        if manager and month and submitted and situation.has_come(submitted):
            months = found.setdefault(manager.number, {})
            former = months.get(month.replace(day=1))
            if former is None or submitted < former[0]:
                months[month.replace(day=1)] = submitted, row
    return found


def verifications(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D2: the account manager verifies every archive once a quarter."""
    company, ahead = situation.company, situation.config.deadlines.D2_ahead_working_days
    verified: dict[str, list[date]] = {}
    for row in company.evidence(COVER):
        day = day_of(row.values.get("verified_on"))
        if day is not None and situation.has_come(day):
            verified.setdefault(row.customer, []).append(day)
    for customer, cover in company.customers.items():
        days = sorted(verified.get(customer, ()))
        for span, until in situation.spans("quarter", day_of(cover.values.get("opened_on")) or date.min):
            yield Expectation(
                rule, customer, "", span.name, situation.manager_of(customer), span.end, cover.where,
                {"customer": company.name_of(customer)}, (ahead,),
                met_on=next((day for day in days if day >= span.start), None), evidence=cover.row_id,
                last=days[-1] if days else None, until=until,
            )


def actions(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D6: an action of the yearly plan is finished by its due date, by its owner."""
    company, ahead = situation.company, situation.config.deadlines.D6_ahead_working_days
    for row in company.rows.get(ACTIONS, ()):
        due, status = day_of(row.values.get("due_on")), row.values.get("status")
        if due is None or status == "cancelled":
            continue
        done_on = situation.day(row, "done_on")
        met = status == "done" and done_on is not None
        yield Expectation(
            rule, row.customer, row.row_id, due.isoformat(), situation.answering(row, "owner"), due, row.where,
            SETTLED if met else {"customer": company.name_of(row.customer), "action": str(row.values.get("action"))},
            (ahead,), met_on=done_on if met else None, evidence=row.row_id,
        )


RULES = {
    "D1": DutyRule(monthly_reports, (MONTHLY,), form="F20", evidence="F20.report.submitted_on"),
    "D2": DutyRule(verifications, (COVER,), form="F0", evidence="F0.cover.verified_on"),
    "D6": DutyRule(actions, (ACTIONS,)),
}
