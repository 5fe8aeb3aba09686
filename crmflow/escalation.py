"""Who is told of a duty as it goes up: its owner, the superior, the department head, the executives (section 5)."""

from collections.abc import Iterator, Mapping, Set
from enum import StrEnum
from typing import NamedTuple

from crmflow.access import admitted, deputy_of, line_of
from crmflow.drafts import Fact, Situation
from crmflow.model import Duty, Expectation, Notice, Person, Stage
from crmflow.people import EXECUTIVES, at_work

RANKS = ("department_head", *EXECUTIVES)
"""Who stands above whom on the ladder; every other role stands below."""
NOWHERE = -1


class Capacity(StrEnum):
    """As what a person is told of a fact."""

    OWNER = "owner"
    """It is theirs to do."""
    INFORMED = "informed"
    """They get a copy."""
    ASKED = "asked"
    """They are asked to get it done."""


class Told(NamedTuple):
    """A fact on its way to a person.

    ``stage`` is the one at which a duty came to the person in this capacity:
    what has gone on above them since is no news to them. ``above`` are those
    who know of it too, for its owner.
    """

    person: Person
    fact: Fact
    capacity: Capacity = Capacity.OWNER
    stage: Stage = Stage.LATER
    above: tuple[Person, ...] = ()


def told_of(duty: Duty, situation: Situation, administrator: Person) -> tuple[Told, ...]:
    """Everybody whom the duty has reached, each once: its owner at every stage, each person above once in a capacity.

    The superior gets a copy, then is asked to act; then the head is, then the executive.
    """
    key = duty.owner, duty.customer
    if key not in situation.above:
        owner = responsible(duty, situation, administrator)
        situation.above[key] = owner, ladder(duty, owner, situation, administrator)
    owner, above = situation.above[key]
    if duty.stage < Stage.COPIED:
        return (Told(owner, duty, stage=duty.stage),)
    steps = (min(duty.stage, Stage.ESCALATED), Stage.AT_HEAD, Stage.AT_EXECUTIVE)
    up = tuple(
        Told(person, duty, Capacity.INFORMED if stage is Stage.COPIED else Capacity.ASKED, stage)
        for stage, person in zip(steps, above, strict=False) if stage <= duty.stage
    )
    return Told(owner, duty, stage=duty.stage, above=tuple(one.person for one in up)), *up


def responsible(duty: Duty, situation: Situation, administrator: Person) -> Person:
    """Who must act: the owner at work, else the first up their line, else the administrator."""
    owner = situation.directory.people.get(duty.owner)
    if owner is not None and at_work(owner, situation.today):
        return owner
    above = (_there(seat, duty, situation) for seat in line_of(duty.owner, situation.directory))
    return next((person for person in above if person), administrator)


def ladder(duty: Duty, owner: Person, situation: Situation, administrator: Person) -> tuple[Person, ...]:
    """Those above ``owner`` whom the duty comes to one after the other, each once and in a higher seat than the last.

    The nearest superior first, whatever their role; then the responsible head;
    then the vice president of the line, else the next executive up. A deputy
    sits in for who is on leave. A seat whose person has been told already, is
    away or not entitled leaves its step to the next. Where nobody is above,
    it is the administrator.
    """
    directory = situation.directory
    line, known = line_of(duty.owner, directory), directory.people.get(duty.owner)
    head = directory.head_of(known) if known else None
    executives = (*directory.with_role("general_manager"), *directory.with_role("chairman"))
    found: list[Person] = []
    reached = NOWHERE
    for seat in line:
        person = _there(seat, duty, situation)
        if person and person != owner:
            found, reached = [person], max(_rank(seat), _rank(owner))
            break
    if not found:
        return (administrator,) if administrator != owner else ()
    for seat in (*((head,) if head else ()), *line, *executives):
        person = _there(seat, duty, situation)
        if _rank(seat) > reached and person and person not in (owner, *found):
            found.append(person)
            reached = _rank(seat)
    return tuple(found)


def _there(seat: Person, fact: Fact, situation: Situation) -> Person | None:
    """Who of the person or their deputy is at work and may be told."""
    there = seat if at_work(seat, situation.today) else deputy_of(seat, situation.directory, situation.today)
    return there if there and _may_hear(there, fact, situation) else None


def _may_hear(person: Person, fact: Fact, situation: Situation) -> bool:
    return at_work(person, situation.today) and admitted(person, fact, situation.customers, situation.directory)


def _rank(person: Person) -> int:
    return RANKS.index(person.role) if person.role in RANKS else NOWHERE


def resolved(situation: Situation) -> Iterator[Told]:
    """What was passed up to people and has been done since, for each of them who has not been told so yet.

    What is no longer asked for without being done (exempt, cancelled, its
    time gone by) is not told of: it leaves their lists by itself.
    """
    passed = _passed_up(situation.already) if situation.passed_up is None else situation.passed_up
    keys = ((met.rule, subject_of_duty(met), met.period) for met in situation.met if passed)
    done = {key: met for key, met in zip(keys, situation.met, strict=False) if key in passed}
    for key, met in done.items():
        numbers = sorted(passed[key] - {met.owner})
        people = (situation.directory.people.get(number) for number in numbers)
        yield from (
            Told(person, met, Capacity.INFORMED) for person in people
            if person is not None and _may_hear(person, met, situation)
            and resolved_notice(met, person) not in situation.already
        )


def _passed_up(already: Set[Notice]) -> Mapping[tuple[str, str, str], Set[str]]:
    passed: dict[tuple[str, str, str], set[str]] = {}
    for notice in already:
        if notice.kind == "duty" and notice.stage >= Stage.COPIED:
            passed.setdefault(notice[1:4], set()).add(notice.recipient)
    return passed


def resolved_notice(met: Expectation, person: Person) -> Notice:
    """By which the person is told once that what had come up to them is done."""
    return Notice("resolved", met.rule, subject_of_duty(met), met.period, 0, person.number)


def subject_of_duty(fact: Duty | Expectation) -> str:
    """What a notice about a duty calls it, whichever customer and row it is about."""
    return f"{fact.customer}/{fact.subject}"
