"""How rows of different lists belong together: customers by name, look-ups by key, choices among several."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from crmflow.importing.cells import Use
from crmflow.importing.mapping import Decision, ImportMapping, Where
from crmflow.importing.sources import SourceRow, Tables

ALIKE = 80
"""Of 100: how alike a spelling must be to be suggested. It is never applied."""


@dataclass(frozen=True)
class Customers:
    """Every customer by name, in the order of their list, and the other spellings of a name."""

    rows: Mapping[str, SourceRow]
    aliases: Mapping[str, str]

    def find(self, spelling: str) -> str | None:
        """The customer meant: by exact name or by the mapping's alias, never by likeness."""
        name = self.aliases.get(spelling, spelling)
        return name if name in self.rows else None

    def suggest(self, spelling: str) -> str:
        """The most alike name, for a person to decide; empty when none is alike."""
        best = process.extractOne(spelling, self.rows.keys(), scorer=fuzz.WRatio, score_cutoff=ALIKE)
        return best[0] if best else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a decision came to for every customer, and what there is to tell of it."""

    chosen: Mapping[str, str]
    told: tuple[tuple[Use, int], ...]


def matches(row: SourceRow, where: Where) -> bool:
    """Whether the row holds one of the wanted values in every column of ``where``."""
    return all(row.text(column) in wanted for column, wanted in where.items())


def customers_of(mapping: ImportMapping, tables: Tables) -> Customers:
    """The customers' list; where a name is there twice the first row stands for it."""
    named: dict[str, SourceRow] = {}
    for row in tables[mapping.customers.source].rows:
        if name := row.text(mapping.customers.name):
            named.setdefault(name, row)
    return Customers(named, mapping.customers.aliases)


def lookups_of(mapping: ImportMapping, tables: Tables) -> Mapping[tuple[str, str], Mapping[str, SourceRow]]:
    """(source, key column) → key → row, for every look-up that a rule makes; the first row of a key counts."""
    wanted = {
        (rule.lookup.source, rule.lookup.key)
        for feeds in mapping.blocks.values() for feed in feeds for rule in feed.fields.values() if rule.lookup
    }
    return {
        (source, key): {row.text(key): row for row in reversed(tables[source].rows)} for source, key in sorted(wanted)
    }


def choose(name: str, decision: Decision, customers: Customers, tables: Tables) -> Choice:
    """Decide for every customer: most rows, then the largest sum, then the first by name."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tables[decision.source].rows:
        customer, candidate = customers.find(row.text(decision.customer)), row.text(decision.choose)
        if customer and candidate and matches(row, decision.where):
            counts[customer][candidate] += 1
            sums[customer][candidate] += _whole(row, decision.then_largest)
    chosen = {
        customer: min(among, key=lambda person: (-among[person], -sums[customer][person], person))
        for customer, among in counts.items()
    }
    tied = sum(list(among.values()).count(max(among.values())) > 1 for among in counts.values())
    tallies = {
        "decision": len(chosen),
        "decision_several": sum(len(among) > 1 for among in counts.values()),
        "decision_tied": tied,
        "decision_none": len(customers.rows) - len(chosen),
    }
    facts = (
        ("decision", name), ("column", decision.choose), ("source", decision.source),
        ("sum", decision.then_largest or "-"),
    )
    return Choice(chosen, tuple((Use(f"import.rule.{rule}", facts), count) for rule, count in tallies.items() if count))


def _whole(row: SourceRow, column: str) -> int:
    """The cell in hundredths, so that sums do not depend on their order; an unreadable one counts nothing."""
    try:
        return round(float(row.text(column).replace(",", "")) * 100) if column else 0
    except (ValueError, OverflowError):
        return 0
