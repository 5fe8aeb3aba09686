"""N1, N3: prospects are developed as planned, and admitted step by step (section 7)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from crmflow.company import ADMISSION_STEPS, CANDIDATES
from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms import f31a_admission
from crmflow.forms.f31b_admission_steps import STEPS
from crmflow.model import Accepted, Expectation
from crmflow.texts import PHRASES, both

_LABELS = {field.id: field.label for field in f31a_admission.CANDIDATES.fields}
_ALSO = {"decision": "decision", "contract": "contract", "code": "customer_code", "informed": "informed_on"}
"""The field of the register of admissions that a step fills in besides its own."""


def steps(situation: Situation, rule: str) -> Iterator[Expectation]:
    """N1: each step is taken by its owner in time; it is asked for once the one before it is done.

    After a late one it still has some working days. Where a step is not entered, nobody can be asked to go on.
    """
    entered: dict[str, dict[str, Accepted]] = defaultdict(dict)
    for row in situation.company.rows.get(ADMISSION_STEPS, ()):
        entered[str(row.values.get("number"))][str(row.values.get("step"))] = row
    for candidate in situation.company.rows.get(CANDIDATES, ()):
        screening, decision = candidate.values.get("screening"), candidate.values.get("decision")
        if screening != "rejected" and decision in (None, "admitted"):
            yield from _steps(situation, rule, candidate, entered[str(candidate.values.get("number"))])


def _steps(
    situation: Situation, rule: str, candidate: Accepted, entered: Mapping[str, Accepted]
) -> Iterator[Expectation]:
    limits, former = situation.config.admission, date.min
    for step in STEPS:
        row = entered.get(step.id)
        due = day_of(row.values.get("due_on")) if row else None
        if row is None or due is None:
            return
        done = day_of(situation.reached(row, "done_on"))
        if former > date.min:
            due = max(due, situation.within_days(former, limits.N1_after_former_working_days))
        also = both("due.also", field=_LABELS[_ALSO[step.id]]) if step.id in _ALSO else PHRASES["due.nothing_else"]
        yield Expectation(
            rule, "", row.row_id, str(row.values.get("due_on")), situation.answering(row, "owner"), due, row.where,
            {"candidate": str(candidate.values.get("candidate")), "step": step.label, "also": also},
            (limits.N1_ahead_working_days,), met_on=done, evidence=row.row_id,
        )
        if done is None:
            return
        former = done


def developments(situation: Situation, rule: str) -> Iterator[Expectation]:
    """N3: a target's development plan is carried out by its last day, as long as its admission is not decided."""
    ahead = (situation.config.admission.N3_ahead_working_days,)
    for row in situation.company.rows.get(CANDIDATES, ()):
        due, done = day_of(row.values.get("development_due_on")), situation.reached(row, "development_done_on")
        is_open = row.values.get("screening") == "target" and row.values.get("decision") is None
        if due and (is_open or done):
            yield Expectation(
                rule, "", row.row_id, due.isoformat(), situation.answering(row, "development_owner"), due, row.where,
                {"candidate": str(row.values.get("candidate")), "plan": str(row.values.get("development_plan"))}, ahead,
                met_on=done, evidence=row.row_id,
            )


RULES = {"N1": DutyRule(steps, (CANDIDATES, ADMISSION_STEPS)), "N3": DutyRule(developments, (CANDIDATES,))}
