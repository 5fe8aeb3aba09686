"""C1–C5, C8: complaints are recorded, answered, passed on, analysed, settled and made good (section 6).

The verdict has no day in F12, so what an upheld complaint asks for is reckoned from when it was received.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from math import ceil

from crmflow.company import COMPLAINT_KINDS, COMPLAINTS
from crmflow.dates import ONE_DAY, day_of, span_of
from crmflow.duties.rule import SETTLED, DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms import f12_complaints
from crmflow.model import Accepted, Expectation, Text
from crmflow.texts import PHRASES, both
from crmflow.timing import ONE_HOUR, Pace

_LABELS = {field.id: field.label for field in f12_complaints.COMPLAINTS.fields}
_LONGEST_MONTH = 31


def recorded(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C1: a complaint is entered the day it arrives.

    The form has no day of entry: what is typed is when it was received, so on
    that day it is met, and the arrival of the file shows whether it was late.
    """
    for row, received in _complaints(situation):
        yield _asked(
            situation, rule, row, "recorded", situation.manager_of(row.customer), received.date(), (), received
        )


def answered(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C2: a complaint is answered, and where the company says so handled, within some hours.

    It is announced to the responsible party as soon as it is received (C3).
    """
    limits = situation.config.complaints
    clocks = (
        ("first_response", limits.C2_first_response_hours, ("first_response_at", "closed_at")),
        ("handled", limits.C2_handled_hours, ("closed_at",)),
    )
    for row, received in _complaints(situation):
        for task, hours, evidence in clocks:
            if hours:
                due = situation.within(received, hours, limits.C2_clock)
                at_once = (ceil((due - received) / ONE_HOUR),) if task == "first_response" else ()
                yield _asked(
                    situation, rule, row, task, _responsible(situation, row), due, (*at_once, limits.C2_ahead_hours),
                    situation.reached(row, *evidence), field=_LABELS[evidence[0]],
                )


def told_to_the_leader(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C3: the leader hears of a severe complaint at once, and again when it is upheld.

    Nothing is asked but to know: it is listed for some days after it was received;
    once upheld from month to month, until some days after it was closed.
    """
    days = situation.config.complaints.C3_told_days
    for row, received in _complaints(situation):
        if not days or row.values.get("severity") != "serious":
            continue
        task, period, gone = "severe", received.date().isoformat(), received.date() + timedelta(days=days)
        if row.values.get("upheld") is True:
            closed = day_of(situation.reached(row, "closed_at"))
            month = span_of("month", closed or situation.today)
            task, period = "upheld", month.start.isoformat()
            gone = closed + timedelta(days=days) if closed else month.end + ONE_DAY
        told = _asked(
            situation, rule, row, task, _leader(situation, row), gone, (max(days, _LONGEST_MONTH),), None,
            party=str(row.values.get("responsible_party")), content=str(row.values.get("content")),
        )
        yield told._replace(period=period, until=gone - ONE_DAY)


def analysed(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C4: the responsible party writes down cause and measures, then the leader approves them.

    Where the day they were written is not typed, the leader's time runs from the last day there was for it.
    """
    limits = situation.config.complaints
    for row, received in _complaints(situation):
        if row.values.get("upheld") is False:
            continue
        is_written = row.values.get("cause_analysis") is not None and row.values.get("measures") is not None
        written = situation.reached(row, "analysed_on")
        last_day = situation.within_days(received, limits.C4_analysis_working_days)
        if limits.C4_analysis_working_days:
            yield _asked(
                situation, rule, row, "analysis", _responsible(situation, row), last_day, (limits.ahead_working_days,),
                (written or received) if is_written else None,
            )
        if is_written and limits.C4_approval_working_days:
            due = situation.within_days(written or last_day, limits.C4_approval_working_days)
            yield _asked(
                situation, rule, row, "approval", _leader(situation, row), due, (limits.C4_approval_working_days,),
                situation.reached(row, "approved_at"),
            )


def settled(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C5: what was approved is agreed with the customer, who is visited again before the complaint is closed."""
    limits = situation.config.complaints
    for row, _ in _complaints(situation):
        owner, ahead = _responsible(situation, row), (limits.ahead_working_days,)
        approved, agreed = situation.reached(row, "approved_at"), situation.reached(row, "agreed_at")
        if approved and limits.C5_agreement_working_days:
            due = situation.within_days(approved, limits.C5_agreement_working_days)
            yield _asked(situation, rule, row, "agreement", owner, due, ahead, agreed)
        settled_at = agreed or situation.reached(row, "closed_at")
        if settled_at and limits.C5_follow_up_working_days:
            due = situation.within_days(settled_at, limits.C5_follow_up_working_days)
            has_result = row.values.get("follow_up_result") is not None
            visited = situation.reached(row, "follow_up_at") if has_result else None
            yield _asked(situation, rule, row, "follow_up", owner, due, ahead, visited)


def made_good(situation: Situation, rule: str) -> Iterator[Expectation]:
    """C8: an upheld complaint is apologised for, its compensation is entered, and finance confirms the refund."""
    limits = situation.config.complaints
    for row, received in _complaints(situation):
        if row.values.get("upheld") is not True:
            continue
        compensation, apologised = row.values.get("compensation"), situation.reached(row, "apology_on")
        if limits.C8_apology_working_days:
            due = situation.within_days(received, limits.C8_apology_working_days)
            yield _asked(
                situation, rule, row, "apology", _responsible(situation, row), due, (limits.ahead_working_days,),
                apologised if compensation is not None else None,
            )
        if limits.C8_refund_working_days and isinstance(compensation, int | float) and compensation > 0:
            promised = situation.reached(row, "agreed_at") or apologised or received
            yield _asked(
                situation, rule, row, "refund", situation.in_role(("finance",)),
                situation.within_days(promised, limits.C8_refund_working_days), (limits.C8_refund_working_days,),
                situation.reached(row, "refund_confirmed_on"), task=both("due.refund", amount=f"{compensation:,.2f}"),
            )


def _complaints(situation: Situation) -> Iterator[tuple[Accepted, datetime]]:
    """The complaints that have been received by now, each with when."""
    for row in situation.company.rows.get(COMPLAINTS, ()):
        received = row.values.get("received_at")
        is_complaint = row.values.get("kind") in COMPLAINT_KINDS
        if is_complaint and isinstance(received, datetime) and situation.has_come(received):
            yield row, received


def _responsible(situation: Situation, row: Accepted) -> str:
    return situation.answering(row, "responsible_party")


def _leader(situation: Situation, row: Accepted) -> str:
    """The department head of who is responsible, else of the account manager; never who is responsible themselves."""
    people = situation.company.people
    responsible = people.people.get(_responsible(situation, row))
    manager = situation.company.manager_of(row.customer)
    heads = (people.head_of(one) for one in (responsible, manager) if one is not None)
    leader = next((head for head in heads if head is not None and head != responsible), None)
    leader = leader or (people.superior(responsible) if responsible else None)
    return leader.number if leader else ""


def _asked(
    situation: Situation, rule: str, row: Accepted, step: str, owner: str, due: date, ahead: tuple[int, ...],
    met_on: date | None, **facts: str | Text,
) -> Expectation:
    day = str(day_of(row.values.get("received_at")))
    words: Mapping[str, str | Text] = SETTLED if met_on else {
        "day": day, "customer": situation.company.name_of(row.customer), "number": str(row.values.get("number")),
        "task": PHRASES[f"due.{step}"], **facts,
    }
    return Expectation(
        rule, row.customer, f"{row.row_id}:{step}", day, owner, due, row.where, words, ahead,
        met_on=met_on, evidence=row.row_id,
    )


RULES = {
    "C1": DutyRule(recorded, (COMPLAINTS,), form="F12", evidence=f"{COMPLAINTS}.received_at", asks=False),
    "C2": DutyRule(answered, (COMPLAINTS,), Pace.HOURS, urgent=True),
    "C3": DutyRule(told_to_the_leader, (COMPLAINTS,), Pace.CALENDAR_DAYS, urgent=True),
    "C4": DutyRule(analysed, (COMPLAINTS,)),
    "C5": DutyRule(settled, (COMPLAINTS,)),
    "C8": DutyRule(made_good, (COMPLAINTS,)),
}
