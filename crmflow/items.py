"""A fact told to a person → an item of their mail, in their language, with what they may not see hidden (A3)."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from crmflow import codes
from crmflow.access import PERSONAL_RULES, SEES_ALL, is_personal, knows, mask, may_see, veil
from crmflow.dates import day_of
from crmflow.drafts import Item, Situation, Urgency
from crmflow.escalation import Capacity, Told, resolved_notice, subject_of_duty
from crmflow.model import Duty, Expectation, Finding, Notice, Person, Severity, Stage
from crmflow.rules import RULES, action_of
from crmflow.texts import PHRASES, phrase
from crmflow.timing import RUNGS, arithmetic

URGENCY = {
    Stage.AHEAD: Urgency.SOON, Stage.DUE: Urgency.TODAY, **dict.fromkeys((Stage.OVERDUE, *RUNGS), Urgency.LATE),
}
PASSED_UP = {Capacity.ASKED: Urgency.PUSH, Capacity.INFORMED: Urgency.FYI}
"""The section of what is a colleague's, by the capacity in which it is told."""


def notice_of(told: Told, situation: Situation) -> Notice:
    """By which the person is told of the fact once."""
    fact, number = told.fact, told.person.number
    if isinstance(fact, Duty):
        return Notice("duty", fact.rule, subject_of_duty(fact), fact.period, int(told.stage), number)
    if isinstance(fact, Expectation):
        return resolved_notice(fact, told.person)
    return _finding_notice(number, fact, situation)


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact on its way into a mail: its notice, its section, and ``of``, whose it is for anybody else.

    Of hundreds only the first few are put into words.
    """

    told: Told
    notice: Notice
    urgency: Urgency
    of: str = ""


def entry(told: Told, notice: Notice, situation: Situation) -> Entry:
    """Where the fact stands in the person's mail."""
    fact, person = told.fact, told.person
    if isinstance(fact, Finding):
        return Entry(told, notice, Urgency.MEND if codes.severity(fact) is Severity.ERROR else Urgency.LOOK)
    if isinstance(fact, Expectation):
        return Entry(told, notice, Urgency.RESOLVED, _name_of(fact.owner, person, situation))
    whose = (told.capacity is Capacity.OWNER and fact.stands_in_for) or fact.owner
    urgency = Urgency.URGENT if fact.urgent else PASSED_UP.get(told.capacity, URGENCY[fact.stage])
    return Entry(told, notice, urgency, _name_of(whose, person, situation))


def item(one: Entry, situation: Situation) -> Item:
    """What the person reads of the fact."""
    fact = one.told.fact
    if isinstance(fact, Duty):
        return _duty_item(one, fact, situation)
    if isinstance(fact, Expectation):
        return _resolved_item(one, fact, situation)
    return _finding_item(one, fact, situation)


def _finding_item(one: Entry, finding: Finding, situation: Situation) -> Item:
    person = one.told.person
    field = situation.catalogue.find_field(finding.block, finding.field_id)
    entitled = knows(person, finding, situation.customers, situation.directory)
    if names_foreign_archive(person, finding, situation):
        finding = replace(finding, facts={**finding.facts, "original": PHRASES["mail.other_archive"]})
    if is_personal(finding.block, field) and not entitled:
        hidden = mask(finding.value, field.kind if field else None)
        finding = replace(finding, value=hidden, facts=veil(finding.facts))
    rule = codes.rule(finding)
    return Item(
        notice=one.notice,
        urgency=one.urgency,
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


def _finding_notice(number: str, finding: Finding, situation: Situation) -> Notice:
    """Told when new, and again in each following cycle of ``findings.remind_every_working_days``."""
    subject = subject_of(finding)
    first = situation.first_told.get((subject, number), situation.today)
    cycle = situation.calendar.working_days_between(first, situation.today) // situation.remind_every
    return Notice("finding", codes.rule(finding), subject, str(cycle), 0, number)


def subject_of(finding: Finding) -> str:
    """What makes it the same finding tomorrow: its place, field, code and value, hashed."""
    where = finding.where
    place = finding.row_key or where.cell
    parts = (where.file, where.sheet, finding.block, place, finding.field_id, finding.code, finding.value)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _duty_item(one: Entry, duty: Duty, situation: Situation) -> Item:
    person = one.told.person
    entitled = knows(person, duty, situation.customers, situation.directory)
    if duty.rule in PERSONAL_RULES and not entitled:
        duty = duty._replace(facts=veil(duty.facts))
    article = codes.say(RULES[duty.rule].article, person.language)
    sentence = article if one.urgency is Urgency.FYI else action_of(duty, person.language)
    return Item(
        notice=one.notice,
        urgency=one.urgency,
        sentence=sentence,
        rule=duty.rule,
        article=article,
        where=duty.where,
        code=duty.customer,
        customer=_customer_name(duty.customer, situation),
        of=one.of,
        above=tuple(above.name for above in one.told.above),
        arithmetic=arithmetic(duty, person.language, sentence),
        due_at=duty.due_at,
    )


def _resolved_item(one: Entry, met: Expectation, situation: Situation) -> Item:
    language = one.told.person.language
    article = codes.say(RULES[met.rule].article, language)
    return Item(
        notice=one.notice,
        urgency=one.urgency,
        sentence=phrase("mail.resolved", language, day=day_of(met.met_on), article=article),
        rule=met.rule,
        article=article,
        where=met.where,
        code=met.customer,
        customer=_customer_name(met.customer, situation),
        of=one.of,
    )


def _name_of(owner: str, reader: Person, situation: Situation) -> str:
    """Whose it is, for anybody else; with the staff number where two share the name."""
    person = situation.directory.people.get(owner)
    if person is None or owner == reader.number:
        return ""
    return person.name if situation.directory.find(person.name) else f"{person.name} ({person.number})"


def _customer_name(code: str, situation: Situation) -> str:
    customer = situation.customers.get(code)
    return customer.name if customer is not None else code
