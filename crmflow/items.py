"""A fact told to a person → an item of their mail, in their language, with what they may not see hidden (A3)."""

import hashlib
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from crmflow import codes
from crmflow.access import PERSONAL_RULES, SEES_ALL, is_personal, knows, mask, may_see, veil
from crmflow.dates import day_of
from crmflow.drafts import Fact, Item, Situation, Urgency
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
OF_COLLEAGUES = frozenset({Urgency.PUSH, Urgency.FYI, Urgency.RESOLVED})


def notice_of(told: Told, situation: Situation) -> Notice:
    """By which the person is told of the fact once."""
    fact, number = told.fact, told.person.number
    if isinstance(fact, Duty):
        return Notice("duty", fact.rule, subject_of_duty(fact), fact.period, int(told.stage), number)
    if isinstance(fact, Expectation):
        return resolved_notice(fact, told.person)
    return _finding_notice(number, fact, situation)


class Entry(NamedTuple):
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


def due_of(fact: Fact) -> datetime | None:
    """The last moment for what is to be done; None for a cell to mend, and for what is done."""
    return fact.due_at if isinstance(fact, Duty) else None


def place_in_time(fact: Fact) -> tuple[datetime, str, str, int, int, str]:
    """What is due earliest goes first; then by place, row by row."""
    column = fact.where.cell.rstrip("0123456789")
    row = int(fact.where.cell[len(column):] or 0)
    return due_of(fact) or datetime.max, fact.where.file, fact.where.sheet, row, len(column), column


def place_in_mail(fact: Fact, urgency: Urgency, of: str) -> tuple[object, ...]:
    """By section; there what is colleagues' by person and customer; last by time and place."""
    whose = (of, fact.customer) if urgency in OF_COLLEAGUES else ("", "")
    return urgency, *whose, *place_in_time(fact)


def item(one: Entry, situation: Situation) -> Item:
    """What the person reads of the fact."""
    fact, person = one.told.fact, one.told.person
    language = person.language
    sentence = sentence_of(fact, one.urgency, person, situation)
    return Item(
        notice=one.notice,
        urgency=one.urgency,
        sentence=sentence,
        rule=one.notice.rule,
        article=codes.say(RULES[one.notice.rule].article, language),
        where=fact.where,
        value=_veiled_finding(fact, person, situation).value if isinstance(fact, Finding) else "",
        code=fact.customer,
        customer=customer_name(fact.customer, situation),
        of=one.of,
        above=tuple(above.name for above in one.told.above),
        arithmetic=_arithmetic(fact, sentence, person, situation),
        due_at=due_of(fact),
    )


def _arithmetic(fact: Fact, sentence: str, person: Person, situation: Situation) -> str:
    if not isinstance(fact, Duty):
        return ""
    return arithmetic(_veiled_duty(fact, person, situation), person.language, sentence)


def sentence_of(fact: Fact, urgency: Urgency, person: Person, situation: Situation) -> str:
    """The fact in one sentence: what to do, what is wrong, what was done."""
    language = person.language
    if isinstance(fact, Finding):
        field = situation.catalogue.find_field(fact.block, fact.field_id)
        return codes.describe(_veiled_finding(fact, person, situation), language, field)
    article = codes.say(RULES[fact.rule].article, language)
    if isinstance(fact, Expectation):
        return phrase("mail.resolved", language, day=day_of(fact.met_on), article=article)
    return article if urgency is Urgency.FYI else action_of(_veiled_duty(fact, person, situation), language)


def _veiled_finding(finding: Finding, person: Person, situation: Situation) -> Finding:
    """The finding without what the person may not know."""
    field = situation.catalogue.find_field(finding.block, finding.field_id)
    if names_foreign_archive(person, finding, situation):
        finding = finding._replace(facts={**finding.facts, "original": PHRASES["mail.other_archive"]})
    if is_personal(finding.block, field) and not knows(person, finding, situation.customers, situation.directory):
        hidden = mask(finding.value, field.kind if field else None)
        finding = finding._replace(value=hidden, facts=veil(finding.facts))
    return finding


def _veiled_duty(duty: Duty, person: Person, situation: Situation) -> Duty:
    """The duty without what the person may not know."""
    if duty.rule in PERSONAL_RULES and not knows(person, duty, situation.customers, situation.directory):
        return duty._replace(facts=veil(duty.facts))
    return duty


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


def _name_of(owner: str, reader: Person, situation: Situation) -> str:
    """Whose it is, for anybody else."""
    return "" if owner == reader.number else situation.directory.called.get(owner, "")


def customer_name(code: str, situation: Situation) -> str:
    """What the customer is called; its code where nobody knows it."""
    customer = situation.customers.get(code)
    return customer.name if customer is not None else code
