"""Customer lists that a company already has → archives and a staff register.

Every row of every list is placed, left out for a stated reason, looked up in, or
reported with its file, line and reason; the counts of the plan add up.
"""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from crmflow.codes import say
from crmflow.declare import Form, Values, blocks_of
from crmflow.importing.cells import Maker, Use
from crmflow.importing.joins import choose, customers_of, lookups_of
from crmflow.importing.mapping import ImportMapping
from crmflow.importing.mistakes import refuse_mistakes
from crmflow.importing.place import rest, settle, try_all
from crmflow.importing.plan import (
    Count,
    DraftWorkbook,
    ImportPlan,
    Placed,
    RuleUsed,
    Unplaced,
    Written,
)
from crmflow.importing.sources import SourceRow, Tables
from crmflow.model import Identity, WorkbookKind
from crmflow.texts import PHRASES
from crmflow.workbook import blank

COVER, PEOPLE = "F0.cover", "F30.people"
NAMESPACE = uuid.UUID("6b1d4a52-0c35-5f3e-9d1c-7a2f8f3c9e10")


def plan(mapping: ImportMapping, tables: Tables, forms: tuple[Form, ...]) -> ImportPlan:
    """Work out what the lists become; raises ConfigError when the mapping does not fit lists and forms."""
    blocks = {name: (form, block) for name, form, block in blocks_of(forms)}
    refuse_mistakes(mapping, tables, blocks)
    customers = customers_of(mapping, tables)
    choices = {name: choose(name, decision, customers, tables) for name, decision in mapping.decisions.items()}
    decided = {(name, who): chosen for name, choice in choices.items() for who, chosen in choice.chosen.items()}
    maker = Maker(mapping, lookups_of(mapping, tables), decided)
    placed, refused = settle(try_all(mapping, tables, blocks, customers, maker), blocks)
    left_out, stray = rest(mapping, tables, placed, refused, maker.sources)
    uses = Counter(use for placing in placed for use in placing.uses) + Counter(use for _, use in left_out)
    told = [*(pair for choice in choices.values() for pair in choice.told), *sorted(uses.items(), key=_by_field)]
    kinds = {name: form.kind for name, (form, _) in blocks.items()}
    return ImportPlan(
        language=mapping.language,
        workbooks=tuple(_drafts(mapping, customers.rows, placed, kinds)),
        unplaced=(*refused, *stray),
        rules_used=tuple(RuleUsed(use, count) for use, count in told),
        doubts=tuple(doubt for placing in placed for doubt in placing.doubts),
        counts=tuple(_counts(tables, placed, refused, [row for row, _ in left_out], stray)),
    )


def _by_field(used: tuple[Use, int]) -> tuple[tuple[str, str], ...]:
    return used[0].facts[:1]


def write_plan(
    plan: ImportPlan, into: Path, forms: tuple[Form, ...], drafts: Iterable[DraftWorkbook] | None = None
) -> Written:
    """Write the drafts below ``into``; a file that is there already is never touched.

    ``drafts`` is the plan's own, wrapped by a caller who shows progress.
    """
    staff = [str(row["name"]) for draft in plan.workbooks for row in draft.filled.get(PEOPLE, ())]
    written, existing = [], []
    for draft in plan.workbooks if drafts is None else drafts:
        path = into / draft.path
        if path.exists():
            existing.append(draft.path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        own = tuple(form for form in forms if form.kind is draft.kind)
        blank.write(path, own, _identity(draft, own, plan.language), draft.filled, staff)
        written.append(draft.path)
    return Written(tuple(written), tuple(existing))


def _identity(draft: DraftWorkbook, forms: tuple[Form, ...], language: str) -> Identity:
    """The same lists imported again make the same workbooks, so the id derives from the place."""
    return Identity(
        workbook_id=str(uuid.uuid5(NAMESPACE, str(draft.path))), kind=draft.kind, language=language, serial=1,
        parent="", forms={form.id: form.version for form in forms},
    )


def _drafts(
    mapping: ImportMapping, customers: Iterable[str], placed: Sequence[Placed], kinds: Mapping[str, WorkbookKind]
) -> Iterator[DraftWorkbook]:
    """The staff register first, then the archives in the order of the customers' list."""
    filled: dict[str, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for placing in placed:
        if placing.values is not None:
            filled[placing.customer][placing.block].append(placing.values)
    for customer in ("", *customers):
        if customer not in filled:
            continue
        own = filled[customer]
        kind = kinds[next(iter(own))]
        pattern = mapping.staff.path if kind is WorkbookKind.STAFF else mapping.customers.path
        yield DraftWorkbook(_path(pattern, {"name": customer, **own.get(COVER, [{}])[0]}, mapping.language), kind, own)


def _path(pattern: str, cover: Values, language: str) -> PurePosixPath:
    missing = say(PHRASES["import.nobody"], language)
    names = defaultdict(lambda: missing, {field: _file_name(str(value)) for field, value in cover.items() if value})
    return PurePosixPath(pattern.format_map(names))


def _file_name(text: str) -> str:
    """The text without what Windows forbids in a file name."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text).rstrip(". ") or "_"


def _counts(
    tables: Tables, placed: Sequence[Placed], refused: Sequence[Unplaced], left_out: Sequence[SourceRow],
    stray: Sequence[Unplaced],
) -> Iterator[Count]:
    rows_placed = {(item.row.source, item.row.line) for item in placed}
    rows_refused = {(item.row.source, item.row.line) for item in refused}
    out, astray = Counter(row.source for row in left_out), Counter(item.row.source for item in stray)
    for name, table in tables.items():
        met = {(name, row.line) for row in table.rows}
        here, not_here = met & rows_placed, met & rows_refused - rows_placed
        yield Count(
            source=name, file=table.rows[0].file if table.rows else "", rows=len(table.rows), placed=len(here),
            looked_up=len(table.rows) - len(here) - len(not_here) - out[name] - astray[name],
            left_out=out[name], unplaced=len(not_here) + astray[name], partly=len(here & rows_refused),
        )
