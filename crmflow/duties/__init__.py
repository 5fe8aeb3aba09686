"""Records, grades and the time → what is expected of everybody, and what of it is still to be done (decision 9).

A duty is never ticked off: it is listed until the evidence for it is among the
accepted rows. Evidence dated after ``now`` does not count yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, datetime
from itertools import chain

from crmflow.duties import (
    admission,
    birthdays,
    complaints,
    contact_plan,
    contracts,
    deadlines,
    expenses,
    festivals,
    filings,
    information,
    loans,
    plans,
    service,
    silence,
    surveys,
    visits,
)
from crmflow.duties.errors import kept_rows_of, with_errors
from crmflow.duties.exemptions import exempted, exemptions_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Duty, Expectation, Stage

DUTY_RULES: Mapping[str, DutyRule] = {
    **visits.RULES, **contact_plan.RULES, **festivals.RULES, **silence.RULES, **deadlines.RULES, **birthdays.RULES,
    **information.RULES, **plans.RULES, **filings.RULES, **contracts.RULES, **surveys.RULES,
    **complaints.RULES, **service.RULES, **admission.RULES, **loans.RULES, **expenses.RULES,
}
URGENT_RULES: Mapping[str, DutyRule] = {id: rule for id, rule in DUTY_RULES.items() if rule.urgent}
"""Those whose duties are told at the next tick."""
ASKING_RULES: Mapping[str, DutyRule] = {id: rule for id, rule in DUTY_RULES.items() if rule.asks}
"""Those whose expectations may go unmet."""
BLOCKS = tuple(dict.fromkeys(chain.from_iterable(rule.blocks for rule in DUTY_RULES.values())))
"""The blocks that the rules look at."""


def expectations(
    situation: Situation, unkept: Set[str] = frozenset(), rules: Mapping[str, DutyRule] = DUTY_RULES
) -> Iterable[Expectation]:
    """Everything the rules ask for in the periods of the filing register, met or not, exempt or with errors.

    They come one by one: ten thousand customers have a million, and who wants the duties alone need not hold them.

    A rule that looks at an ``unkept`` block is passed over: a company that hides a form is not asked for it.
    """
    asked = ((id, rule) for id, rule in rules.items() if unkept.isdisjoint(rule.blocks))
    found = chain.from_iterable(rule.expected(situation, id) for id, rule in asked)
    company = situation.company
    return with_errors(exempted(found, exemptions_of(company), situation), DUTY_RULES, kept_rows_of(company))


def duties(expected: Iterable[Expectation], situation: Situation) -> tuple[Duty, ...]:
    """What is still to be done, the most urgent first; what was due before ``mail.cut_over_on`` is left out."""
    return tuple(sorted(owed(expected, situation), key=urgency))


def owed(expected: Iterable[Expectation], situation: Situation) -> Iterator[Duty]:
    """The same as it comes."""
    cut_over = situation.config.mail.cut_over_on or date.min
    for one in expected:
        if one.met_on is not None or one.exempt or _day(one.due) < cut_over:
            continue
        if one.until is None or not situation.is_over(one.until):
            yield _duty(one, situation)


def _duty(one: Expectation, situation: Situation) -> Duty:
    rule = DUTY_RULES[one.rule]
    timing, owner = situation.timing(rule.pace, one.due, one.ahead, one.error_since), situation.stand_in(one.owner)
    due = one.due.isoformat(" ", "minutes") if isinstance(one.due, datetime) else one.due.isoformat()
    several = timing.stage is Stage.AHEAD and len(one.ahead) > 1
    return Duty(
        rule=one.rule, customer=one.customer, subject=one.subject,
        period=f"{one.period}-{timing.announced}" if several else one.period,
        owner=owner, due_at=timing.due_at, stage=timing.stage, where=one.where,
        last_evidence=one.last, next_change_at=timing.next_change_at,
        facts={"due": due, "left": timing.left, **one.facts}, urgent=rule.urgent,
        announced=timing.announced if several else 0,
        stands_in_for=one.owner if owner != one.owner else "",
    )


def _day(due: date | datetime) -> date:
    return due.date() if isinstance(due, datetime) else due


def urgency(duty: Duty) -> tuple[int, datetime, str, str, str, str]:
    """By which duties are told in order."""
    return -duty.stage, duty.due_at, duty.rule, duty.customer, duty.subject, duty.period
