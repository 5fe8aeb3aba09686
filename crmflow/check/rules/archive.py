"""Rules across the forms of a customer's archive, the monthly report and the staff register."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from crmflow.catalogue import Catalogue
from crmflow.check.rules.view import Broken, View, at, text_of
from crmflow.declare import Field

TENDER = re.compile(r"招标|投标|评标|开标|标底|\b(?:tender|bid)\b", re.IGNORECASE)
RELATIONS_WORTH_A_WARNING = 3


def account_manager_is_in_service(view: View) -> Broken:
    """STAFF_LEFT: an archive belongs to somebody who works here."""
    for position, record in view.blocks.get("F0.cover", ()):
        manager = view.people.find(record.values["account_manager"])
        if manager and manager.left_on and manager.left_on < view.today:
            yield position, at(record, "account_manager", "STAFF_LEFT", manager.name, left_on=str(manager.left_on))


def names_repeat_their_profile(view: View) -> Broken:
    """PERSON_WITHOUT_PROFILE: key persons of F3 and F4 stand in F2."""
    for name, field in _repeating(view.catalogue):
        source, _, source_field = field.in_block.rpartition(".")
        rows = view.rows(name)
        if not rows or source in view.book.absent:
            continue
        known = {text_of(record.values[source_field]) for _, record in view.rows(source)}
        for position, record in rows:
            named = record.values[field.id]
            if isinstance(named, str) and named not in known:
                yield position, at(record, field.id, "PERSON_WITHOUT_PROFILE", named)


@lru_cache(maxsize=1)
def _repeating(catalogue: Catalogue) -> Sequence[tuple[str, Field]]:
    """The fields that repeat those of another block, each with its own block."""
    return [(name, field) for name, block in catalogue.blocks.items() for field in block.fields if field.in_block]


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
    rows, people = view.rows("F30.people"), view.people
    superiors = {person.number: people.superior(person) for person in people.people.values()} if rows else {}
    above = {number: superior.number for number, superior in superiors.items() if superior}
    for position, record in rows:
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
