"""Does the mapping fit the lists and the forms? Every mistake is told before anything is planned."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from crmflow.declare import Block, Field, Form, Kind
from crmflow.importing.cells import Cell
from crmflow.importing.mapping import Feed, ImportMapping, Rule, columns_of, names_in
from crmflow.importing.sources import Tables
from crmflow.model import WorkbookKind
from crmflow.settings import ConfigError
from crmflow.texts import phrase

Blocks: TypeAlias = Mapping[str, tuple[Form, Block]]
MONEY = (Kind.YUAN, Kind.WAN)


def refuse_mistakes(mapping: ImportMapping, tables: Tables, blocks: Blocks) -> None:
    """Raise ConfigError with one line a mistake."""
    found = list(dict.fromkeys(_Reader(mapping, tables, blocks).mistakes()))
    if found:
        raise ConfigError("\n".join(found))


class _Reader:
    """Walks the mapping beside the lists and forms that it names."""

    def __init__(self, mapping: ImportMapping, tables: Tables, blocks: Blocks) -> None:
        self._mapping = mapping
        self._tables = tables
        self._blocks = blocks

    def mistakes(self) -> Iterator[str]:
        yield from self._columns("customers", self._mapping.customers.source, [self._mapping.customers.name])
        yield from self._path("customers.path", self._mapping.customers.path)
        for name, decision in self._mapping.decisions.items():
            wanted = [decision.customer, decision.choose, *decision.where]
            yield from self._columns(f"decisions.{name}", decision.source,
                                     [*wanted, *filter(None, [decision.then_largest])])
        for n, out in enumerate(self._mapping.left_out):
            yield from self._columns(f"left_out[{n}]", out.source, out.where)
        for name, feeds in self._mapping.blocks.items():
            yield from self._known(f"blocks.{name}", name, self._blocks)
            for n, feed in enumerate(feeds if name in self._blocks else ()):
                yield from self._feed(f"blocks.{name}[{n}]", feed, *self._blocks[name])

    def _feed(self, key: str, feed: Feed, form: Form, block: Block) -> Iterator[str]:
        wanted = [*filter(None, [feed.customer]), *feed.where, *feed.distinct]
        yield from self._columns(key, feed.source, wanted)
        if (form.kind is WorkbookKind.STAFF) == bool(feed.customer):
            yield self._tell(key, "import.mistake.customer")
        fields = {field.id: field for field in block.fields if field.formula is None}
        for field_id, rule in feed.fields.items():
            yield from self._known(f"{key}.fields", field_id, fields)
            if field_id in fields:
                yield from self._rule(f"{key}.fields.{field_id}", feed, fields[field_id], rule)
        for field_id, field in fields.items():
            if field.required and field_id not in feed.fields and field_id not in feed.left_empty:
                yield self._tell(key, "import.mistake.required", field=field_id)

    def _path(self, key: str, path: str) -> Iterator[str]:
        if not _can_be_filled(path):
            yield self._tell(key, "import.mistake.template", template=path)
        elif "F0.cover" in self._blocks:
            for name in names_in(path):
                yield from self._known(key, name, [field.id for field in self._blocks["F0.cover"][1].fields])

    def _rule(self, key: str, feed: Feed, field: Field, rule: Rule) -> Iterator[str]:
        if not _can_be_filled(rule.template):
            yield self._tell(key, "import.mistake.template", template=rule.template)
            return
        yield from self._columns(key, feed.source, columns_of(rule))
        if isinstance(rule.table, str):
            yield from self._known(key, rule.table, self._mapping.tables)
        if rule.decision:
            yield from self._known(key, rule.decision, self._mapping.decisions)
        if rule.lookup is not None:
            yield from self._columns(key, rule.lookup.source, [rule.lookup.key, rule.lookup.value])
        if rule.money is not None:
            yield from self._known(key, rule.money.currency, self._mapping.currencies)
        if (field.kind in MONEY) != (rule.money is not None):
            yield self._tell(key, "import.mistake.money" if field.kind in MONEY else "import.mistake.no_money")

    def _columns(self, key: str, source: str, columns: Iterable[str]) -> Iterator[str]:
        yield from self._known(key, source, self._tables)
        if source in self._tables:
            for column in columns:
                yield from self._known(f"{key} ({source})", column, self._tables[source].columns)

    def _known(self, key: str, name: str, among: Iterable[str]) -> Iterator[str]:
        names = list(among)
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            yield self._tell(key, "import.mistake.unknown", found=name, among=close[0] if close else ", ".join(names))

    def _tell(self, key: str, name: str, **facts: str) -> str:
        return f"{key}: {phrase(name, self._mapping.language, **facts)}"


def _can_be_filled(template: str) -> bool:
    """Whether its braces are closed and what stands in them is understood."""
    try:
        cells: dict[str, str | int] = dict.fromkeys(names_in(template), Cell("x"))
        template.format_map(cells | {"n": 1})
    except (ValueError, KeyError, AttributeError, TypeError):
        return False
    return True
