"""D1, D2, D6: reports, verifications and actions by their days (section 5)."""

from collections.abc import Iterator, Mapping
from datetime import date

from crmflow.company import ACTIONS, MONTHLY
from crmflow.dates import ONE_DAY, day_of, first_monday, span_of
from crmflow.duties.situation import Situation, duty
from crmflow.forms import f20_monthly_report
from crmflow.model import Duty, Where
from crmflow.people import in_service


def monthly_reports(situation: Situation, rule: str) -> Iterator[Duty]:
    """D1: every account manager in service reports on each month by the first Monday of the next."""
    reports = _reports(situation)
    ahead = situation.config.deadlines.D1_ahead_working_days
    this = span_of("month", situation.today)
    last = span_of("month", this.start - ONE_DAY)
    managers = situation.company.people.with_role("account_manager")
    for manager in (one for one in managers if in_service(one, situation.today)):
        filed = reports.get(manager.number, {})
        newest = max(filed.values(), key=lambda report: report[0], default=None)
        where = newest[1] if newest else Where("", f20_monthly_report.FORM.sheet.zh)
        for month in (span_of("month", last.start - ONE_DAY), last, this):
            if month.start not in filed and (manager.entered_on or date.min) <= month.end:
                following = month.end + ONE_DAY
                due = situation.calendar.on_or_after(first_monday(following.year, following.month))
                yield duty(
                    rule, situation.timing(due, ahead), situation.stand_in(manager), where, {"month": month.name},
                    subject=manager.number, period=month.name, last=newest[0] if newest else None,
                )


def _reports(situation: Situation) -> Mapping[str, Mapping[date, tuple[date, Where]]]:
    """When and where each account manager filed the report of each month."""
    found: dict[str, dict[date, tuple[date, Where]]] = {}
    for row in situation.company.evidence(MONTHLY):
        manager = situation.company.people.find(row.values.get("account_manager"))
        month, submitted = day_of(row.values.get("month")), day_of(row.values.get("submitted_on"))
        if manager and month and submitted and submitted <= situation.today:
            found.setdefault(manager.number, {})[month.replace(day=1)] = (submitted, row.where)
    return found


def verifications(situation: Situation, rule: str) -> Iterator[Duty]:
    """D2: the account manager verifies every archive once a quarter."""
    company, ahead = situation.company, situation.config.deadlines.D2_ahead_working_days
    for customer, cover in company.customers.items():
        verified = day_of(cover.values.get("verified_on"))
        last = verified if verified and verified <= situation.today else None
        for span in situation.two_spans("quarter", day_of(cover.values.get("opened_on")) or date.min):
            if last is None or last < span.start:
                yield duty(
                    rule, situation.timing(span.end, ahead), situation.stand_in(company.manager_of(customer)),
                    cover.where, {"customer": company.name_of(customer)},
                    customer=customer, period=span.name, last=last,
                )


def actions(situation: Situation, rule: str) -> Iterator[Duty]:
    """D6: an action of the yearly plan is finished by its due date, by its owner."""
    company, ahead = situation.company, situation.config.deadlines.D6_ahead_working_days
    for row in company.rows.get(ACTIONS, ()):
        due, status = day_of(row.values.get("due_on")), row.values.get("status")
        done = status == "done" and (day_of(row.values.get("done_on")) or date.min) <= situation.today
        if due is None or done or status == "cancelled":
            continue
        owner = company.people.find(row.values.get("owner")) or company.manager_of(row.customer)
        facts = {"customer": company.name_of(row.customer), "action": str(row.values.get("action"))}
        yield duty(
            rule, situation.timing(due, ahead), situation.stand_in(owner), row.where, facts,
            customer=row.customer, subject=row.row_id, period=due.isoformat(),
        )
