"""What a timed rule is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crmflow.dates import ONE_DAY
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Expectation, Text
from crmflow.timing import Pace

SETTLED: Mapping[str, str | Text] = {}
"""The facts of what is met: nobody reads a sentence about it, and most of what is expected is met.

A plain mapping, since a list of what is done is written by another process.
"""


@dataclass(frozen=True, slots=True)
class DutyRule:
    """A timed rule: how its expectations are found, the blocks it looks at, in what it counts.

    ``expected`` is given the situation and the rule's id. ``form`` is the form
    whose filing it asks for; only such a rule stands in the filing register.
    ``evidence`` is the block and date field whose typed day meets it
    (``F20.report.submitted_on``): when that arrived decides whether it was on
    time, and a row kept out of that block makes it stand as with errors.
    What is ``urgent`` reaches its people at the next tick, not with the digest.
    A rule that never ``asks`` has its evidence in the very row it is about, and only the register looks at it.
    """

    expected: Callable[[Situation, str], Iterator[Expectation]]
    blocks: tuple[str, ...]
    pace: Pace = Pace.WORKING_DAYS
    form: str = ""
    urgent: bool = False
    evidence: str = ""
    asks: bool = True


def told(
    rule: str, row: Accepted, customer: str, subject: str, reader: str, period: str, days: tuple[date, date],
    facts: Mapping[str, str | Text],
) -> Expectation:
    """Something to know rather than to do, from the first of ``days`` until the last.

    It needs no evidence: it stands as announced all the time, and lapses before it could be overdue.
    For rules that count in calendar days.
    """
    start, until = days
    due = until + ONE_DAY
    return Expectation(
        rule, customer, subject, period, reader, due, row.where, facts, ((due - start).days,), until=until
    )
