"""A rule of the mapping and a source row → the value of one field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite

from crmflow.declare import Field, Kind
from crmflow.importing.mapping import ImportMapping, Rule, columns_of
from crmflow.importing.sources import SourceRow
from crmflow.model import Value

WAN = 10_000
NUMBERS = (Kind.INTEGER, Kind.YEAR, Kind.NUMBER, Kind.YUAN, Kind.WAN, Kind.PERCENT)
TRUE, FALSE = ("yes", "true", "y", "是"), ("no", "false", "n", "否")


@dataclass(frozen=True, slots=True)
class Use:
    """A rule of the mapping that was applied: the phrase that tells it, and what fills the phrase."""

    phrase: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A field's value with the rules that made it.

    ``doubt`` names why the text of the list could not be read; the value is
    then that text, so that it stands in the archive for staff to mend.
    """

    value: Value
    uses: tuple[Use, ...] = ()
    doubt: str = ""


class Cell(str):
    """A cell in a template.

    ``{name:slug}`` writes it as the local part of an address, ``{name:or X}``
    writes X where it is empty.
    """

    def __format__(self, how: str) -> str:
        if how == "slug":
            return re.sub(r"[^\w.-]", "", re.sub(r"\s+", ".", self.strip().casefold()))
        if how.startswith("or "):
            return self.strip() or how.removeprefix("or ")
        return super().__format__(how)


@dataclass(frozen=True)
class Maker:
    """What a rule may draw on besides its row.

    ``lookups`` is (source, key column) → key → its row; ``decided`` is
    (decision, customer) → what was chosen.
    """

    mapping: ImportMapping
    lookups: Mapping[tuple[str, str], Mapping[str, SourceRow]]
    decided: Mapping[tuple[str, str], str]

    @property
    def sources(self) -> frozenset[str]:
        """The sources that are looked up in."""
        return frozenset(source for source, _ in self.lookups)

    def make(self, block: str, field: Field, rule: Rule, row: SourceRow, customer: str) -> Made:
        """The value of ``field`` for ``row``, whose customer is ``customer`` (empty for none)."""
        name = f"{block}.{field.id}"
        value, uses = self._origin(name, rule, row, customer)
        if value in (None, ""):
            return Made(None)
        if rule.lookup is not None:
            found = self.lookups[rule.lookup.source, rule.lookup.key].get(str(value))
            if found is None:
                return Made(str(value), uses, "import.doubt.lookup")
            uses += (_use("lookup", field=name, column=rule.lookup.value, source=rule.lookup.source),)
            value = found.cells[rule.lookup.value]
        return self._typed(name, field, rule, value, uses)

    def _origin(self, name: str, rule: Rule, row: SourceRow, customer: str) -> tuple[Value, tuple[Use, ...]]:
        if rule.constant is not None:
            return rule.constant, (_use("constant", field=name, value=str(rule.constant)),)
        if rule.template:
            translated = {column: self._translated(name, rule, row.text(column)) for column in columns_of(rule)}
            cells = {column: Cell(value) for column, (value, _) in translated.items()}
            told = (use for _, uses in translated.values() for use in uses)
            made = rule.template.format_map({**cells, "n": row.n})
            return made, (_use("template", field=name, value=rule.template), *told)
        value = self.decided.get((rule.decision, customer)) if rule.decision else row.cells[rule.column]
        return self._translated(name, rule, value.strip() if isinstance(value, str) else value)

    def _translated(self, name: str, rule: Rule, value: Value) -> tuple[Value, tuple[Use, ...]]:
        """The value as the rule's table writes it."""
        table = self.mapping.table(rule)
        if str(value) not in table:
            return value, ()
        stands = table[str(value)]
        return stands, (_use("table", field=name, found=str(value), stands=str(stands)),)

    def _typed(self, name: str, field: Field, rule: Rule, value: Value, uses: tuple[Use, ...]) -> Made:
        try:
            typed = _read(field, rule, value)
        except ValueError:
            return Made(str(value), uses, "import.doubt.date" if field.kind in _DATES else "import.doubt.value")
        if rule.money is not None and isinstance(typed, (int, float)):
            rate = self.mapping.currencies[rule.money.currency]
            unit = WAN if field.kind is Kind.WAN else 1
            typed = round(typed * rule.money.times * rate / unit, 6 if unit == WAN else 2)
            uses += (_use("money", field=name, currency=rule.money.currency, rate=f"{rate:g}",
                          times=f"{rule.money.times:g}", unit="万元" if unit == WAN else "元"),)
        if rule.prefix:
            typed = f"{rule.prefix}{typed}"
            uses += (_use("prefix", field=name, value=rule.prefix),)
        return Made(typed, uses)


_DATES = (Kind.DATE, Kind.MOMENT, Kind.MONTH)


def _use(rule: str, **facts: str) -> Use:
    return Use(f"import.rule.{rule}", tuple(facts.items()))


def _read(field: Field, rule: Rule, value: Value) -> Value:
    """The value in the field's kind; raises ValueError when it is not one."""
    if field.kind in _DATES:
        return _day(value, rule.date, field.kind is Kind.MOMENT)
    if field.kind in NUMBERS:
        return _number(value, field.kind)
    if field.kind is Kind.YES_NO:
        return _yes_no(value)
    if field.kind is Kind.CHOICE:
        return _choice(field, str(value))
    return str(value)


def _day(value: Value, form: str, with_time: bool) -> date:
    if not isinstance(value, date):
        value = datetime.strptime(str(value), form) if form else datetime.fromisoformat(str(value))
    if isinstance(value, datetime):
        return value if with_time else value.date()
    return value


def _number(value: Value, kind: Kind) -> int | float:
    if isinstance(value, (bool, date)) or value is None:
        raise ValueError(value)
    text = str(value).replace(",", "")
    number = float(text.rstrip("%")) / (100 if kind is Kind.PERCENT and text.endswith("%") else 1)
    if not isfinite(number):
        raise ValueError(value)
    if kind in (Kind.INTEGER, Kind.YEAR):
        if not number.is_integer():
            raise ValueError(value)
        return int(number)
    return number


def _yes_no(value: Value) -> bool:
    word = str(value).casefold()
    if word not in TRUE + FALSE:
        raise ValueError(value)
    return word in TRUE


def _choice(field: Field, word: str) -> str:
    for choice in field.choices:
        if word in (choice.id, choice.label.zh, choice.label.en, *choice.aliases):
            return choice.id
    raise ValueError(word)
