"""Entitlement (section 8, A1 and A3): who may see which customer, and what is masked for everybody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from crmflow.declare import Audience, Field, Kind
from crmflow.model import Person, Text
from crmflow.people import EXECUTIVES, Directory, at_work, in_service

SEES_ALL = (*EXECUTIVES, "information_administrator")
READERS = ("account_manager", "department_head", "regional_manager", *SEES_ALL)
"""A1: who reads archives at all."""
PERSONAL_FORMS = ("F2", "F4")
"""A3: forms that are personal data as a whole."""
PERSONAL_RULES = ("D3", "D3b", "D11", "D11b")
"""Rules whose duties speak of a person's private life, or pass on information that is personal."""
HIDDEN = "***"

REPORTED_TO = {"BRIBERY": ("finance",), "INCENTIVE_TO_PERSON": ("finance",)}
"""Who hears of a finding besides the one who must mend it and their head, by role (X2)."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What entitlement must know of a customer; ``manager`` is the account manager's staff number.

    ``deputy`` is that of who acts for the account manager today; empty while the manager is at work.
    ``aliases`` are what else it is called.
    """

    code: str
    name: str
    manager: str
    region: str = ""
    deputy: str = ""
    aliases: tuple[str, ...] = ()


class Fact(Protocol):
    """Anything told to people: the customer it concerns ("" for none), the staff number of who is responsible."""

    @property
    def customer(self) -> str: ...

    @property
    def owner(self) -> str: ...


FactT = TypeVar("FactT", bound=Fact)


def may_see(person: Person, customer: Customer, directory: Directory) -> bool:
    """A1: managers their own customers, heads their department's, regional managers the region, executives all.

    During leave the account manager's deputy may see what the manager may.
    """
    if person.role in SEES_ALL or (person.number and person.number == customer.deputy):
        return True
    if person.role == "account_manager":
        return person.number == customer.manager
    if person.role == "department_head":
        manager = directory.people.get(customer.manager)
        return manager is not None and bool(person.department) and manager.department == person.department
    if person.role == "regional_manager":
        return bool(person.region) and person.region == customer.region
    return False


def admitted(person: Person, fact: Fact, customers: Mapping[str, Customer], directory: Directory) -> bool:
    """Whether the fact may be told: the person answers for it, may see its customer, or leads who answers for it.

    A fact about a customer nobody knows goes to those who see all, and to who answers for it.
    """
    if person.role in SEES_ALL or (person.number and fact.owner == person.number):
        return True
    if fact.customer:
        customer = customers.get(fact.customer)
        return customer is not None and may_see(person, customer, directory)
    return person.number in (above.number for above in line_of(fact.owner, directory))


def admit(
    person: Person, facts: Iterable[FactT], customers: Mapping[str, Customer], directory: Directory
) -> tuple[FactT, ...]:
    """The facts that may enter a message or a page for this person: the one gate (decision 11)."""
    return tuple(fact for fact in facts if admitted(person, fact, customers, directory))


def knows(person: Person, fact: Fact, customers: Mapping[str, Customer], directory: Directory) -> bool:
    """A3: whether the person is entitled to the customer itself, not only named as responsible for the fact."""
    if person.role in SEES_ALL or not fact.customer:
        return True
    customer = customers.get(fact.customer)
    return customer is not None and may_see(person, customer, directory)


def may_hold(person: Person, customer: str, customers: Mapping[str, Customer], directory: Directory) -> bool:
    """A1: whether who keeps a workbook may be sent it; ``customer`` is whose archive it is, empty for any other kind.

    Before anything in a new archive is accepted, it is not known yet as a customer.
    """
    known = customers.get(customer)
    return not customer or (person.role in READERS if known is None else may_see(person, known, directory))


def deputy_of(person: Person, directory: Directory, today: date) -> Person | None:
    """Who acts for a person who is on leave today, when somebody at work is named who may.

    What a reader of archives is told reaches nobody but another reader (A1).
    """
    deputy = None if at_work(person, today) or not in_service(person, today) else directory.find(person.deputy)
    if deputy is None or deputy.number == person.number or not at_work(deputy, today):
        return None
    return deputy if deputy.role in READERS or person.role not in READERS else None


def line_of(number: str, directory: Directory) -> tuple[Person, ...]:
    """The superiors of a staff number from the nearest up, each once."""
    line: list[Person] = []
    person = directory.people.get(number)
    while person is not None and (person := directory.superior(person)) is not None:
        if person in line or person.number == number:
            break
        line.append(person)
    return tuple(line)


def is_personal(block: str, field: Field | None) -> bool:
    """A3: whether a cell holds personal data, by its field or because its whole form does."""
    in_form = block.partition(".")[0] in PERSONAL_FORMS
    return in_form or (field is not None and field.audience is Audience.PERSONAL)


def mask(value: str, kind: Kind | None) -> str:
    """Personal data as others may see it."""
    if not value:
        return value
    if kind in (Kind.MOBILE, Kind.PHONE):
        return mask_phone(value)
    return mask_birthday(value) if kind is Kind.BIRTHDAY else HIDDEN


def mask_phone(value: str) -> str:
    """``138****5678``; of a number too short for that only the last two digits stay."""
    digits = [character for character in value if character.isdigit()]
    if len(digits) >= 11:
        return f"{''.join(digits[:3])}****{''.join(digits[-4:])}"
    return f"****{''.join(digits[-2:])}" if len(digits) > 4 else "****"


def mask_birthday(value: str) -> str:
    """``**-**``, whatever was typed."""
    return "**-**" if value else value


def veil(facts: Mapping[str, str | Text]) -> Mapping[str, str | Text]:
    """A sentence's facts with everything that staff typed hidden; the catalogue's own words stay."""
    return {name: fact if isinstance(fact, Text) else HIDDEN for name, fact in facts.items()}
