"""S1, S2, S4–S6: service tickets are answered, solved and signed for in time; spare parts are counted (section 6)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from math import ceil

from crmflow.company import PARTS, TICKETS
from crmflow.dates import day_of
from crmflow.declare import fillers
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.forms.f39_spare_parts import COUNTED
from crmflow.forms.f39_spare_parts import FORM as STOCK
from crmflow.model import Accepted, Expectation, Text
from crmflow.texts import PHRASES, both
from crmflow.timing import ONE_HOUR, Pace

_NAMED = 3
"""So many parts of a count are named; how many there are is told of the rest."""


def faults(situation: Situation, rule: str) -> Iterator[Expectation]:
    """S1: a fault report is confirmed, then answered, within some hours; it is announced as soon as it is made.

    An urgent one has fewer hours for both. An answer is a plan with a promised
    day; the form has no time for it, so it counts from when the report was
    confirmed, or made.
    """
    limits = situation.config.service
    for row, reported in _tickets(situation):
        if row.values.get("kind") != "repair":
            continue
        solved = situation.reached(row, "on_site_at", "resolved_at")
        promised = (situation.reached(row, "confirmed_at") or reported) if _is_planned(row) else None
        confirmed = situation.reached(row, "confirmed_at") or solved
        clocks = (
            ("confirmed", limits.S1_confirmed_hours, confirmed),
            ("answered", limits.S1_answered_hours, promised or solved),
        )
        for task, hours, met_on in clocks:
            if hours:
                allowed = min(hours, limits.S1_urgent_hours) if row.values.get("urgent") is True else hours
                due = situation.within(reported, allowed, limits.S1_clock)
                at_once = ceil((due - reported) / ONE_HOUR)
                ahead = at_once if task == "confirmed" else min(at_once, limits.S1_ahead_hours)
                yield _asked(situation, rule, row, task, _in_charge(situation, row), due, (ahead,), met_on)


def promises(situation: Situation, rule: str) -> Iterator[Expectation]:
    """S4: we come on the day agreed, solve it by the day promised, and the customer confirms that it is solved.

    Preventive maintenance is S6. Whoever is promised a day is not asked for
    the visit on that day or later as well.
    """
    limits = situation.config.service
    ahead = (limits.S4_ahead_working_days,)
    for row, _ in _tickets(situation):
        promised, agreed = day_of(row.values.get("promised_on")), day_of(row.values.get("appointment_on"))
        resolved = situation.reached(row, "resolved_at")
        if row.values.get("kind") != "maintenance":
            if agreed and (promised is None or agreed < promised):
                engineer = situation.company.people.find(row.values.get("engineer"))
                owner = engineer.number if engineer else _in_charge(situation, row)
                visited = situation.reached(row, "on_site_at", "resolved_at")
                yield _asked(situation, rule, row, "appointment", owner, agreed, ahead, visited)
            if promised:
                yield _asked(situation, rule, row, "solved", _in_charge(situation, row), promised, ahead, resolved)
        if resolved and limits.S4_confirmation_working_days:
            due = situation.within_days(resolved, limits.S4_confirmation_working_days)
            confirmed = resolved if row.values.get("customer_confirmed") is True else None
            yield _asked(situation, rule, row, "customer_confirmed", _in_charge(situation, row), due, ahead, confirmed)


def maintenance(situation: Situation, rule: str) -> Iterator[Expectation]:
    """S6: preventive maintenance is done by the day agreed, and reported."""
    ahead = (situation.config.service.S6_ahead_working_days,)
    for row, _ in _tickets(situation):
        due = day_of(row.values.get("promised_on")) or day_of(row.values.get("appointment_on"))
        if row.values.get("kind") == "maintenance" and due:
            resolved = situation.reached(row, "resolved_at")
            yield _asked(situation, rule, row, "maintained", _in_charge(situation, row), due, ahead, resolved)


def stock_counts(situation: Situation, rule: str) -> Iterator[Expectation]:
    """S5: all spare parts are counted once a period; a later count makes up for it.

    Of each part only its newest count is kept, so nothing is asked before the oldest one.
    """
    service = situation.config.service
    counts = [
        (row, counted) for row in situation.company.rows.get(PARTS, ())
        if (counted := day_of(situation.reached(row, "counted_on")))
    ]
    if service.S5_every is None or not counts:
        return
    oldest, first = min(counts, key=lambda count: count[1])
    since = min(day_of(row.values.get("previous_on")) or day for row, day in counts)
    keeper = situation.in_role(fillers(STOCK, STOCK.blocks[0], COUNTED))
    for span, until in situation.spans(service.S5_every, since):
        missing = [str(row.values.get("number")) for row, day in counts if day < span.start]
        yield Expectation(
            rule, "", "", span.name, keeper, span.end, oldest.where, {"parts": _listed(missing)},
            (service.S5_ahead_working_days,), met_on=None if missing else first, evidence=oldest.row_id, last=first,
            until=until,
        )


def _listed(numbers: Sequence[str]) -> Text:
    """The first few, and how many there are."""
    named = Text("、".join(numbers[:_NAMED]), ", ".join(numbers[:_NAMED]))
    return both("due.parts", named=named, count=len(numbers)) if len(numbers) > _NAMED else named


def _tickets(situation: Situation) -> Iterator[tuple[Accepted, datetime]]:
    """The tickets that have been reported by now, each with when."""
    for row in situation.company.rows.get(TICKETS, ()):
        reported = row.values.get("reported_at")
        if isinstance(reported, datetime) and situation.has_come(reported):
            yield row, reported


def _in_charge(situation: Situation, row: Accepted) -> str:
    """S2: whoever was asked first, until it is handed over."""
    field = "assigned_to" if row.values.get("assigned_to") else "first_asked"
    return situation.answering(row, field)


def _is_planned(row: Accepted) -> bool:
    return row.values.get("plan") is not None and row.values.get("promised_on") is not None


def _asked(
    situation: Situation, rule: str, row: Accepted, task: str, owner: str, due: date, ahead: tuple[int, ...],
    met_on: date | None,
) -> Expectation:
    day = str(day_of(row.values.get("reported_at")))
    words: dict[str, str | Text] = {
        "day": day, "customer": situation.company.name_of(row.customer), "number": str(row.values.get("number")),
        "problem": str(row.values.get("problem")), "task": PHRASES[f"due.{task}"],
    }
    return Expectation(
        rule, row.customer, f"{row.row_id}:{task}", day, owner, due, row.where,
        words, ahead, met_on=met_on, evidence=row.row_id,
    )


RULES = {
    "S1": DutyRule(faults, (TICKETS,), Pace.HOURS, urgent=True),
    "S4": DutyRule(promises, (TICKETS,)),
    "S5": DutyRule(stock_counts, (PARTS,), form="F39", evidence=f"{PARTS}.counted_on"),
    "S6": DutyRule(maintenance, (TICKETS,)),
}
