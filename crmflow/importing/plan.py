"""What an import plans and tells: frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from crmflow.declare import Values
from crmflow.importing.cells import Use
from crmflow.importing.sources import SourceRow
from crmflow.model import WorkbookKind


@dataclass(frozen=True, slots=True)
class DraftWorkbook:
    """A workbook to be written, ``path`` below the workbooks folder; ``filled`` is block → rows."""

    path: PurePosixPath
    kind: WorkbookKind
    filled: Mapping[str, Sequence[Values]]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A source row that found no place in ``block``, or (empty) in any; ``reason`` names a phrase."""

    row: SourceRow
    block: str
    reason: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell whose text could not be read; the text stands in the archive for staff to mend."""

    row: SourceRow
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A source row that became a row of a block; ``values`` is None when it repeats one that did."""

    row: SourceRow
    block: str
    customer: str
    values: Values | None
    uses: tuple[Use, ...]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """A statement of the mapping and how often it was applied: rows, or customers for a decision."""

    use: Use
    count: int


@dataclass(frozen=True, slots=True)
class Count:
    """The rows of one source: ``rows`` = placed + looked_up + left_out + unplaced.

    ``partly`` are those among the placed that another block refused.
    """

    source: str
    file: str
    rows: int
    placed: int
    looked_up: int
    left_out: int
    unplaced: int
    partly: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would write and everything there is to tell about it."""

    language: str
    workbooks: tuple[DraftWorkbook, ...]
    unplaced: tuple[Unplaced, ...]
    rules_used: tuple[RuleUsed, ...]
    doubts: tuple[Doubt, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the drafts: written, or kept back because a file stands there already."""

    written: tuple[PurePosixPath, ...]
    existing: tuple[PurePosixPath, ...]
