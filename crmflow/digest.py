"""Findings, duties and grades → who is told what: one digest a person, one summary a head and week (decision 10)."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from crmflow import codes
from crmflow.access import PERSONAL_RULES, SEES_ALL, admitted, is_personal, knows, line_of, mask, may_see, veil
from crmflow.config import Config, Mail
from crmflow.drafts import Digest, Draft, Item, Situation, Tally, Urgency
from crmflow.model import Duty, Finding, Notice, Person, Severity, Stage, Where
from crmflow.people import in_service
from crmflow.rules import RULES, action_of
from crmflow.summary import summaries
from crmflow.texts import PHRASES

ADMINISTRATOR = "administrator"
"""Stands for a staff number where F30 has no administrator."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9-]+"
ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")
"""What stands unquoted in a header: the dot-atom of RFC 5322."""

URGENCY = {
    Stage.AHEAD: Urgency.SOON, Stage.DUE: Urgency.TODAY, Stage.OVERDUE: Urgency.LATE,
    Stage.ESCALATED: Urgency.LATE, Stage.ESCALATED_AGAIN: Urgency.LATE,
}


REPORTED_TO = {
    "BRIBERY": ("finance", "department_head"), "INCENTIVE_TO_PERSON": ("finance", "department_head"),
}
"""Who hears of a finding besides the one who must mend it, by role (X2)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact on its way to a person."""

    person: Person
    fact: Finding | Duty


def digests(situation: Situation, config: Config) -> tuple[Draft, ...]:
    """Every mail that is due now: a digest for who has something new, a summary for each head once a week."""
    situation = replace(situation, duties=due_for_telling(situation.duties, config))
    administrator = administrator_of(situation, config)
    told = list(_told(situation, administrator))
    told += _without_address(told, situation, administrator)
    personal = (
        _digest(person, facts, situation, config.mail)
        for person, facts in _by_person(told).items() if has_address(person)
    )
    weekly = (draft for draft in summaries(situation, config) if has_address(draft.recipient))
    return (*(draft for draft in personal if draft is not None), *weekly)


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
        if in_service(person, situation.today) and has_address(person):
            return person
    fallback = config.administrator
    return Person(
        ADMINISTRATOR, fallback.name, "information_administrator", email=fallback.email, language=config.language
    )


def has_address(person: Person) -> bool:
    """Whether mail can be addressed to the person at all."""
    return ADDRESS.fullmatch(person.email) is not None


def _told(situation: Situation, administrator: Person) -> Iterator[Told]:
    facts: tuple[Finding | Duty, ...] = (*situation.findings, *situation.duties)
    for fact in facts:
        people = [_responsible(fact, situation, administrator), *_superiors(fact, situation, administrator)]
        yield from (Told(person, fact) for person in dict.fromkeys(people))


def _responsible(fact: Finding | Duty, situation: Situation, administrator: Person) -> Person:
    """Who must act: the owner, or whoever leads them once they have left, or the administrator.

    A change of who receives customer data is the administrator's: its owner has nothing to mend.
    """
    if isinstance(fact, Finding) and fact.code == "HELD_TRUST":
        return administrator
    owner = situation.directory.people.get(fact.owner)
    if owner is not None and in_service(owner, situation.today):
        return owner
    return next(iter(_line(fact, situation)), administrator)


def _superiors(fact: Finding | Duty, situation: Situation, administrator: Person) -> tuple[Person, ...]:
    """Whom an overdue duty has come up to: the superior, then the superior's superior; who hears of a finding.

    What waits to be confirmed comes to the administrator too.
    """
    if isinstance(fact, Finding):
        if fact.code in codes.HELD:
            return (administrator,)
        told = situation.directory.with_role(*REPORTED_TO.get(fact.code, ()))
        return tuple(person for person in told if in_service(person, situation.today))
    if fact.stage < Stage.ESCALATED:
        return ()
    return _line(fact, situation)[:fact.stage - Stage.OVERDUE] or (administrator,)


def _line(fact: Finding | Duty, situation: Situation) -> tuple[Person, ...]:
    """Those above the owner, from the nearest up, who work here and may be told of the fact."""
    return tuple(
        person for person in line_of(fact.owner, situation.directory)
        if in_service(person, situation.today)
        and admitted(person, fact, situation.customers, situation.directory)
    )


def _without_address(told: Iterable[Told], situation: Situation, administrator: Person) -> list[Told]:
    """A finding for the administrator about everybody who cannot be told (section 1): never a silent skip."""
    found = {fact.facts.get("person") for fact in situation.findings if fact.code == "NO_ADDRESS"}
    unreachable = {
        one.person.number: one.person for one in told if not has_address(one.person) and one.person.name not in found
    }
    findings = (
        Finding("NO_ADDRESS", Where(""), block="F30.people", field_id="email", facts={"person": person.name},
                owner=administrator.number, row_key=number)
        for number, person in sorted(unreachable.items())
    )
    return [Told(administrator, finding) for finding in findings]


def _by_person(told: Iterable[Told]) -> dict[Person, list[Finding | Duty]]:
    people: defaultdict[Person, list[Finding | Duty]] = defaultdict(list)
    for one in told:
        people[one.person].append(one.fact)
    return dict(sorted(people.items(), key=lambda pair: pair[0].number))


def _digest(person: Person, facts: Sequence[Finding | Duty], situation: Situation, mail: Mail) -> Draft | None:
    """The person's digest, or None when nothing in it is new."""
    cap = mail.items_per_person
    items = {item.notice: item for item in (_item(person, fact, situation) for fact in facts)}
    ordered = sorted(items.values(), key=_order)
    fresh = [item for item in ordered if item.notice not in situation.already]
    if not fresh:
        return None
    count = Counter(item.urgency for item in fresh)
    content = Digest(
        items=tuple(fresh[:cap]),
        overflow=_tallies(fresh[cap:]),
        still_open=_tallies(item for item in ordered if item.notice in situation.already),
        late=count[Urgency.LATE], today=count[Urgency.TODAY], soon=count[Urgency.SOON],
        mend=count[Urgency.MEND], look=count[Urgency.LOOK],
        from_others=sum(1 for item in fresh if item.of),
        copies=tuple(_own_workbooks(person, facts, fresh))[: mail.copies_per_person],
    )
    named = sorted({item.code for item in ordered if item.code})
    return Draft(person, "digest", situation.today, tuple(item.notice for item in fresh), tuple(named), content)


def _own_workbooks(person: Person, facts: Iterable[Finding | Duty], fresh: Iterable[Item]) -> dict[str, None]:
    """The person's own workbooks in which something new is to be mended, in the order it is listed.

    A workbook goes to nobody but who keeps it, whoever else is told of a finding in it.
    """
    own = {
        fact.where.file for fact in facts
        if isinstance(fact, Finding) and fact.owner == person.number and fact.where.cell
    }
    to_mend = (item.where.file for item in fresh if item.urgency is Urgency.MEND)
    return dict.fromkeys(file for file in to_mend if file in own)


def _order(item: Item) -> tuple[object, ...]:
    due = item.due_at.isoformat() if item.due_at else ""
    column = item.where.cell.rstrip("0123456789")
    row = int(item.where.cell[len(column):] or 0)
    return item.urgency, due, item.where.file, item.where.sheet, row, len(column), column, item.notice.subject


def _tallies(items: Iterable[Item]) -> tuple[Tally, ...]:
    counts = Counter((item.where.file, item.where.sheet) for item in items)
    return tuple(Tally(file, sheet, count) for (file, sheet), count in sorted(counts.items()))


def _item(person: Person, fact: Finding | Duty, situation: Situation) -> Item:
    if isinstance(fact, Duty):
        return _duty_item(person, fact, situation)
    return _finding_item(person, fact, situation)


def _finding_item(person: Person, finding: Finding, situation: Situation) -> Item:
    field = situation.catalogue.find_field(finding.block, finding.field_id)
    notice = _finding_notice(person, finding, situation)
    entitled = knows(person, finding, situation.customers, situation.directory)
    if names_foreign_archive(person, finding, situation):
        finding = replace(finding, facts={**finding.facts, "original": PHRASES["mail.other_archive"]})
    if is_personal(finding.block, field) and not entitled:
        hidden = mask(finding.value, field.kind if field else None)
        finding = replace(finding, value=hidden, facts=veil(finding.facts))
    rule = codes.rule(finding)
    return Item(
        notice=notice,
        urgency=Urgency.MEND if codes.severity(finding) is Severity.ERROR else Urgency.LOOK,
        sentence=codes.describe(finding, person.language, field),
        rule=rule,
        article=codes.say(RULES[rule].article, person.language),
        where=finding.where,
        value=finding.value,
        code=finding.customer,
        customer=_customer_name(finding.customer, situation),
    )


def names_foreign_archive(person: Person, finding: Finding, situation: Situation) -> bool:
    """Whether the finding's fact ``original`` is the path of an archive that is not for this person's eyes.

    A path names its customer: by the code in the file's name, or by lying in the finding's own folder.
    """
    path = PurePosixPath(str(finding.facts.get("original", finding.where.file)))
    if person.role in SEES_ALL or path.parent == PurePosixPath(finding.where.file).parent:
        return False
    code = max((code for code in situation.customers if code in path.name), key=len, default="")
    return not code or not may_see(person, situation.customers[code], situation.directory)


def _finding_notice(person: Person, finding: Finding, situation: Situation) -> Notice:
    """Told when new, and again in each following cycle of ``findings.remind_every_working_days``."""
    subject = subject_of(finding)
    first = situation.first_told.get((subject, person.number), situation.today)
    cycle = situation.calendar.working_days_between(first, situation.today) // situation.remind_every
    return Notice("finding", codes.rule(finding), subject, str(cycle), 0, person.number)


def subject_of(finding: Finding) -> str:
    """What makes it the same finding tomorrow: its place, field, code and value, hashed."""
    where = finding.where
    place = finding.row_key or where.cell
    parts = (where.file, where.sheet, finding.block, place, finding.field_id, finding.code, finding.value)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _duty_item(person: Person, duty: Duty, situation: Situation) -> Item:
    subject = f"{duty.customer}/{duty.subject}"
    notice = Notice("duty", duty.rule, subject, duty.period, int(duty.stage), person.number)
    entitled = knows(person, duty, situation.customers, situation.directory)
    if duty.rule in PERSONAL_RULES and not entitled:
        duty = replace(duty, facts=veil(duty.facts))
    owner = situation.directory.people.get(duty.owner)
    return Item(
        notice=notice,
        urgency=URGENCY[duty.stage],
        sentence=action_of(duty, person.language),
        rule=duty.rule,
        article=codes.say(RULES[duty.rule].article, person.language),
        where=duty.where,
        code=duty.customer,
        customer=_customer_name(duty.customer, situation),
        of=owner.name if owner is not None and owner.number != person.number else "",
        due_at=duty.due_at,
    )


def _customer_name(code: str, situation: Situation) -> str:
    customer = situation.customers.get(code)
    return customer.name if customer is not None else code
