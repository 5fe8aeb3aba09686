"""Source rows → their places in blocks, or the reason why they have none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from crmflow.codes import say
from crmflow.declare import Block, Form, key_fields
from crmflow.importing.cells import Maker, Use
from crmflow.importing.joins import Customers, matches
from crmflow.importing.mapping import Feed, ImportMapping, columns_of
from crmflow.importing.plan import Doubt, Placed, Unplaced
from crmflow.importing.sources import SourceRow, Tables

Blocks: TypeAlias = Mapping[str, tuple[Form, Block]]


def try_all(
    mapping: ImportMapping, tables: Tables, blocks: Blocks, customers: Customers, maker: Maker
) -> Iterator[Placed | Unplaced]:
    """Every row that some feed asks for, in every block that asks for it."""
    for name, feeds in mapping.blocks.items():
        for feed in feeds:
            rows = (row for row in tables[feed.source].rows if matches(row, feed.where))
            for row, first in _distinct(feed, rows):
                if first is None:
                    yield _try(name, blocks[name][1], feed, row, customers, maker)
                else:
                    yield _merged(name, feed, row, first)


def _distinct(feed: Feed, rows: Iterable[SourceRow]) -> Iterator[tuple[SourceRow, SourceRow | None]]:
    """Each row, with the earlier one it repeats if it does; without ``distinct`` every row stands for itself."""
    seen: dict[tuple[str, ...], SourceRow] = {}
    for row in rows:
        if not feed.distinct:
            yield row, None
            continue
        key = tuple(row.text(column) for column in feed.distinct)
        if key in seen:
            yield row, seen[key]
        else:
            seen[key] = replace(row, n=len(seen) + 1)
            yield seen[key], None


def _merged(name: str, feed: Feed, row: SourceRow, first: SourceRow) -> Placed | Unplaced:
    """A row that repeats ``first``: it counts as placed unless it says something else."""
    used = {column for rule in feed.fields.values() for column in columns_of(rule)}
    if differing := next((column for column in sorted(used) if row.text(column) != first.text(column)), None):
        return Unplaced(row, name, "import.reason.contradicts", {"column": differing, "line": str(first.line)})
    use = Use("import.rule.merged", (("block", name), ("columns", ", ".join(feed.distinct))))
    return Placed(row, name, "", None, (use,), ())


def _try(name: str, block: Block, feed: Feed, row: SourceRow, customers: Customers, maker: Maker) -> Placed | Unplaced:
    customer = ""
    uses: tuple[Use, ...] = ()
    if feed.customer:
        spelling = row.text(feed.customer)
        if not spelling:
            return Unplaced(row, name, "import.reason.no_customer", {"column": feed.customer})
        found = customers.find(spelling)
        if found is None:
            return Unplaced(row, name, "import.reason.unknown_customer",
                            {"spelling": spelling, "suggestion": customers.suggest(spelling) or "-"})
        customer = found
        uses = () if found == spelling else (Use("import.rule.alias", (("found", spelling), ("stands", found))),)
    made = {
        field.id: maker.make(name, field, feed.fields[field.id], row, customer)
        for field in block.fields if field.id in feed.fields
    }
    return Placed(
        row, name, customer,
        values={field: cell.value for field, cell in made.items()},
        uses=(*uses, *(use for cell in made.values() for use in cell.uses), *_left_empty(name, feed)),
        doubts=tuple(
            Doubt(row, f"{name}.{field}", str(cell.value), cell.doubt) for field, cell in made.items() if cell.doubt
        ),
    )


def _left_empty(block: str, feed: Feed) -> Iterator[Use]:
    for field in feed.left_empty:
        yield Use("import.rule.left_empty", (("field", f"{block}.{field}"),))


def settle(tried: Iterable[Placed | Unplaced], blocks: Blocks) -> tuple[list[Placed], list[Unplaced]]:
    """Part the placed from the refused, and refuse a row that repeats the key of an earlier one."""
    placed: list[Placed] = []
    refused: list[Unplaced] = []
    first: dict[tuple[object, ...], SourceRow] = {}
    for attempt in tried:
        if isinstance(attempt, Unplaced):
            refused.append(attempt)
            continue
        key = _key(attempt, blocks[attempt.block][1])
        if key is not None and key in first:
            refused.append(_doubled(attempt, first[key]))
            continue
        if key is not None:
            first[key] = attempt.row
        placed.append(attempt)
    return placed, refused


def _key(placing: Placed, block: Block) -> tuple[object, ...] | None:
    """What no two rows of the block may share; None when a part of it is still to be supplied."""
    if placing.values is None:
        return None
    parts = tuple(placing.values.get(field) for field in key_fields(block))
    return None if None in parts else (placing.block, placing.customer, *parts)


def _doubled(placing: Placed, first: SourceRow) -> Unplaced:
    return Unplaced(placing.row, placing.block, "import.reason.doubled", {"file": first.file, "line": str(first.line)})


def rest(
    mapping: ImportMapping, tables: Tables, placed: Sequence[Placed], refused: Sequence[Unplaced],
    looked_up: frozenset[str],
) -> tuple[list[tuple[SourceRow, Use]], list[Unplaced]]:
    """Rows that no block took: left out by a stated reason, or astray."""
    met = {(row.source, row.line) for row in (*(item.row for item in placed), *(item.row for item in refused))}
    left_out: list[tuple[SourceRow, Use]] = []
    stray: list[Unplaced] = []
    for name in tables.keys() - looked_up:
        for row in tables[name].rows:
            if (row.source, row.line) in met:
                continue
            reason = next((out for out in mapping.left_out if out.source == name and matches(row, out.where)), None)
            if reason is None:
                stray.append(Unplaced(row, "", "import.reason.no_rule", {}))
            else:
                told = say(reason.reason.text, mapping.language)
                left_out.append((row, Use("import.rule.left_out", (("source", name), ("reason", told)))))
    return left_out, sorted(stray, key=lambda item: (item.row.source, item.row.line))
