"""The rules across the rows and forms of one workbook: a list of small functions, each found by its code."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.declare import Block, Field, Kind, Table
from crmflow.model import Book, Finding, Person, Record, Text, Value, Where, WorkbookKind
from crmflow.people import Directory


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that stands: its workbook, code, name, credit code and the file it was accepted from."""

    workbook_id: str
    code: str
    name: str
    credit_code: str
    file: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a workbook is checked against: who works here, and which archives there are, by code.

    ``registered`` gives the workbook id and the file in which a staff number stands.
    """

    people: Directory
    customers: Mapping[str, Archive]
    registered: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """A workbook's rows by block, with what they are checked against."""

    book: Book
    catalogue: Catalogue
    reference: Reference
    today: date

    @cached_property
    def blocks(self) -> Mapping[str, list[tuple[int, Record]]]:
        """Each block's rows with their positions in the book."""
        rows: dict[str, list[tuple[int, Record]]] = defaultdict(list)
        for position, record in enumerate(self.book.records):
            rows[record.block].append((position, record))
        return rows

    @cached_property
    def people(self) -> Directory:
        """Everybody a name may mean; the staff register is checked against itself."""
        if self.book.kind is WorkbookKind.STAFF:
            return Directory.of(person_of(record.values) for _, record in self.blocks["F30.people"])
        return self.reference.people


Broken: TypeAlias = Iterator[tuple[int, Finding]]
"""Row positions with their findings; -1 for a finding about no one row."""
RowRule: TypeAlias = Callable[[View], Broken]

TENDER = re.compile(r"招标|投标|评标|开标|标底|\b(?:tender|bid)\b", re.IGNORECASE)
RELATIONS_WORTH_A_WARNING = 3


def person_of(values: Mapping[str, Value]) -> Person:
    """A row of F30 as a person."""

    def text(name: str) -> str:
        value = values.get(name)
        return value if isinstance(value, str) else ""

    def day(name: str) -> date | None:
        value = values.get(name)
        return value if isinstance(value, date) else None

    return Person(
        number=text("number"), name=text("name"), role=text("role"), superior=text("superior"),
        department=text("department"), region=text("region"), email=text("email"), language=text("language") or "zh",
        entered_on=day("entered_on"), left_on=day("left_on"),
        leave_from=day("leave_from"), leave_until=day("leave_until"),
    )


def at(record: Record, field_id: str, code: str, value: str = "", **facts: str | Text) -> Finding:
    """A finding at a field of a row; at the sheet when the field has no column there."""
    cell = record.placement.cells.get(field_id, "")
    where = Where(record.placement.file, record.placement.sheet, f"{cell}{record.row}" if cell and record.row else cell)
    return Finding(code, where, value, record.block, field_id, facts)


def text_of(value: Value) -> str:
    """A value as text; nothing for an empty one."""
    return "" if value is None else str(value)


def keys_are_unique(view: View) -> Broken:
    """KEY_DOUBLED: rows of one block are told apart by their key (section 2.3)."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        if not isinstance(block, Table):
            continue
        seen: dict[tuple[str, ...], int] = {}
        for position, record in rows:
            key = tuple(text_of(record.values[field]) for field in block.key)
            if any(key) and key in seen:
                facts: dict[str, str | Text] = {"other": str(seen[key]), "key": _labels(block)}
                yield position, at(record, block.key[0], "KEY_DOUBLED", key[0], **facts)
            seen.setdefault(key, record.row)


def _labels(block: Table) -> Text:
    fields = [field for field in block.fields if field.id in block.key]
    return Text("、".join(field.label.zh for field in fields), ", ".join(field.label.en for field in fields))


def row_checks_hold(view: View) -> Broken:
    """The checks that the forms declare over one row."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        for check in block.checks:
            for position, record in rows:
                if check.field_id in record.unread or any(record.values[need] is None for need in check.needs):
                    continue
                if not check.passes(record.values):
                    value = _as_typed(block, check.field_id, record)
                    yield position, at(record, check.field_id, check.code, value, **check.facts)


def _as_typed(block: Block, field_id: str, record: Record) -> str:
    value = record.values[field_id]
    field = next(field for field in block.fields if field.id == field_id)
    return next((choice.label.zh for choice in field.choices if choice.id == value), text_of(value))


def staff_are_staff(view: View) -> Broken:
    """NOT_STAFF, STAFF_AMBIGUOUS: whoever is named for us stands in F30."""
    if not view.people.people:
        return
    for name, rows in view.blocks.items():
        fields = [field for field in view.catalogue.block(name).fields if field.kind is Kind.STAFF]
        for position, record in rows:
            for field in fields:
                yield from _staff_fault(view.people, position, record, field)


def _staff_fault(people: Directory, position: int, record: Record, field: Field) -> Broken:
    named = record.values[field.id]
    if not isinstance(named, str):
        return
    candidates = people.candidates(named)
    if not candidates:
        yield position, at(record, field.id, "NOT_STAFF", named)
    elif len(candidates) > 1:
        choice = "、".join(f"{person.name}（{person.number}）" for person in candidates[:4])
        yield position, at(record, field.id, "STAFF_AMBIGUOUS", named, candidates=choice)


def account_manager_is_in_service(view: View) -> Broken:
    """STAFF_LEFT: an archive belongs to somebody who works here."""
    for position, record in view.blocks.get("F0.cover", ()):
        manager = view.people.find(record.values["account_manager"])
        if manager and manager.left_on and manager.left_on < view.today:
            yield position, at(record, "account_manager", "STAFF_LEFT", manager.name, left_on=str(manager.left_on))


def names_repeat_their_profile(view: View) -> Broken:
    """PERSON_WITHOUT_PROFILE: key persons of F3 and F4 stand in F2."""
    for name, rows in view.blocks.items():
        for field in view.catalogue.block(name).fields:
            source, _, source_field = field.in_block.rpartition(".")
            if not source or source in view.book.absent:
                continue
            known = {text_of(record.values[source_field]) for _, record in view.blocks.get(source, ())}
            for position, record in rows:
                named = record.values[field.id]
                if isinstance(named, str) and named not in known:
                    yield position, at(record, field.id, "PERSON_WITHOUT_PROFILE", named)


def reporting_lines_do_not_circle(view: View) -> Broken:
    """REPORTS_TO_CYCLE: nobody is their own superior, at any distance (F3)."""
    rows = view.blocks.get("F3.relations", ())
    above = {text_of(record.values["key_person"]): text_of(record.values["reports_to"]) for _, record in rows}
    for position, record in rows:
        if chain := _circle(text_of(record.values["key_person"]), above):
            superior = text_of(record.values["reports_to"])
            yield position, at(record, "reports_to", "REPORTS_TO_CYCLE", superior, chain=" → ".join(chain))


def superiors_are_staff(view: View) -> Broken:
    """SUPERIOR_NOT_STAFF: whoever an overdue duty escalates to stands in F30 too."""
    for position, record in view.blocks.get("F30.people", ()):
        named = text_of(record.values["superior"])
        if named and not view.people.candidates(named):
            yield position, at(record, "superior", "SUPERIOR_NOT_STAFF", named)


def lines_of_authority_do_not_circle(view: View) -> Broken:
    """SUPERIOR_CYCLE: escalation ends somewhere (F30)."""
    people = view.people
    above = {p.number: superior.number for p in people.people.values() if (superior := people.superior(p))}
    for position, record in view.blocks.get("F30.people", ()):
        if chain := _circle(text_of(record.values["number"]), above):
            shown = " → ".join(people.people[number].name for number in chain)
            yield position, at(record, "superior", "SUPERIOR_CYCLE", text_of(record.values["superior"]), chain=shown)


def _circle(start: str, above: Mapping[str, str]) -> list[str]:
    """The way from ``start`` upwards back to ``start``; empty when it ends elsewhere."""
    chain = [start]
    while (upper := above.get(chain[-1], "")) and upper not in chain:
        chain.append(upper)
    return [*chain, start] if upper and upper == start else []


def relations_hang_on_more_than_one(view: View) -> Broken:
    """RELATIONS_ON_ONE_PERSON: relations must not hang on one account manager (Q0 附表4)."""
    ours = [
        (position, record) for position, record in view.blocks.get("F3.relations", ())
        if record.values["our_person"] is not None
    ]
    holders = {record.values["our_person"] for _, record in ours}
    if len(ours) >= RELATIONS_WORTH_A_WARNING and len(holders) == 1:
        position, record = ours[0]
        holder = text_of(record.values["our_person"])
        yield position, at(record, "our_person", "RELATIONS_ON_ONE_PERSON", holder, person=holder)


def open_projects_have_a_decision_maker(view: View) -> Broken:
    """NO_DECISION_MAKER: we must know who decides on an open project (F4)."""
    if "F4.roles" in view.book.absent:
        return
    if any(record.values["role"] == "decision_maker" for _, record in view.blocks.get("F4.roles", ())):
        return
    for position, record in view.blocks.get("F8.projects", ()):
        if record.values["status"] in (None, "tracking", "bidding") and record.values["project"]:
            yield position, at(record, "project", "NO_DECISION_MAKER", project=text_of(record.values["project"]))
            return


def credit_is_known_once_there_are_transactions(view: View) -> Broken:
    """CREDIT_TERM_REQUIRED (F0)."""
    if view.blocks.get("F11.transactions"):
        for position, record in view.blocks.get("F0.cover", ()):
            if record.values["payment_credit"] is None and "payment_credit" not in record.unread:
                yield position, at(record, "payment_credit", "CREDIT_TERM_REQUIRED")


def tender_information_is_lawful(view: View) -> Broken:
    """TENDER_INFORMATION: a level-4 row about a running tender goes past the head (section 2.3, ours)."""
    for name, field_id in (("F5.information", "information"), ("F20.news", "content")):
        for position, record in view.blocks.get(name, ()):
            if str(record.values["channel_level"]) == "4" and TENDER.search(text_of(record.values[field_id])):
                yield position, at(record, field_id, "TENDER_INFORMATION")


def news_names_known_customers(view: View) -> Broken:
    """UNKNOWN_CUSTOMER: a customer named in the monthly report has an archive, else it is an industry (F20)."""
    customers = view.reference.customers
    names = {customer.name for customer in customers.values()}
    for position, record in view.blocks.get("F20.news", ()):
        named = text_of(record.values["customer"])
        if customers and named and "公司" in named and named not in names and named not in customers:
            yield position, at(record, "customer", "UNKNOWN_CUSTOMER", named)


RULES: tuple[RowRule, ...] = (
    keys_are_unique,
    row_checks_hold,
    staff_are_staff,
    account_manager_is_in_service,
    names_repeat_their_profile,
    reporting_lines_do_not_circle,
    superiors_are_staff,
    lines_of_authority_do_not_circle,
    relations_hang_on_more_than_one,
    open_projects_have_a_decision_maker,
    credit_is_known_once_there_are_transactions,
    tender_information_is_lawful,
    news_names_known_customers,
)
