"""Records, grades and the time → what everybody must do, found by rule id (sections 4–6, decision 9).

A duty is never ticked off: it is listed until the evidence for it is among the
accepted rows. Evidence dated after ``now`` does not count yet.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date, datetime

from crmflow.company import CONTACTS, MONTHLY, Company
from crmflow.config import Config
from crmflow.dates import WorkCalendar
from crmflow.duties.birthdays import birthdays
from crmflow.duties.complaints import complaints
from crmflow.duties.deadlines import actions, monthly_reports, verifications
from crmflow.duties.situation import Situation
from crmflow.duties.visits import visits
from crmflow.model import Duty, Grade

DUTY_RULES: Mapping[str, Callable[[Situation, str], Iterator[Duty]]] = {
    "V1": visits, "V2": visits, "V3": visits, "V4": visits, "V5": visits, "V6": visits,
    "D1": monthly_reports, "D2": verifications, "D6": actions, "D11": birthdays, "C2": complaints,
}
EVIDENCE: Mapping[str, str] = {**dict.fromkeys(("V1", "V2", "V3", "V4", "V5", "V6"), CONTACTS), "D1": MONTHLY}
"""The block whose rows satisfy a rule, where nothing else raises its duties."""


def duties(
    company: Company, grades: Mapping[str, Grade], config: Config, calendar: WorkCalendar, now: datetime,
    unkept: Set[str] = frozenset(),
) -> tuple[Duty, ...]:
    """Every duty without its evidence at ``now`` (local time), the most urgent first.

    ``grades`` are those of the primary scheme by customer code. What was due
    before ``mail.cut_over_on`` is left out, and so is what only a row of an
    ``unkept`` block could satisfy: a company that hides a form is not asked for it.
    """
    situation = Situation(company, grades, config, calendar, now)
    cut_over = config.mail.cut_over_on or date.min
    asked = ((rule, find) for rule, find in DUTY_RULES.items() if EVIDENCE.get(rule) not in unkept)
    found = (duty for rule, find in asked for duty in find(situation, rule))
    return tuple(sorted((duty for duty in found if duty.due_at.date() >= cut_over), key=_urgency))


def _urgency(duty: Duty) -> tuple[int, datetime, str, str, str, str]:
    return -duty.stage, duty.due_at, duty.rule, duty.customer, duty.subject, duty.period
