"""The accepted facts of the company as one frozen value, indexed once for every stage that reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from crmflow.model import Accepted, Person
from crmflow.people import Directory

COVER, PERSONS, RELATIONS, ROLES = "F0.cover", "F2.persons", "F3.relations", "F4.roles"
ACTIONS, PROJECTS, CONTACTS = "F7.actions", "F8.projects", "F10.reports"
TRANSACTIONS, COMPLAINTS, MONTHLY = "F11.transactions", "F12.complaints", "F20.report"
CALENDAR = "F41b.days"

COMPLAINT_KINDS = frozenset({"complaint", "claim", "return"})
"""The kinds of F12 that are complaints (section 6); the others are voices."""

_NOTHING: Mapping[str, tuple[Accepted, ...]] = {}


@dataclass(frozen=True)
class Company:
    """Who works here, and every accepted row by the id of its block.

    ``tier_since`` is the day from which each customer holds its present tier
    in the primary scheme; a customer that is not in it always held it.
    ``closed`` are rows that have left their workbooks; only as evidence do
    they still count (decision 9).
    """

    people: Directory
    rows: Mapping[str, tuple[Accepted, ...]]
    tier_since: Mapping[str, date] = field(default_factory=dict)
    closed: Mapping[str, tuple[Accepted, ...]] = field(default_factory=dict)

    @cached_property
    def _index(self) -> Mapping[str, Mapping[str, tuple[Accepted, ...]]]:
        lists: dict[str, dict[str, list[Accepted]]] = {}
        for block, rows in self.rows.items():
            for row in rows:
                lists.setdefault(row.customer, {}).setdefault(block, []).append(row)
        return {code: {block: tuple(rows) for block, rows in blocks.items()} for code, blocks in lists.items()}

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

    def manager_of(self, customer: str) -> Person | None:
        """The account manager whom the cover names, when that is one known person."""
        return self._managers.get(customer)
