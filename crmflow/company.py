"""The accepted facts of the company as one frozen value, indexed once for every stage that reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from crmflow.dates import day_of
from crmflow.model import Accepted, Person, Value
from crmflow.people import Directory

COVER, PERSONS, RELATIONS, ROLES = "F0.cover", "F2.persons", "F3.relations", "F4.roles"
ACTIONS, PROJECTS, CONTACTS = "F7.actions", "F8.projects", "F10.reports"
TRANSACTIONS, COMPLAINTS, MONTHLY = "F11.transactions", "F12.complaints", "F20.report"
TICKETS, CANDIDATES, ADMISSION_STEPS = "F16.tickets", "F31a.candidates", "F31b.steps"
APPLICATIONS, LOANS = "F33c.applications", "F34.loans"
PARTS, INCIDENTS = "F39.parts", "F40.incidents"
EXEMPTIONS, CALENDAR, LEAVE = "F41a.exemptions", "F41b.days", "F41c.leave"

COMPLAINT_KINDS = frozenset({"complaint", "claim", "return"})
"""The kinds of F12 that are complaints (section 6); the others are voices."""

_NOTHING: Mapping[str, tuple[Accepted, ...]] = {}


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A row kept out of the store until it is mended or confirmed, as far as it could be read.

    ``owner`` is the staff number of who keeps its workbook, ``first_seen_on``
    the day since which it is kept out.
    """

    block: str
    customer: str
    owner: str
    period: str
    values: Mapping[str, Value]
    first_seen_on: date


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of F10 as far as duties look at it; ``role`` is that of our person, ``who`` their staff number."""

    day: date
    role: str
    who: str
    key_person: Value
    visit: bool
    on_site: bool
    row: Accepted

    @property
    def row_id(self) -> str:
        return self.row.row_id


@dataclass(frozen=True)
class Company:
    """Who works here, and every accepted row by the id of its block.

    ``tier_since`` is the day from which each customer holds its present tier
    in the primary scheme; a customer that is not in it always held it.
    ``closed`` are rows that have left their workbooks; only as evidence do
    they still count (decision 9). ``kept_out`` are rows that would be evidence
    if they had no errors. ``arrivals`` are the moments (local) when rows first
    came with a day that is typed in them, by row id and day, where that is known.
    """

    people: Directory
    rows: Mapping[str, tuple[Accepted, ...]]
    tier_since: Mapping[str, date] = field(default_factory=dict)
    closed: Mapping[str, tuple[Accepted, ...]] = field(default_factory=dict)
    kept_out: tuple[KeptOut, ...] = ()
    arrivals: Mapping[tuple[str, date], datetime] = field(default_factory=dict)

    @cached_property
    def _index(self) -> Mapping[str, Mapping[str, tuple[Accepted, ...]]]:
        return _by_customer(self.rows)

    @cached_property
    def _closed(self) -> Mapping[str, Mapping[str, tuple[Accepted, ...]]]:
        return _by_customer(self.closed)

    def at(self, people: Directory, tier_since: Mapping[str, date]) -> "Company":
        """The same rows on a day, when other ones of the same people are on leave and customers hold other tiers.

        What has been indexed stays so: it rests on the rows, and on the names, numbers and roles of the people.
        """
        there = replace(self, people=people, tier_since=tier_since)
        there.__dict__.update({name: getattr(self, name) for name in _INDEXED})
        return there

    def only(self, customer: str) -> "Company":
        """The company as if it had this customer alone; what has been indexed stays so."""
        if customer not in self._alone:
            self._alone[customer] = self._only(customer)
        return self._alone[customer]

    @cached_property
    def _alone(self) -> dict[str, "Company"]:
        return {}

    def _only(self, customer: str) -> "Company":
        there = replace(self, rows=self.all_of(customer), closed=self._closed.get(customer, _NOTHING))
        cover, contacts = self.customers.get(customer), self.contacts.get(customer)
        there.__dict__.update(
            _index={customer: there.rows}, customers={customer: cover} if cover else {},
            contacts={customer: contacts} if contacts else {},
            _names=self._names, _codes=self._codes, _managers=self._managers,
        )
        return there

    @cached_property
    def codes(self) -> Sequence[str]:
        """Every customer that has, or had, a row, in the order of the codes; empty for rows of no customer."""
        return sorted({*self._index, *self._closed})

    @cached_property
    def contacts(self) -> Mapping[str, Sequence[Contact]]:
        """What has been reported, by customer, oldest first."""
        people: dict[Value, Person | None] = {}
        found: dict[str, list[Contact]] = {}
        for row in self.evidence(CONTACTS):
            values, day, who = row.values, day_of(row.values.get("date")), row.values.get("our_person")
            if day is None:
                continue
            if who not in people:
                people[who] = self.people.find(who)
            person = people[who]
            role, number = (person.role, person.number) if person else ("", "")
            visit, on_site = values.get("method") == "visit", values.get("on_site") is True
            contact = Contact(day, role, number, values.get("key_person"), visit, on_site, row)
            found.setdefault(row.customer, []).append(contact)
        return {customer: sorted(contacts, key=lambda contact: contact.day) for customer, contacts in found.items()}

    @cached_property
    def customers(self) -> Mapping[str, Accepted]:
        """The cover of every customer's archive by customer code, in the order of the codes."""
        covers = {cover.customer: cover for cover in self.rows.get(COVER, ())}
        return {code: covers[code] for code in sorted(covers)}

    @cached_property
    def _names(self) -> Mapping[str, str]:
        covers = ((code, cover.values) for code, cover in self.customers.items())
        return {code: str(values.get("short_name") or values.get("name") or code) for code, values in covers}

    @cached_property
    def _managers(self) -> Mapping[str, Person | None]:
        return {code: self.people.find(cover.values.get("account_manager")) for code, cover in self.customers.items()}

    def of(self, customer: str, block: str) -> tuple[Accepted, ...]:
        """The customer's rows of one block."""
        return self._index.get(customer, _NOTHING).get(block, ())

    def all_of(self, customer: str) -> Mapping[str, tuple[Accepted, ...]]:
        """The customer's rows by block id."""
        return self._index.get(customer, _NOTHING)

    def evidence(self, block: str) -> Iterator[Accepted]:
        """The rows of a block that stand, and those that once did."""
        yield from self.rows.get(block, ())
        yield from self.closed.get(block, ())

    def name_of(self, customer: str) -> str:
        """What the customer is called, or its code while the cover does not say."""
        return self._names.get(customer, customer)

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        named = ((code, cover.values) for code, cover in self.customers.items())
        names = ((code, values.get(field)) for code, values in named for field in ("short_name", "name"))
        return {str(name): code for code, name in names if name} | {code: code for code in self.customers}

    def code_of(self, named: object) -> str:
        """The code of the customer that a register names by code, by name or by both; empty when it has no archive."""
        words = (named, *named.split()) if isinstance(named, str) else ()
        return next((self._codes[word] for word in words if word in self._codes), "")

    def manager_of(self, customer: str) -> Person | None:
        """The account manager whom the cover names, when that is one known person."""
        return self._managers.get(customer)


_INDEXED = ("_index", "_closed", "codes", "customers", "_names", "_codes", "contacts")


def _by_customer(blocks: Mapping[str, Sequence[Accepted]]) -> Mapping[str, Mapping[str, tuple[Accepted, ...]]]:
    lists: dict[str, dict[str, list[Accepted]]] = {}
    for block, rows in blocks.items():
        for row in rows:
            lists.setdefault(row.customer, {}).setdefault(block, []).append(row)
    return {code: {block: tuple(rows) for block, rows in found.items()} for code, found in lists.items()}
