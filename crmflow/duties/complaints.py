"""C2: complaints are answered and handled within real hours (section 6)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from crmflow.company import COMPLAINT_KINDS, COMPLAINTS
from crmflow.dates import add_hours
from crmflow.duties.situation import Situation, duty
from crmflow.forms import f12_complaints
from crmflow.model import Accepted, Duty, Text, Value
from crmflow.texts import PHRASES
from crmflow.timing import by_hours

_LABELS = {field.id: field.label for field in f12_complaints.COMPLAINTS.fields}


def complaints(situation: Situation, rule: str) -> Iterator[Duty]:
    """C2: a complaint is answered, and where the company says so handled, within real hours."""
    limits = situation.config.complaints
    clocks = (
        ("first_response", limits.C2_first_response_hours, ("first_response_at", "closed_at")),
        ("handled", limits.C2_handled_hours, ("closed_at",)),
    )
    for row in situation.company.rows.get(COMPLAINTS, ()):
        received = row.values.get("received_at")
        if row.values.get("kind") in COMPLAINT_KINDS and isinstance(received, datetime) and received <= situation.now:
            for task, hours, evidence in clocks:
                if hours and not any(_reached(row.values.get(field), situation.now) for field in evidence):
                    yield _complaint(situation, rule, row, received, task, hours, evidence[0])


def _complaint(
    situation: Situation, rule: str, row: Accepted, received: datetime, task: str, hours: int, field: str
) -> Duty:
    company, config = situation.company, situation.config
    due_at = add_hours(received, hours, config.company.zone)
    timing = by_hours(
        situation.calendar, due_at, config.complaints.C2_ahead_hours, config.escalation.grace_working_days,
        config.company.zone, situation.now,
    )
    responsible = company.people.find(row.values.get("responsible_party")) or company.manager_of(row.customer)
    facts: Mapping[str, str | Text] = {
        "customer": company.name_of(row.customer), "number": str(row.values.get("number")),
        "due": due_at.isoformat(" ", "minutes"), "task": PHRASES[f"due.{task}"], "field": _LABELS[field],
    }
    return duty(
        rule, timing, situation.stand_in(responsible), row.where, facts,
        customer=row.customer, subject=f"{row.row_id}:{task}", period=received.date().isoformat(),
    )


def _reached(value: Value, now: datetime) -> bool:
    return isinstance(value, datetime) and value <= now
