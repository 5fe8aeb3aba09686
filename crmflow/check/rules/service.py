"""Rules over what we do for a customer: plans, surveys, service tickets, orders (F9, F13, F16, F19)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from crmflow.check.rules.view import Broken, Usage, View, at, text_of
from crmflow.model import Value

PART = re.compile(r"([A-Za-z0-9.\-]+)\s*[×xX*]\s*(\d+)")


def customer_plans_are_approved_by_the_head(view: View) -> Broken:
    """PLAN_NOT_BY_HEAD: only the department head approves or changes a customer plan (F9)."""
    for position, record in view.rows("F9.plan"):
        person = view.people.find(record.values["approved_by"])
        if person is not None and person.role != "department_head":
            yield position, at(record, "approved_by", "PLAN_NOT_BY_HEAD", person.name)


def low_scores_have_a_measure(view: View) -> Broken:
    """LOW_SCORE_WITHOUT_MEASURE: a low score needs an improvement with owner and date (D13)."""
    low = view.reference.limits.low_score
    for position, record in view.rows("F13.surveys"):
        score = record.values["overall"]
        if low is not None and isinstance(score, int) and score <= low and record.values["measure"] is None:
            yield position, at(record, "measure", "LOW_SCORE_WITHOUT_MEASURE", str(score))


def open_tickets_have_a_promise(view: View) -> Broken:
    """TICKET_WITHOUT_PROMISE: what was not solved the same day has a plan and a promised date (S4).

    A fault that is still open has hours for its answer, and is asked for by a duty (S1).
    """
    for position, record in view.rows("F16.tickets"):
        reported, resolved = record.values["reported_at"], record.values["resolved_at"]
        if not isinstance(reported, datetime) or (record.values["kind"] == "repair" and resolved is None):
            continue
        solved = resolved.date() if isinstance(resolved, datetime) else view.today
        if solved > reported.date():
            for field_id in ("plan", "promised_on"):
                if record.values[field_id] is None and field_id not in record.unread:
                    yield position, at(record, field_id, "TICKET_WITHOUT_PROMISE")


def orders_arrive_in_time(view: View) -> Broken:
    """ORDER_LATE, ORDER_LATE_UNEXPLAINED: what is not there when promised, or came late without a reason (F19)."""
    for position, record in view.rows("F19.orders"):
        promised, delivered = record.values["promised_on"], record.values["delivered_on"]
        if not isinstance(promised, date):
            continue
        if delivered is None and promised < view.today and "delivered_on" not in record.unread:
            days = str((view.today - promised).days)
            yield position, at(record, "promised_on", "ORDER_LATE", str(promised), days=days)
        elif isinstance(delivered, date) and delivered > promised and record.values["note"] is None:
            yield position, at(record, "note", "ORDER_LATE_UNEXPLAINED", days=str((delivered - promised).days))


def usage_of(ticket: Mapping[str, Value]) -> Iterator[Usage]:
    """The spare parts that a row of F16 used, on the day it was solved, visited or reported."""
    moments = (ticket[name] for name in ("resolved_at", "on_site_at", "reported_at"))
    at_last = next((moment for moment in moments if isinstance(moment, datetime)), None)
    if at_last is not None:
        for part, quantity in PART.findall(text_of(ticket["parts_used"])):
            yield Usage(part, at_last.date(), int(quantity))
