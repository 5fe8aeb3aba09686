"""``crmflow simulate``: what would be due and who would be mailed from one day to another, without sending."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import looking
from crmflow.config import Config, load
from crmflow.dates import start_of
from crmflow.model import Duty, Stage
from crmflow.rules import action_of
from crmflow.simulation import Day, Mail, simulate
from crmflow.state import Facts
from crmflow.state import load as known_facts
from crmflow.store import mailbox, runs
from crmflow.store.mailbox import Known
from crmflow.store.runs import Tiers
from crmflow.texts import phrase

MOST_STAGES = 3
"""So many stages are named in a line of a mail, those with most items first."""


@dataclass
class Totals:
    """What a simulation comes to."""

    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By staff number and month."""
    duties: Counter[tuple[str, Stage]] = field(default_factory=Counter)
    """By rule and stage."""
    worst: date | None = None
    """The day with most mails, then with most duties."""
    most: tuple[int, int] = (0, 0)

    def add(self, day: Day) -> None:
        self.mails.update((mail.recipient.number, f"{day.day:%Y-%m}") for mail in day.mails)
        self.duties.update((duty.rule, duty.stage) for duty in day.duties)
        if (size := (len(day.mails), len(day.duties))) > self.most:
            self.worst, self.most = day.day, size


def main(config: Config, now: datetime, first: str, last: str, compare: Path | None, person: str, as_json: bool) -> int:
    """Walk through the days, print each and what they come to; with another configuration both side by side."""
    begin, end = _day(first, now.date(), config), _day(last, now.date(), config)
    if end < begin:
        raise WrongUse(phrase("cli.simulate.order", config.language, first=begin, last=end))
    other = load(compare) if compare else None
    sides = _sides(config, other, begin)
    number = _number(person, sides[0][0], config)
    # What has been read stays to the end, and a simulation makes no cycles: looking for them takes half its time.
    gc.freeze()
    gc.disable()
    if other:
        _compare([_totals(simulate(*side, begin, end), number) for side in sides], config, as_json)
    else:
        _walk(simulate(*sides[0], begin, end), number, config, sides[0][0], as_json)
    return COMPLETED


def _day(text: str, today: date, config: Config) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError as error:
        raise WrongUse(phrase("cli.today", config.language, value=text)) from error


def _sides(config: Config, other: Config | None, begin: date) -> list[tuple[Facts, Tiers, Known]]:
    """What the store holds as each configuration looks at it, and what it knew when the first day began."""
    midnight = start_of(begin).replace(tzinfo=config.company.zone)
    with looking(config) as (store, connection):
        facts, told = known_facts(store, connection, config), mailbox.known(connection, midnight)
        return [
            (replace(facts, config=one, catalogue=one.catalogue),
             runs.tiers(connection, one.grading.primary, begin), told)
            for one in ([config, other] if other else [config])
        ]


def _number(person: str, facts: Facts, config: Config) -> str:
    if not person:
        return ""
    found = facts.company.people.find(person)
    if found is None:
        raise WrongUse(phrase("cli.nobody", config.language, person=person))
    return found.number


def _of(days: Iterable[Day], number: str) -> Iterator[Day]:
    """The days as one person would live through them, or all of it."""
    for day in days:
        yield Day(
            day.day, tuple(duty for duty in day.duties if duty.owner == number),
            tuple(mail for mail in day.mails if mail.recipient.number == number),
        ) if number else day


def _totals(days: Iterable[Day], number: str) -> Totals:
    totals = Totals()
    for day in _of(days, number):
        totals.add(day)
    return totals


def _walk(days: Iterable[Day], number: str, config: Config, facts: Facts, as_json: bool) -> None:
    totals, documents = Totals(), []
    for day in _of(days, number):
        totals.add(day)
        if as_json:
            documents.append(_document(day))
        elif day.duties or day.mails:
            _print_day(day, facts, config.language, in_full=bool(number))
    if as_json:
        show.as_json({"days": documents, "totals": _totals_document(totals)})
    else:
        _print_totals(totals, facts, config.language)


def _document(day: Day) -> dict[str, object]:
    return {
        "day": day.day,
        "duties": [
            {"rule": duty.rule, "stage": duty.stage.name.lower(), "customer": duty.customer, "subject": duty.subject,
             "period": duty.period, "owner": duty.owner, "due_at": duty.due_at,
             "zh": action_of(duty, "zh"), "en": action_of(duty, "en")}
            for duty in day.duties
        ],
        "mails": [
            {"at": mail.at, "to": mail.recipient.number, "name": mail.recipient.name,
             "kind": mail.kind, "items": len(mail.notices), "stages": _stages(mail)}
            for mail in day.mails
        ],
    }


def _stages(mail: Mail) -> Mapping[str, int]:
    """How many of the duties in a mail stand at which stage."""
    found = Counter(Stage(one.stage) for one in mail.notices if one.kind == "duty")
    return {stage.name.lower(): found[stage] for stage in sorted(found)}


def _totals_document(totals: Totals) -> dict[str, object]:
    return {
        "mails": {f"{number} {month}": count for (number, month), count in sorted(totals.mails.items())},
        "duties": {f"{rule} {stage.name.lower()}": count for (rule, stage), count in sorted(totals.duties.items())},
        "worst_day": totals.worst, "mails_on_worst_day": totals.most[0], "duties_on_worst_day": totals.most[1],
    }


def _print_day(day: Day, facts: Facts, language: str, *, in_full: bool) -> None:
    """The mails of a day, a line each; for one person also every duty in words."""
    show.line(phrase("cli.simulate.day", language, day=day.day, duties=len(day.duties), mails=len(day.mails)))
    for mail in day.mails:
        told = "  ".join(f"{_stage(name, language)} {count}" for name, count in _stages(mail).items())
        show.line(phrase(
            "cli.simulate.mail", language, at=f"{mail.at:%H:%M}", name=mail.recipient.name,
            kind=phrase(f"cli.simulate.kind.{mail.kind}", language), items=len(mail.notices), told=told,
        ).rstrip())
    for duty in day.duties if in_full else ():
        show.line(f"    {duty.rule}  {_stage(duty.stage.name.lower(), language)}  {_told(duty, language)}")


def _told(duty: Duty, language: str) -> str:
    return f"{say(duty.facts.get('customer', ''), language)}  {action_of(duty, language)}".strip()


def _stage(name: str, language: str) -> str:
    return phrase(f"master.stage.{name}", language)


def _print_totals(totals: Totals, facts: Facts, language: str) -> None:
    months = sorted({month for _, month in totals.mails})
    people = facts.company.people.people
    numbers = sorted({number for number, _ in totals.mails})
    rows = [
        (people[number].name if number in people else number, *(totals.mails[number, month] or "" for month in months))
        for number in numbers
    ]
    show.table(phrase("cli.simulate.mails", language), [phrase("cli.status.name", language), *months], rows)
    stages = [stage for stage in Stage if stage is not Stage.LATER]
    rules = sorted({rule for rule, _ in totals.duties})
    show.table(
        phrase("cli.simulate.duties", language),
        [phrase("master.rule", language), *(_stage(stage.name.lower(), language) for stage in stages)],
        [(rule, *(totals.duties[rule, stage] or "" for stage in stages)) for rule in rules],
    )
    if totals.worst:
        show.line(phrase("cli.simulate.worst", language, day=totals.worst, mails=totals.most[0], duties=totals.most[1]))


def _compare(sides: Sequence[Totals], config: Config, as_json: bool) -> None:
    """Two configurations side by side: duties by rule, mails by person, as A, B and the difference."""
    duties = [_by_rule(side) for side in sides]
    mails = [_by_person(side) for side in sides]
    if as_json:
        show.as_json({name: {key: {"a": a, "b": b} for key, a, b in _rows(counts)}
                      for name, counts in (("duties", duties), ("mails", mails))})
        return
    for name, counts in (("duties", duties), ("mails", mails)):
        headings = [phrase(f"cli.simulate.{name}", config.language), "A", "B", "B − A"]
        rows = [(key, a, b, f"{b - a:+}" if a != b else "") for key, a, b in _rows(counts)]
        show.table(phrase(f"cli.simulate.{name}", config.language), headings, rows)


def _by_rule(totals: Totals) -> Counter[str]:
    found: Counter[str] = Counter()
    for (rule, _), count in totals.duties.items():
        found[rule] += count
    return found


def _by_person(totals: Totals) -> Counter[str]:
    found: Counter[str] = Counter()
    for (number, _), count in totals.mails.items():
        found[number] += count
    return found


def _rows(counts: Sequence[Counter[str]]) -> list[tuple[str, int, int]]:
    """Every key of both sides with its counts."""
    before, after = counts
    return [(key, before[key], after[key]) for key in sorted(before.keys() | after.keys())]
