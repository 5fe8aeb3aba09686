"""Which incoming row is which row of the store (decision 5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from crmflow.check.books import has_error
from crmflow.check.rules import text_of
from crmflow.declare import Block, key_fields
from crmflow.model import Finding, Record, Value

SAME_ROW = 0.6
"""The share of other fields that must be equal for a row with a new key to be the old one (decision 5)."""
FEW_ENOUGH = 250_000
"""Pairs of left-over rows beyond which they are not compared one by one."""


@dataclass(frozen=True, slots=True)
class Known:
    """A row as the store holds it."""

    row_id: str
    block: str
    period: str
    key: str
    ordinal: int
    values: Mapping[str, Value]
    is_open: bool
    stale: bool
    sheet: str
    row: int
    customer: str = ""


class Row(NamedTuple):
    """An incoming row with its name within the block."""

    record: Record
    faults: tuple[Finding, ...]
    key: str
    ordinal: int

    @property
    def is_good(self) -> bool:
        return not (self.faults and has_error(self.faults))

    @property
    def name(self) -> str:
        """By which a finding stays the same when its row moves; empty for a row without a key."""
        return f"{self.key}\x1f{self.ordinal}" if self.key.strip("\x1f") else ""


def key_text(period: str, values: Mapping[str, Value], fields: Iterable[str]) -> str:
    """What names a row within its block: its period and key ``fields``."""
    return "\x1f".join([period, *[text_of(values[name]) for name in fields]]).casefold()


def match(
    block: Block, periods: Set[str], incoming: Sequence[Row], standing: Sequence[Known]
) -> tuple[list[tuple[Row, Known]], list[Row], list[Known]]:
    """Pair rows by key and ordinal, then left-over pairs that are alike; the rest is new or gone.

    Only rows of ``periods`` can be gone: the file says nothing of other years.
    """
    if not standing:
        return [], list(incoming), []
    named = {(one.key, one.ordinal): one for one in standing}
    pairs: list[tuple[Row, Known]] = []
    new: list[Row] = []
    for row in incoming:
        one = named.pop((row.key, row.ordinal), None)
        if one is None:
            new.append(row)
        else:
            pairs.append((row, one))
    gone = [one for one in named.values() if one.is_open and one.period in periods]
    if new and gone:
        for row, one in list(_alike(block, new, gone)):
            pairs.append((row, one))
            new.remove(row)
            gone.remove(one)
    return pairs, new, gone


def _alike(block: Block, new: Sequence[Row], gone: Sequence[Known]) -> Iterator[tuple[Row, Known]]:
    """Unique pairs of which at least 60 % of the fields outside the key are equal (decision 5)."""
    if len(new) * len(gone) > FEW_ENOUGH:
        return
    candidates = {
        index: [one for one in gone if _likeness(block, row.record.values, one.values) >= SAME_ROW]
        for index, row in enumerate(new)
    }
    wanted: dict[str, int] = defaultdict(int)
    for found in candidates.values():
        for one in found:
            wanted[one.row_id] += 1
    for index, found in candidates.items():
        if len(found) == 1 and wanted[found[0].row_id] == 1:
            yield new[index], found[0]


def _likeness(block: Block, left: Mapping[str, Value], right: Mapping[str, Value]) -> float:
    keys = key_fields(block)
    others = [
        field.id for field in block.fields
        if field.id not in keys and (left[field.id] is not None or right.get(field.id) is not None)
    ]
    return sum(left[name] == right.get(name) for name in others) / len(others) if others else 0.0
