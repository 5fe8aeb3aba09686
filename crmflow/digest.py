"""Findings, duties and grades → who is told what: one digest a person, one summary a head and week (decision 10)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from heapq import nsmallest

from crmflow import codes
from crmflow.access import REPORTED_TO, admitted, line_of, may_hold
from crmflow.config import Config
from crmflow.dates import day_of
from crmflow.drafts import EVERYTHING, NOBODY, About, Digest, Draft, Listed, Situation, Telling, Urgency
from crmflow.escalation import Told, resolved, told_of
from crmflow.executive import months
from crmflow.items import Entry, entry, item, notice_of, place_in_mail, place_in_time
from crmflow.model import Duty, Expectation, Finding, Person, Severity, Stage, Where
from crmflow.people import at_work, in_service
from crmflow.summary import summaries
from crmflow.sums import summed

ADMINISTRATOR = "administrator"
"""Stands for a staff number where F30 has no administrator."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9-]+"
ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")
"""What stands unquoted in a header: the dot-atom of RFC 5322."""


def digests(situation: Situation, config: Config, tell: Set[Telling] = EVERYTHING) -> tuple[Draft, ...]:
    """Every mail that is due now: a digest for who has something new, each head's week, each executive's month.

    Alerts are digests of what is urgent and nothing else; what they told, the next digest need not.
    """
    situation = replace(situation, duties=due_for_telling(situation.duties, config))
    administrator = administrator_of(situation, config)
    told = list(_told(situation, administrator, tell))
    told += _without_address(told, situation, administrator)
    personal = (
        _digest(person, ones, situation, config)
        for person, ones in _by_person(told).items() if has_address(person)
    )
    weekly = summaries(situation, config) if Telling.SUMMARIES in tell else ()
    monthly = months(situation, situation.month, config) if situation.month else ()
    addressed = (draft for draft in (*weekly, *monthly) if has_address(draft.recipient))
    return (*(draft for draft in personal if draft is not None), *addressed)


def workbooks_to_mend(situation: Situation, config: Config) -> Mapping[Person, Sequence[str]]:
    """The workbooks that go with each person's digest: their own, in which something new is to be mended.

    A workbook goes to nobody but who keeps it, whoever else is told of a finding in it. This rests on findings alone.
    """
    administrator = administrator_of(situation, config)
    own: defaultdict[Person, set[str]] = defaultdict(set)
    to_mend: defaultdict[Person, set[str]] = defaultdict(set)
    for finding in situation.findings:
        for told in _told_of_finding(finding, situation, administrator):
            if not _is_own(told.person, finding, situation):
                continue
            if finding.where.cell:
                own[told.person].add(finding.where.file)
            if codes.severity(finding) is Severity.ERROR and notice_of(told, situation) not in situation.already:
                to_mend[told.person].add(finding.where.file)
    along = ((person, sorted(files & own[person])) for person, files in to_mend.items())
    return {person: files[: config.mail.copies_per_person] for person, files in along if files}


def _is_own(person: Person, finding: Finding, situation: Situation) -> bool:
    """Whether it is in a workbook that the person keeps and may be sent."""
    return finding.owner == person.number and may_hold(
        person, finding.customer, situation.customers, situation.directory
    )


def due_for_telling(duties: Iterable[Duty], config: Config) -> tuple[Duty, ...]:
    """The duties that have reached a stage, without those due before the cut-over day."""
    cut_over = config.mail.cut_over_on
    return tuple(
        duty for duty in duties
        if duty.stage is not Stage.LATER and (cut_over is None or duty.due_at.date() >= cut_over)
    )


def administrator_of(situation: Situation, config: Config) -> Person:
    """The administrator of F30 who can be reached, else the fallback address of the configuration (decision 7)."""
    for person in situation.directory.with_role("information_administrator"):
        if at_work(person, situation.today) and has_address(person):
            return person
    fallback = config.administrator
    return Person(
        ADMINISTRATOR, fallback.name, "information_administrator", email=fallback.email, language=config.language
    )


def has_address(person: Person) -> bool:
    """Whether mail can be addressed to the person at all."""
    return ADDRESS.fullmatch(person.email) is not None


def _told(situation: Situation, administrator: Person, tell: Set[Telling]) -> Iterator[Told]:
    """What people are told of now: everything, or what cannot wait for the digest."""
    whole = Telling.DIGESTS in tell
    for duty in situation.duties:
        if whole or (duty.urgent and Telling.ALERTS in tell):
            yield from told_of(duty, situation, administrator)
    if whole:
        for finding in situation.findings:
            yield from _told_of_finding(finding, situation, administrator)
        yield from resolved(situation)


def _told_of_finding(finding: Finding, situation: Situation, administrator: Person) -> Iterator[Told]:
    """Who must mend it, or whoever leads them once they have left; whom it is reported to besides.

    A change of who receives customer data is the administrator's: its owner has nothing to mend.
    """
    owner = situation.directory.people.get(finding.owner)
    if finding.code == "HELD_TRUST":
        owner = administrator
    elif owner is None or not in_service(owner, situation.today):
        owner = next(iter(_line(finding, situation)), administrator)
    others = (one for one in _reported_to(finding, situation) if in_service(one, situation.today))
    waits = (administrator,) if finding.code in codes.HELD else ()
    yield from (Told(person, finding) for person in dict.fromkeys((owner, *others, *waits)))


def _reported_to(finding: Finding, situation: Situation) -> Iterator[Person]:
    """Those whose office it is to hear of it, and the heads who may know of it (X2)."""
    roles = REPORTED_TO.get(finding.code)
    if roles is not None:
        yield from situation.directory.with_role(*roles)
        heads = situation.directory.with_role("department_head")
        yield from (one for one in heads if admitted(one, finding, situation.customers, situation.directory))


def _line(finding: Finding, situation: Situation) -> tuple[Person, ...]:
    """Those above the owner, from the nearest up, who work here and may be told of the finding."""
    return tuple(
        person for person in line_of(finding.owner, situation.directory)
        if in_service(person, situation.today)
        and admitted(person, finding, situation.customers, situation.directory)
    )


def _without_address(told: Iterable[Told], situation: Situation, administrator: Person) -> list[Told]:
    """A finding for the administrator about everybody who cannot be told (section 1): never a silent skip."""
    codes_of_addresses = ("NO_ADDRESS", "ADDRESS_REFUSED")
    found = {finding.facts.get("person") for finding in situation.findings if finding.code in codes_of_addresses}
    people = {one.person.number: one.person for one in told}
    unreachable = {
        number: person for number, person in people.items() if not has_address(person) and person.name not in found
    }
    findings = (
        Finding("NO_ADDRESS", Where(""), block="F30.people", field_id="email", facts={"person": person.name},
                owner=administrator.number, row_key=number)
        for number, person in sorted(unreachable.items())
    )
    return [Told(administrator, finding) for finding in findings]


def _by_person(told: Iterable[Told]) -> dict[Person, list[Told]]:
    found: defaultdict[str, list[Told]] = defaultdict(list)
    for one in told:
        found[one.person.number].append(one)
    return {ones[0].person: ones for _, ones in sorted(found.items())}


def _digest(person: Person, told: Sequence[Told], situation: Situation, config: Config) -> Draft | None:
    """The person's digest, or None when nothing in it is new, or nothing but what is done and can wait for company."""
    ones = {notice_of(one, situation): one for one in told}
    new = [entry(one, notice, situation) for notice, one in ones.items() if notice not in situation.already]
    fresh, mail, language = _by_urgency(new), config.mail, person.language
    if not fresh or _can_wait(told, fresh, situation, config.escalation.resolved_within_working_days):
        return None
    old = [entry(one, notice, situation) for notice, one in ones.items() if notice in situation.already]
    items = tuple(item(one, situation) for one in _most_urgent(fresh, mail.items_per_person))
    beyond, every = len(new) - len(items), summed(new, language)
    content = Digest(
        items=items,
        sums=every if beyond else (),
        still_open=summed(old, language),
        beyond=beyond,
        before=len(old),
        pushed=next((one for one in every if one.about is About.PUSHED), NOBODY),
        **{urgency.name.lower(): len(section) for urgency, section in fresh.items()},
        copies=tuple(situation.copies.get(person, ())),
        listed=beyond > 0,
        locked=bool(mail.copy_passwords),
        calendar=mail.calendar and any(isinstance(one.fact, Duty) and one.fact.owner == person.number for one in told),
    )
    named = sorted({one.fact.customer for one in told if one.fact.customer})
    listed = (*_listed(new, is_new=True), *_listed(old, is_new=False)) if beyond else ()
    return Draft(person, "digest", situation.today, tuple(one.notice for one in new), tuple(named), content, listed)


def _listed(entries: Iterable[Entry], *, is_new: bool) -> Iterator[Listed]:
    return (Listed(one.told.fact, one.notice.rule, one.urgency, one.of, is_new) for one in entries)


def _by_urgency(entries: Iterable[Entry]) -> dict[Urgency, list[Entry]]:
    """The entries by section, the most urgent section first."""
    sections: defaultdict[Urgency, list[Entry]] = defaultdict(list)
    for one in entries:
        sections[one.urgency].append(one)
    return dict(sorted(sections.items()))


def _most_urgent(fresh: Mapping[Urgency, Sequence[Entry]], room: int) -> list[Entry]:
    """At most so many, in the order they are read: section by section, of the last one what is most overdue."""
    chosen: list[Entry] = []
    for section in fresh.values():
        most_pressing = nsmallest(room - len(chosen), section, key=lambda one: place_in_time(one.told.fact))
        chosen += sorted(most_pressing, key=lambda one: place_in_mail(one.told.fact, one.urgency, one.of))
    return chosen


def _can_wait(told: Iterable[Told], fresh: Iterable[Urgency], situation: Situation, days: int) -> bool:
    """Whether all that is new is what has been done, and none of that ``days`` working days ago or longer."""
    if set(fresh) != {Urgency.RESOLVED}:
        return False
    done = (day_of(one.fact.met_on) for one in told if isinstance(one.fact, Expectation))
    return all(day and situation.calendar.working_days_between(day, situation.today) < days for day in done)
